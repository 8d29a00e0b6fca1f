import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CopyDecoder } from './copy-decoder.ts';
import type { RowDigest } from './row-digest.ts';

/** Of which table the rows are. */
export type DigestedRows = 'snapshot_row' | 'decision';

/**
 * Digests the rows of a COPY stream while they are on their way to the server, in a thread of its own: hashing a million rows takes as
 * long as making them. A stream of one chunk is not worth a thread. Whoever opens one disposes of it.
 */
export class RowDigesting<Result> implements AsyncDisposable {
  readonly #rows: DigestedRows;
  readonly #digest: RowDigest<Result>;
  #first: Buffer | undefined;
  #thread: { readonly worker: Worker; readonly answer: Promise<Result> } | undefined;

  /** @param digest of the same kind as the thread makes for these rows */
  constructor(rows: DigestedRows, digest: RowDigest<Result>) {
    this.#rows = rows;
    this.#digest = digest;
  }

  /** Takes a chunk of the stream: whole rows. */
  push(chunk: Buffer): void {
    if (this.#first === undefined) {
      this.#first = chunk;
      return;
    }
    if (this.#thread === undefined) {
      this.#thread = this.#start();
      this.#thread.worker.postMessage(this.#first);
    }
    this.#thread.worker.postMessage(chunk);
  }

  /** After the last chunk. Throws what went wrong in the thread. */
  async end(): Promise<Result> {
    if (this.#thread === undefined) return this.#digestFirst();
    this.#thread.worker.postMessage(null);
    return this.#thread.answer;
  }

  #digestFirst(): Result {
    const decoder = new CopyDecoder();
    if (this.#first !== undefined) decoder.push(this.#first);
    while (decoder.next()) this.#digest.add(decoder);
    return this.#digest.end();
  }

  #start() {
    const program = join(import.meta.dirname, `row-digest-thread${extname(import.meta.filename)}`);
    const worker = new Worker(program, { workerData: this.#rows, env: {}, execArgv: [] });
    const answer = new Promise<Result>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the thread that digests rows ended with ${code}`)));
    });
    // A failure is met at the end, or not at all where the load was broken off before.
    answer.catch(() => {});
    return { worker, answer };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread?.worker.terminate();
  }
}
