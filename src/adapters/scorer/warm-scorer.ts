import { createHash } from 'node:crypto';
import type { ModelSpec, Scorer, ScoringSession } from '../../domain/ports.ts';

interface Idle {
  readonly key: string;
  readonly session: ScoringSession;
  readonly timer: NodeJS.Timeout;
}

/** Processes that are kept: as many as one run asks for. */
const MOST_IDLE = 2;

/**
 * Keeps the processes of the model that was opened last for a while after they were closed, for whoever opens the same model next:
 * starting a process costs more than scoring a small bank. A session that failed is not kept, nor one that judged: its process stays
 * behind all others.
 */
export class WarmScorer implements Scorer {
  /** All of one model. */
  #idle: readonly Idle[] = [];

  constructor(
    private readonly inner: Scorer,
    private readonly idleMilliseconds = 30_000,
  ) {}

  /** Throws ScoringError. */
  async open(spec: ModelSpec): Promise<ScoringSession> {
    const key = keyOf(spec);
    const idle = this.#idle.find((kept) => kept.key === key);
    if (idle === undefined) return this.#lend(key, await this.inner.open(spec));
    this.#forget(idle);
    return this.#lend(key, idle.session);
  }

  /** Ends what is kept. */
  async close(): Promise<void> {
    await this.#end(this.#idle);
  }

  async #end(kept: readonly Idle[]): Promise<void> {
    for (const idle of kept) this.#forget(idle);
    await Promise.all(kept.map(({ session }) => session.close()));
  }

  #forget(gone: Idle): void {
    clearTimeout(gone.timer);
    this.#idle = this.#idle.filter((idle) => idle !== gone);
  }

  #lend(key: string, session: ScoringSession): ScoringSession {
    let fit = true;
    const watched = <T>(answer: Promise<T>): Promise<T> => {
      answer.catch(() => {
        fit = false;
      });
      return answer;
    };
    return {
      runtime: session.runtime,
      score: (matrix, rows) => watched(session.score(matrix, rows)),
      explain: (reference, rows) => watched(session.explain(reference, rows)),
      cuts: (reference) => watched(session.cuts(reference)),
      judge: (material, limits, onGate) => {
        fit = false;
        return session.judge(material, limits, onGate);
      },
      close: async () => {
        if (!fit) return session.close();
        const timer = setTimeout(() => void this.#end([idle]), this.idleMilliseconds).unref();
        const idle: Idle = { key, session, timer };
        const same = this.#idle.filter((kept) => kept.key === key).slice(0, MOST_IDLE - 1);
        const gone = this.#idle.filter((kept) => !same.includes(kept));
        this.#idle = [...same, idle];
        await this.#end(gone);
      },
    };
  }
}

function keyOf({ model, features, output, texts }: ModelSpec): string {
  return createHash('sha256')
    .update(JSON.stringify([features, output, [...(texts ?? [])]]))
    .update(model)
    .digest('hex');
}
