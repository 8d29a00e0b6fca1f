import type { ModelSpec, Scorer, ScoringSession } from '../domain/ports.ts';

/** So many batches wait to be scored while the next is read: the model's process is started meanwhile, and nobody waits for each other's turn. */
const BATCHES_AHEAD = 4;

/** Scores batches in the model's process, in the order in which they come, while the next are read. Whoever opens one disposes of it. */
export class ScoringAhead {
  readonly #opening: Promise<ScoringSession>;
  readonly #waiting: Promise<void>[] = [];
  #last: Promise<unknown>;
  #rows = 0;

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
    this.#last = this.#opening;
  }

  /** Takes a row-major matrix, which must stay as it is; waits where too many do. Throws what an earlier one failed with. */
  async add(matrix: Float32Array<ArrayBuffer>, rows: number): Promise<void> {
    const from = this.#rows;
    this.#rows += rows;
    const batch = this.#last.then(async () => {
      const session = await this.#opening;
      this.scores.set(await this.whileAllowed(() => session.score(matrix, rows)), from);
    });
    // A failure is met where the batch is awaited, or not at all when the batch before it failed.
    batch.catch(() => {});
    this.#last = batch;
    if (this.#waiting.push(batch) > BATCHES_AHEAD) await this.#waiting.shift();
  }

  /** Waits until all are scored; answers what the model ran in. Throws ScoringError. */
  async end(): Promise<string> {
    await this.#last;
    return (await this.#opening).runtime;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const [opened] = await Promise.allSettled([this.#opening]);
    if (opened.status === 'fulfilled') await opened.value.close();
  }
}
