import { createHash } from 'node:crypto';
import type { ModelSpec, Scorer, ScoringSession } from '../../domain/ports.ts';

interface Idle {
  readonly key: string;
  readonly session: ScoringSession;
  readonly timer: NodeJS.Timeout;
}

/**
 * Keeps the last opened model's process for a while after it was closed, for whoever opens the same model next: starting a
 * process costs more than scoring a small bank. A session that failed is not kept.
 */
export class WarmScorer implements Scorer {
  #idle: Idle | null = null;

  constructor(
    private readonly inner: Scorer,
    private readonly idleMilliseconds = 30_000,
  ) {}

  /** Throws ScoringError. */
  async open(spec: ModelSpec): Promise<ScoringSession> {
    const key = keyOf(spec);
    const idle = this.#idle;
    if (idle?.key === key) {
      this.#idle = null;
      clearTimeout(idle.timer);
      return this.#lend(key, idle.session);
    }
    return this.#lend(key, await this.inner.open(spec));
  }

  /** Ends what is kept. */
  async close(): Promise<void> {
    const idle = this.#idle;
    this.#idle = null;
    if (idle === null) return;
    clearTimeout(idle.timer);
    await idle.session.close();
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
      judge: (material, limits) => watched(session.judge(material, limits)),
      close: async () => {
        if (!fit) return session.close();
        await this.close();
        const timer = setTimeout(() => void this.close(), this.idleMilliseconds).unref();
        this.#idle = { key, session, timer };
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
