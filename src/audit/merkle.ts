import { HashRoom, writeHash } from './hash-room.ts';
import { emptyRoot, HASH_SIZE } from './tlog.ts';

/** What is hashed of a leaf: a zero byte before its bytes. Kept, for most leaves are small and many. */
const leaf = new HashRoom(64 * 1024);

/** Writes the leaf hash of a text's UTF-8 bytes to place `index` of n concatenated leaf hashes. */
export function writeLeafHash(leafHashes: Buffer, index: number, text: string): void {
  writeHash(leafHashes, index, `\0${text}`);
}

/** Writes the leaf hash of bytes to place `index` of n concatenated leaf hashes. Throws RangeError on 64 KiB and more. */
export function writeLeafHashOf(leafHashes: Buffer, index: number, data: Uint8Array): void {
  leaf.bytes.set(data, 1);
  writeHash(leafHashes, index, leaf.first(1 + data.length));
}

/** The root of the RFC 6962 tree over n leaf hashes, concatenated (n × 32 bytes). Needs half as much memory again. */
export function merkleRoot(leafHashes: Uint8Array): Uint8Array {
  const leaves = levelOf(leafHashes);
  if (leaves.length === 0) return emptyRoot();
  if (leaves.length === HASH_SIZE) return Buffer.from(leaves);
  let level = foldLevel(leaves, Buffer.allocUnsafeSlow(parentBytes(leaves)));
  while (level.length > HASH_SIZE) level = foldLevel(level, level);
  return Buffer.from(level);
}

/**
 * The inclusion proof of leaf `index` in the tree over n concatenated leaf hashes, nearest sibling first.
 * Throws RangeError where there is no such leaf.
 */
export function merklePath(leafHashes: Uint8Array, index: number): readonly Uint8Array[] {
  const leaves = levelOf(leafHashes);
  const count = leaves.length / HASH_SIZE;
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new RangeError(`a tree of ${count} leaves has no leaf ${index}`);
  }
  const path: Uint8Array[] = [];
  let level = leaves;
  let work: Buffer = Buffer.allocUnsafeSlow(parentBytes(leaves));
  for (let place = index; level.length > HASH_SIZE; place >>>= 1) {
    const sibling = HASH_SIZE * (place ^ 1);
    // The last node of an odd level has no sibling and is its own parent.
    if (sibling < level.length) path.push(Buffer.from(level.subarray(sibling, sibling + HASH_SIZE)));
    work = foldLevel(level, work);
    level = work;
  }
  return path;
}

function levelOf(leafHashes: Uint8Array): Buffer {
  if (leafHashes.length % HASH_SIZE !== 0) throw new RangeError(`leaf hashes have ${HASH_SIZE} bytes each`);
  return Buffer.from(leafHashes.buffer, leafHashes.byteOffset, leafHashes.length);
}

function parentBytes(level: Buffer): number {
  return HASH_SIZE * Math.ceil(level.length / HASH_SIZE / 2);
}

/** Writes the level above into `target`, which may be the level itself; returns what was written. */
function foldLevel(level: Buffer, target: Buffer): Buffer {
  const node = Buffer.alloc(1 + 2 * HASH_SIZE, 0x01);
  const pairs = Math.floor(level.length / HASH_SIZE / 2);
  for (let pair = 0; pair < pairs; pair++) {
    level.copy(node, 1, 2 * HASH_SIZE * pair, 2 * HASH_SIZE * (pair + 1));
    writeHash(target, pair, node);
  }
  target.set(level.subarray(2 * HASH_SIZE * pairs), HASH_SIZE * pairs);
  return target.subarray(0, parentBytes(level));
}
