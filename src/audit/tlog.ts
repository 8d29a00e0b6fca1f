import { hash } from 'node:crypto';

// The tree of RFC 6962, stored as golang.org/x/mod/sumdb/tlog does: node n of level l has one place in a dense
// sequence that only grows, so that a log of n entries needs no more than its past and log2(n) hashes to go on.
// Sizes and indexes are integers up to 2^53; bit operators would cut them at 2^32.

/** Bytes of a hash. */
export const HASH_SIZE = 32;

/** Hands out stored hashes by their places (see storedHashIndex), in the order asked for. */
export type HashReader = (indexes: readonly number[]) => Promise<readonly Uint8Array[]>;

const LEAF = Buffer.of(0x00);
const node = Buffer.alloc(1 + 2 * HASH_SIZE, 0x01);

/** The hash of an entry's bytes: SHA-256(0x00 ‖ data), RFC 6962 §2.1. */
export function leafHash(data: Uint8Array): Uint8Array {
  return digest(Buffer.concat([LEAF, data]));
}

/** The hash of an inner node: SHA-256(0x01 ‖ left ‖ right), RFC 6962 §2.1. Throws RangeError on other than two hashes. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length !== HASH_SIZE || right.length !== HASH_SIZE) throw new RangeError('not two hashes');
  node.set(left, 1);
  node.set(right, 1 + HASH_SIZE);
  return digest(node);
}

/** As a one-byte string the digest costs a third of what it costs as a buffer of its own. */
function digest(data: Uint8Array): Uint8Array {
  return Buffer.from(hash('sha256', data, 'binary'), 'latin1');
}

/** The root of the tree without entries: SHA-256 of nothing. */
export function emptyRoot(): Uint8Array {
  return hash('sha256', '', 'buffer');
}

/** Whether two hashes are the same bytes. */
export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Where the hash of node `n` of `level` (0: the leaves) is stored: Crosby and Wallach 2009, §3.3. */
export function storedHashIndex(level: number, n: number): number {
  let leaf = n;
  for (let l = 0; l < level; l++) leaf = 2 * leaf + 1;
  let index = level;
  for (let count = leaf; count > 0; count = Math.floor(count / 2)) index += count;
  return index;
}

/** How many hashes a log of `size` entries has stored. */
export function storedHashCount(size: number): number {
  let count = 0;
  for (let nodes = size; nodes > 0; nodes = Math.floor(nodes / 2)) count += nodes;
  return count;
}

/** The largest power of two below `n`, for n > 1: where RFC 6962 splits a tree. */
export function splitPoint(n: number): number {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
}

/** The places of the complete subtrees that make up the entries [from, to), largest first; `from` is where a subtree starts. */
export function subtreeIndexes(from: number, to: number): number[] {
  const indexes: number[] = [];
  let lo = from;
  while (lo < to) {
    let size = 1;
    let level = 0;
    while (2 * size <= to - lo) {
      size *= 2;
      level += 1;
    }
    indexes.push(storedHashIndex(level, lo / size));
    lo += size;
  }
  return indexes;
}

/** The hash over complete subtrees, largest first. Throws RangeError when there is none. */
export function foldSubtrees(hashes: readonly Uint8Array[]): Uint8Array {
  const last = hashes.at(-1);
  if (last === undefined) throw new RangeError('no subtree to fold');
  return hashes.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
}

/** The right edge of a tree: all that is needed to append to it and to know its root. */
export class Frontier {
  #count: number;
  readonly #subtrees: Uint8Array[];

  private constructor(count: number, subtrees: Uint8Array[]) {
    this.#count = count;
    this.#subtrees = subtrees;
  }

  static empty(): Frontier {
    return new Frontier(0, []);
  }

  /** The frontier of the first `size` entries of a stored log. */
  static async read(size: number, reader: HashReader): Promise<Frontier> {
    const indexes = subtreeIndexes(0, size);
    return new Frontier(size, [...(await reader(indexes))]);
  }

  get size(): number {
    return this.#count;
  }

  /** Appends a leaf hash; returns the hashes to store for it, from the place storedHashCount(size before). */
  append(leaf: Uint8Array): Uint8Array[] {
    const stored = [leaf];
    let subtree = leaf;
    for (let nodes = this.#count; nodes % 2 === 1; nodes = Math.floor(nodes / 2)) {
      const left = this.#subtrees.pop();
      if (left === undefined) throw new RangeError(`a frontier of ${this.#count} entries lacks a subtree`);
      subtree = nodeHash(left, subtree);
      stored.push(subtree);
    }
    this.#subtrees.push(subtree);
    this.#count += 1;
    return stored;
  }

  root(): Uint8Array {
    return this.#count === 0 ? emptyRoot() : foldSubtrees(this.#subtrees);
  }
}
