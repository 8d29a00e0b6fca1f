import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { from } from 'pg-copy-streams';
import type { EntityManager } from 'typeorm';
import { CopyDecoder } from './copy-decoder.ts';
import { CopyEncoder } from './copy-encoder.ts';
import { CopyOutQuery } from './copy-out-query.ts';

const FLUSH_BYTES = 1 << 20;
/** With so much to be sent the server has enough to do, and there is time for what else is to be done with the bytes. */
const BUSY_BYTES = 2 * FLUSH_BYTES;
/** So much may wait to be sent. */
const BEHIND_BYTES = 8 * FLUSH_BYTES;
/** So many chunks are kept at most until there is time. */
const MOST_UNSEEN = 96;

/** The driver's client of a transaction, for what TypeORM does not speak: COPY. */
async function clientOf(tx: EntityManager): Promise<PoolClient> {
  if (tx.queryRunner === undefined) throw new Error('COPY needs a transaction');
  return tx.queryRunner.connect();
}

/**
 * Rows on their way into a table. Write rows with `encoder`; await `flush` when it is `full`. Whoever opens one disposes of
 * it: left open, the connection would wait for rows for ever and not even roll back.
 */
export class CopyIn {
  readonly encoder = new CopyEncoder();
  readonly #finished: Promise<void>;
  /** What was sent, and `onChunk` has not seen. */
  readonly #unseen: Buffer[] = [];
  #open = true;

  /** @param stream of rows into a table (`open`, `openNew`) */
  constructor(
    readonly stream: Writable,
    private readonly onChunk: ((chunk: Buffer) => void) | null,
  ) {
    const close = () => {
      this.#open = false;
    };
    this.#finished = finished(stream);
    this.#finished.then(close, close);
  }

  /** @param target table and columns, an SQL fragment made of constants and quoted identifiers */
  static async open(tx: EntityManager, target: string): Promise<CopyIn> {
    const client = await clientOf(tx);
    return new CopyIn(client.query(from(`copy ${target} from stdin (format binary)`)), null);
  }

  /**
   * Into a table that this transaction made, and that nobody reads by another way than by its name: its rows are written as old ones,
   * where others would be written once more when they are first read, and again by the autovacuum.
   * @param onChunk sees the bytes that go to the server, whole rows at a time and in their order, when there is time for it: at last in `seen`
   */
  static async openNew(
    tx: EntityManager,
    table: string,
    onChunk: ((chunk: Buffer) => void) | null = null,
  ): Promise<CopyIn> {
    const client = await clientOf(tx);
    return new CopyIn(client.query(from(`copy ${table} from stdin (format binary, freeze)`)), onChunk);
  }

  /** Whether enough has gathered to be sent. */
  get full(): boolean {
    return this.encoder.size >= FLUSH_BYTES;
  }

  /**
   * Sends what has gathered, and waits only where the server is far behind: it works while the next rows are made. Where it has enough
   * to do, `onChunk` sees what was sent.
   */
  async flush(): Promise<void> {
    const chunk = this.encoder.take();
    this.stream.write(chunk);
    this.#keep(chunk);
    // The socket must be served, or nothing is sent until all rows are made.
    await setImmediate();
    while (this.#hasTime() && this.#seeNext()) await setImmediate();
    if (this.stream.writableLength >= BEHIND_BYTES)
      await Promise.race([once(this.stream, 'drain'), this.#finished]);
  }

  async end(): Promise<void> {
    const chunk = this.encoder.end();
    this.stream.end(chunk);
    this.#keep(chunk);
    while (this.#open && this.#seeNext()) await setImmediate();
    await this.#finished;
  }

  /** Has `onChunk` see what it has not seen yet, a chunk at a time; between them it is others' turn. */
  async seen(): Promise<void> {
    while (this.#seeNext()) await setImmediate();
  }

  #keep(chunk: Buffer): void {
    if (this.onChunk !== null) this.#unseen.push(chunk);
  }

  #hasTime(): boolean {
    return this.stream.writableLength >= BUSY_BYTES || this.#unseen.length > MOST_UNSEEN;
  }

  /** False where everything was seen. */
  #seeNext(): boolean {
    const chunk = this.#unseen.shift();
    if (chunk !== undefined) this.onChunk?.(chunk);
    return chunk !== undefined;
  }

  /** Breaks the load off where it was not ended: the server forgets the rows and takes the next statement. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#open) return;
    this.stream.destroy();
    // That the load was broken off is what is told here.
    await this.#finished.catch(() => {});
  }
}

/** The rows of a table or query, one decoder standing at each in turn. */
export async function* copyOut(tx: EntityManager, source: string): AsyncGenerator<CopyDecoder> {
  const client = await clientOf(tx);
  const query = client.query(new CopyOutQuery(`copy ${source} to stdout (format binary)`));
  const decoder = new CopyDecoder();
  try {
    for (let chunk = await query.next(); chunk !== undefined; chunk = await query.next()) {
      decoder.push(chunk);
      yield decoder;
    }
  } finally {
    await query.drain();
  }
}
