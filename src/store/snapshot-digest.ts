import { createHash } from 'node:crypto';
import { HashRoom, writeHash } from '../audit/hash-room.ts';
import { HASH_SIZE } from '../audit/tlog.ts';
import type { CopyDecoder } from './copy-decoder.ts';
import type { RowDigest } from './row-digest.ts';

const ROWS_AT_ONCE = 4096;
/** Most rows are shorter. */
const ROOM_BYTES = 4096;

/**
 * The digest of a snapshot: the SHA-256 of its rows' hashes in order; a row's hash is the SHA-256 of its bytes in PostgreSQL's binary
 * format, its salt among them, so that a row can be erased and its hash stay.
 */
export class SnapshotDigest implements RowDigest<string> {
  readonly #digest = createHash('sha256');
  readonly #hashes = Buffer.alloc(ROWS_AT_ONCE * HASH_SIZE);
  readonly #room = new HashRoom(ROOM_BYTES);
  #rows = 0;

  add(row: CopyDecoder): void {
    const length = row.rowTo(this.#room.bytes);
    writeHash(this.#hashes, this.#rows, length > ROOM_BYTES ? row.rowBytes() : this.#room.first(length));
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
