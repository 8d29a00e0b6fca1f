import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from, to } from 'pg-copy-streams';
import type { EntityManager } from 'typeorm';
import { CopyDecoder } from './copy-decoder.ts';
import { CopyEncoder } from './copy-encoder.ts';

const FLUSH_BYTES = 1 << 20;

/** The driver's client of a transaction, for what TypeORM does not speak: COPY. */
async function clientOf(tx: EntityManager): Promise<PoolClient> {
  if (tx.queryRunner === undefined) throw new Error('COPY needs a transaction');
  return tx.queryRunner.connect();
}

/** Rows on their way into a table. Write rows with `encoder`; await `flush` when it is `full`. */
export class CopyIn {
  readonly encoder = new CopyEncoder();
  readonly #finished: Promise<void>;

  private constructor(readonly stream: Writable) {
    this.#finished = finished(stream);
    this.#finished.catch(() => {});
  }

  /** @param target table and columns, an SQL fragment made of constants and quoted identifiers */
  static async open(tx: EntityManager, target: string): Promise<CopyIn> {
    const client = await clientOf(tx);
    return new CopyIn(client.query(from(`copy ${target} from stdin (format binary)`)));
  }

  /** Whether enough has gathered to be sent. */
  get full(): boolean {
    return this.encoder.size >= FLUSH_BYTES;
  }

  /** Sends what has gathered and waits while the server is behind. */
  async flush(): Promise<void> {
    if (!this.stream.write(this.encoder.take()))
      await Promise.race([once(this.stream, 'drain'), this.#finished]);
  }

  async end(): Promise<void> {
    this.stream.end(this.encoder.end());
    await this.#finished;
  }
}

/** The rows of a table or query, one decoder standing at each in turn. */
export async function* copyOut(tx: EntityManager, source: string): AsyncGenerator<CopyDecoder> {
  const client = await clientOf(tx);
  const stream = client.query(to(`copy ${source} to stdout (format binary)`));
  const decoder = new CopyDecoder();
  for await (const chunk of stream) {
    decoder.push(chunk);
    yield decoder;
  }
}
