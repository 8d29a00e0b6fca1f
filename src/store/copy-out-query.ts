import type pg from 'pg';

/** So much is gathered before the server is made to wait. */
const GATHERED_BYTES = 1 << 20;

/**
 * `COPY … TO STDOUT` as the driver runs it: of the messages with a row each, many at a time are handed out. pg-copy-streams makes a
 * buffer or two of every message, which costs more than decoding the row.
 */
export class CopyOutQuery implements pg.Submittable {
  #connection: pg.Connection | undefined;
  #gathered = Buffer.allocUnsafeSlow(2 * GATHERED_BYTES);
  #length = 0;
  /** What was handed out last, to be filled again. */
  #spare = Buffer.allocUnsafeSlow(2 * GATHERED_BYTES);
  #ended = false;
  #error: Error | undefined;
  #waiting: (() => void) | undefined;

  constructor(readonly text: string) {}

  /** Whether the server has said all, or failed: the connection is free for the next statement. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The bytes that came since, whole rows, valid until the next call; undefined at the end. Throws what the server or the connection says. */
  async next(): Promise<Buffer | undefined> {
    if (this.#length === 0 && !this.#ended) {
      this.#connection?.stream.resume();
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
    if (this.#error !== undefined) throw this.#error;
    if (this.#length === 0) return undefined;
    const chunk = this.#gathered.subarray(0, this.#length);
    [this.#gathered, this.#spare] = [this.#spare, this.#gathered];
    this.#length = 0;
    this.#connection?.stream.resume();
    return chunk;
  }

  /** Takes the rest of the rows without looking at them: before that the server does not hear the next statement. */
  async drain(): Promise<void> {
    while (!this.#ended) await this.next().catch(() => undefined);
  }

  submit(connection: pg.Connection): void {
    this.#connection = connection;
    connection.query(this.text);
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    if (this.#length + chunk.length > this.#gathered.length) {
      const larger = Buffer.allocUnsafeSlow(2 * (this.#length + chunk.length));
      this.#gathered.copy(larger, 0, 0, this.#length);
      this.#gathered = larger;
    }
    this.#gathered.set(chunk, this.#length);
    this.#length += chunk.length;
    if (this.#length >= GATHERED_BYTES) this.#connection?.stream.pause();
    this.#wake();
  }

  handleError(error: Error): void {
    this.#error = error;
    this.#end();
  }

  handleReadyForQuery(): void {
    this.#end();
  }

  handleCommandComplete(): void {}

  /** The driver overwrites it where it limits the time of a query. */
  callback(): void {}

  #end(): void {
    this.#ended = true;
    this.#connection?.stream.resume();
    this.callback();
    this.#wake();
  }

  #wake(): void {
    this.#waiting?.();
    this.#waiting = undefined;
  }
}
