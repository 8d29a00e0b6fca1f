import { hash } from 'node:crypto';
import { HASH_SIZE } from './tlog.ts';

/** Writes the SHA-256 of bytes or of a text in UTF-8 to place `index` of n concatenated hashes. */
export function writeHash(hashes: Uint8Array, index: number, data: Uint8Array | string): void {
  // As a one-byte string the digest costs a third of what it costs as a buffer of its own; so few bytes are copied faster one by one.
  const digest = hash('sha256', data, 'binary');
  const at = HASH_SIZE * index;
  for (let i = 0; i < HASH_SIZE; i++) hashes[at + i] = digest.charCodeAt(i);
}

/** Room in which something small is put together to be hashed, again and again. */
export class HashRoom {
  readonly bytes: Buffer;
  /** By length: to make a view takes a third as long as to hash. */
  readonly #views: Uint8Array[] = [];

  constructor(size: number) {
    this.bytes = Buffer.alloc(size);
  }

  /** The bytes up to `length`, valid until others are written. Throws RangeError where there are not so many. */
  first(length: number): Uint8Array {
    if (length > this.bytes.length) throw new RangeError(`there is no room for ${length} bytes`);
    const known = this.#views[length];
    if (known !== undefined) return known;
    const view = this.bytes.subarray(0, length);
    this.#views[length] = view;
    return view;
  }
}
