import { createHash } from 'node:crypto';
import { Frontier, type HashReader, leafHash } from '../../../src/audit/tlog.ts';

/** A log in memory: its leaves, its stored hashes, and the roots it had at every size. */
export function storedLog(size: number) {
  const frontier = Frontier.empty();
  const leaves: Uint8Array[] = [];
  const stored: Uint8Array[] = [];
  const roots: Uint8Array[] = [frontier.root()];
  for (let index = 0; index < size; index++) {
    const leaf = leafHash(Buffer.from(`leaf ${index}`));
    leaves.push(leaf);
    stored.push(...frontier.append(leaf));
    roots.push(frontier.root());
  }
  const reader: HashReader = async (indexes) => indexes.map((index) => stored[index]!);
  return { leaves, stored, roots, reader };
}

/** The root as RFC 6962 §2.1 defines it, word for word. */
export function definedRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return createHash('sha256').digest();
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return createHash('sha256')
    .update(Buffer.of(1))
    .update(definedRoot(leaves.slice(0, k)))
    .update(definedRoot(leaves.slice(k)))
    .digest();
}

/** The proof with one bit of one of its hashes turned. */
export function flipBit(path: readonly Uint8Array[], which: number, bit: number): Uint8Array[] {
  return path.map((hash, index) => {
    if (index !== which) return hash;
    const flipped = Buffer.from(hash);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    return flipped;
  });
}
