import {
  foldSubtrees,
  HASH_SIZE,
  type HashReader,
  nodeHash,
  sameHash,
  splitPoint,
  subtreeIndexes,
} from './tlog.ts';

/** The entries [from, to): one hash of a proof stands for each such range. */
type Range = readonly [from: number, to: number];

/**
 * The proof that entry `index` is in the tree of `size` entries (RFC 6962 §2.1.1), nearest sibling first.
 * Throws RangeError where there is no such entry.
 */
export async function proveInclusion(
  index: number,
  size: number,
  reader: HashReader,
): Promise<readonly Uint8Array[]> {
  if (!isCount(index) || !isCount(size) || index >= size) {
    throw new RangeError(`a tree of ${size} entries has no entry ${index}`);
  }
  return readRanges(inclusionRanges(index, 0, size), reader);
}

/**
 * The proof that the tree of `from` entries is the beginning of the tree of `to` entries (RFC 6962 §2.1.2).
 * Throws RangeError unless 1 ≤ from ≤ to.
 */
export async function proveConsistency(
  from: number,
  to: number,
  reader: HashReader,
): Promise<readonly Uint8Array[]> {
  if (!isCount(from) || !isCount(to) || from < 1 || from > to) {
    throw new RangeError(`no proof leads from ${from} to ${to} entries`);
  }
  return readRanges(consistencyRanges(from, 0, to), reader);
}

/** Whether `path` proves that entry `index` of the tree of `size` entries has this leaf hash (RFC 9162 §2.1.3.2). */
export function checkInclusion(
  index: number,
  size: number,
  leaf: Uint8Array,
  path: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  if (![leaf, root, ...path].every(isHash)) return false;
  let [fn, sn] = [index, size - 1];
  let hash = leaf;
  for (const sibling of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash);
      [fn, sn] = upFromRightChild(fn, sn);
    } else {
      hash = nodeHash(hash, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && sameHash(hash, root);
}

/** Whether `path` proves that the tree of `from` entries is the beginning of the tree of `to` (RFC 9162 §2.1.4.2). */
export function checkConsistency(
  from: number,
  to: number,
  fromRoot: Uint8Array,
  toRoot: Uint8Array,
  path: readonly Uint8Array[],
): boolean {
  // Every tree begins with the empty one: a proof of that would prove nothing.
  if (!isCount(from) || !isCount(to) || from < 1 || from > to) return false;
  if (from === to) return path.length === 0 && sameHash(fromRoot, toRoot);
  if (![fromRoot, toRoot, ...path].every(isHash)) return false;
  const [first, ...rest] = from === splitPoint(from + 1) ? [fromRoot, ...path] : path;
  if (first === undefined || path.length === 0) return false;
  let [fn, sn] = [from - 1, to - 1];
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  let [fromHash, toHash] = [first, first];
  for (const sibling of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      fromHash = nodeHash(sibling, fromHash);
      toHash = nodeHash(sibling, toHash);
      [fn, sn] = upFromRightChild(fn, sn);
    } else {
      toHash = nodeHash(toHash, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && sameHash(fromHash, fromRoot) && sameHash(toHash, toRoot);
}

function inclusionRanges(index: number, lo: number, hi: number): Range[] {
  if (hi - lo === 1) return [];
  const middle = lo + splitPoint(hi - lo);
  return index < middle
    ? [...inclusionRanges(index, lo, middle), [middle, hi]]
    : [...inclusionRanges(index, middle, hi), [lo, middle]];
}

function consistencyRanges(from: number, lo: number, hi: number): Range[] {
  // The verifier knows the root of the smaller tree itself.
  if (from === hi) return lo === 0 ? [] : [[lo, hi]];
  const middle = lo + splitPoint(hi - lo);
  return from <= middle
    ? [...consistencyRanges(from, lo, middle), [middle, hi]]
    : [...consistencyRanges(from, middle, hi), [lo, middle]];
}

async function readRanges(ranges: readonly Range[], reader: HashReader): Promise<readonly Uint8Array[]> {
  const indexes = ranges.map(([from, to]) => subtreeIndexes(from, to));
  const hashes = (await reader(indexes.flat())).values();
  return indexes.map((subtrees) => foldSubtrees([...hashes.take(subtrees.length)]));
}

/** Skips the levels on which a right child has no sibling: it is its own parent there. */
function upFromRightChild(fn: number, sn: number): [number, number] {
  let [node, last] = [fn, sn];
  while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
  return [node, last];
}

function half(n: number): number {
  return Math.floor(n / 2);
}

function isCount(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === HASH_SIZE;
}
