import { createHash, hash } from 'node:crypto';
import { HASH_SIZE } from '../audit/tlog.ts';
import type { CopyDecoder } from './copy-decoder.ts';
import type { RowDigest } from './row-digest.ts';

const ROWS_AT_ONCE = 4096;

/**
 * The digest of a snapshot: the SHA-256 of its rows' hashes in order; a row's hash is the SHA-256 of its bytes in PostgreSQL's binary
 * format, its salt among them, so that a row can be erased and its hash stay.
 */
export class SnapshotDigest implements RowDigest<string> {
  readonly #digest = createHash('sha256');
  readonly #hashes = Buffer.alloc(ROWS_AT_ONCE * HASH_SIZE);
  #rows = 0;

  add(row: CopyDecoder): void {
    // As a one-byte string the hash costs a third of what it costs as a buffer of its own.
    this.#hashes.write(hash('sha256', row.rowBytes(), 'binary'), this.#rows * HASH_SIZE, 'latin1');
    if (++this.#rows === ROWS_AT_ONCE) this.#flush();
  }

  /** `sha256:…` */
  end(): string {
    this.#flush();
    return `sha256:${this.#digest.digest('hex')}`;
  }

  #flush(): void {
    this.#digest.update(this.#hashes.subarray(0, this.#rows * HASH_SIZE));
    this.#rows = 0;
  }
}
