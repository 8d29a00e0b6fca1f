import type { ModelSpec, Scorer, ScoringSession } from '../domain/ports.ts';

/** So many batches wait to be scored while the next is read: the model's process is started meanwhile, and nobody waits for each other's turn. */
const BATCHES_AHEAD = 4;
/** So many of them are under way: while the model scores one, the next has its leave asked for and lies ready. */
const BATCHES_UNDER_WAY = 2;

/** Scores batches in the model's process, in the order in which they come, while the next are read. Whoever opens one disposes of it. */
export class ScoringAhead {
  readonly #opening: Promise<ScoringSession>;
  readonly #waiting: Promise<void>[] = [];
  /** The last so many, each of which begins when the first of those before it has ended. */
  readonly #underWay: Promise<unknown>[];
  #rows = 0;
  #left = false;

  /**
   * @param scores where the scores of the rows go, batch after batch
   * @param whileAllowed lets a batch be scored, or refuses
   */
  constructor(
    scorer: Scorer,
    spec: ModelSpec,
    private readonly scores: Float64Array,
    private readonly whileAllowed: <T>(score: () => Promise<T>) => Promise<T>,
  ) {
    this.#opening = scorer.open(spec);
    // A failure to open is met where a batch is awaited, or at the end.
    this.#opening.catch(() => {});
    this.#underWay = Array.from({ length: BATCHES_UNDER_WAY }, () => this.#opening);
  }

  /** Takes a row-major matrix, which must stay as it is; waits where too many do. Throws what an earlier one failed with. */
  async add(matrix: Float32Array<ArrayBuffer>, rows: number): Promise<void> {
    const from = this.#rows;
    this.#rows += rows;
    const before = this.#underWay.shift();
    const batch = this.#opening.then(async (session) => {
      await before;
      if (this.#left) return;
      this.scores.set(await this.whileAllowed(() => session.score(matrix, rows)), from);
    });
    // A failure is met where the batch is awaited, or not at all when one before it failed.
    batch.catch(() => {});
    this.#underWay.push(batch);
    if (this.#waiting.push(batch) > BATCHES_AHEAD) await this.#waiting.shift();
  }

  /** Waits until all are scored; answers what the model ran in. Throws ScoringError. */
  async end(): Promise<string> {
    await Promise.all(this.#underWay);
    return (await this.#opening).runtime;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#left = true;
    const [opened] = await Promise.allSettled([this.#opening]);
    if (opened.status === 'fulfilled') await opened.value.close();
    // Nobody asks for leave any more when this has ended.
    await Promise.allSettled(this.#underWay);
  }
}
