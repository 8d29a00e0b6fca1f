import { describe, expect, it } from 'vitest';
import {
  checkConsistency,
  checkInclusion,
  proveConsistency,
  proveInclusion,
} from '../../../src/audit/proof.ts';
import { leafHash } from '../../../src/audit/tlog.ts';
import { flipBit, storedLog } from './stored-log.ts';
import { fromBase64, hasVectors, jsonVectors, readVector } from './vectors.ts';

const SIZE = 130;
const log = storedLog(SIZE);

interface InclusionVector {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string | null;
  readonly leafHash: string | null;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

interface ConsistencyVector {
  readonly size1: number;
  readonly size2: number;
  readonly root1: string | null;
  readonly root2: string | null;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

describe('checkInclusion', () => {
  it('accepts the proof of every entry of every tree, and none with a bit turned or a hash too many or too few', async () => {
    const wrong: string[] = [];
    for (let size = 1; size <= SIZE; size++) {
      for (let index = 0; index < size; index++) {
        const path = await proveInclusion(index, size, log.reader);
        const holds = (candidate: readonly Uint8Array[], at = index, of = size) =>
          checkInclusion(at, of, log.leaves[index]!, candidate, log.roots[size]!);
        const where = `entry ${index} of ${size}`;
        if (!holds(path)) wrong.push(`${where} is refused`);
        for (let which = 0; which < path.length; which++) {
          const bit = (31 * index + 7 * size + which) % 256;
          if (holds(flipBit(path, which, bit))) wrong.push(`${where}: bit ${bit} of hash ${which} turned`);
        }
        if (holds([...path, log.leaves[0]!])) wrong.push(`${where}: a hash too many`);
        if (path.length > 0 && holds(path.slice(1))) wrong.push(`${where}: a hash too few`);
        if (size > 1 && holds(path, (index + 1) % size)) wrong.push(`${where} as another entry`);
        const other = log.roots[2]!;
        if (checkInclusion(index, size, other, path, log.roots[size]!)) wrong.push(`${where}: another leaf`);
        if (checkInclusion(index, size, log.leaves[index]!, path, log.leaves[129]!)) {
          wrong.push(`${where}: another root`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('refuses what are no indexes and no hashes', () => {
    const [leaf, root] = [log.leaves[0]!, log.roots[1]!];
    expect(checkInclusion(0, 1, leaf, [], root)).toBe(true);
    for (const [index, size] of [
      [-1, 1],
      [0.5, 1],
      [0, 1.5],
      [1, 1],
      [0, 0],
      [Number.NaN, 1],
      [0, 2 ** 53],
    ] as const) {
      expect(checkInclusion(index, size, leaf, [], root)).toBe(false);
    }
    expect(checkInclusion(0, 1, leaf.subarray(1), [], leaf.subarray(1))).toBe(false);
  });
});

describe('checkConsistency', () => {
  it('accepts the proof between any two trees, and none with a bit turned or a hash too many or too few', async () => {
    const wrong: string[] = [];
    for (let to = 1; to <= SIZE; to++) {
      for (let from = 1; from <= to; from++) {
        const path = await proveConsistency(from, to, log.reader);
        const holds = (candidate: readonly Uint8Array[], first = from) =>
          checkConsistency(first, to, log.roots[from]!, log.roots[to]!, candidate);
        const where = `from ${from} to ${to}`;
        if (!holds(path)) wrong.push(`${where} is refused`);
        for (let which = 0; which < path.length; which++) {
          const bit = (31 * from + 7 * to + which) % 256;
          if (holds(flipBit(path, which, bit))) wrong.push(`${where}: bit ${bit} of hash ${which} turned`);
        }
        if (holds([...path, log.leaves[0]!])) wrong.push(`${where}: a hash too many`);
        if (path.length > 0 && holds(path.slice(1))) wrong.push(`${where}: a hash too few`);
        if (holds(path, from - 1)) wrong.push(`${where} as from ${from - 1}`);
        const other = log.leaves[1]!;
        if (checkConsistency(from, to, other, log.roots[to]!, path))
          wrong.push(`${where}: another first root`);
        if (checkConsistency(from, to, log.roots[from]!, other, path)) wrong.push(`${where}: another root`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('refuses a proof from the empty tree: it would prove nothing', () => {
    expect(checkConsistency(0, 0, log.roots[0]!, log.roots[0]!, [])).toBe(false);
    expect(checkConsistency(0, 5, log.roots[0]!, log.roots[5]!, [])).toBe(false);
  });
});

describe('proving', () => {
  it('is refused for what is not in the tree', async () => {
    await expect(proveInclusion(5, 5, log.reader)).rejects.toThrow(RangeError);
    await expect(proveInclusion(-1, 5, log.reader)).rejects.toThrow(RangeError);
    await expect(proveConsistency(0, 5, log.reader)).rejects.toThrow(RangeError);
    await expect(proveConsistency(6, 5, log.reader)).rejects.toThrow(RangeError);
  });
});

describe.skipIf(!hasVectors)('published proofs', () => {
  it('are judged as the Certificate Transparency vectors say, all 196', () => {
    const inclusion = jsonVectors<InclusionVector>('rfc6962-merkle/testdata/inclusion');
    const consistency = jsonVectors<ConsistencyVector>('rfc6962-merkle/testdata/consistency');
    expect(inclusion.length + consistency.length).toBe(196);
    const judged = [
      ...inclusion.map(({ name, value }) => ({
        name,
        refused: !checkInclusion(
          value.leafIdx,
          value.treeSize,
          fromBase64(value.leafHash),
          (value.proof ?? []).map(fromBase64),
          fromBase64(value.root),
        ),
        want: value.wantErr,
      })),
      ...consistency.map(({ name, value }) => ({
        name,
        refused: !checkConsistency(
          value.size1,
          value.size2,
          fromBase64(value.root1),
          fromBase64(value.root2),
          (value.proof ?? []).map(fromBase64),
        ),
        want: value.wantErr,
      })),
    ];
    expect(judged.filter(({ refused, want }) => refused !== want)).toEqual([]);
    expect(judged.filter(({ refused }) => !refused)).toHaveLength(12);
  });

  it('of a log of 961,984,013 certificates hold', () => {
    const folder = 'sumdb-tlog/testdata/argon2020';
    const read = (name: string) => JSON.parse(readVector(folder, name).toString());
    const head: { tree_size: number; sha256_root_hash: string } = read('sth.json');
    const proof: { leaf_index: number; audit_path: string[] } = read('proof.json');
    const entries: { entries: [{ leaf_input: string }] } = read('entries.json');
    const { consistency }: { consistency: string[] } = read('consistency.json');
    const root = fromBase64(head.sha256_root_hash);
    const leaf = leafHash(fromBase64(entries.entries[0].leaf_input));
    const path = proof.audit_path.map(fromBase64);
    expect(checkInclusion(proof.leaf_index, head.tree_size, leaf, path, root)).toBe(true);
    expect(checkInclusion(proof.leaf_index + 1, head.tree_size, leaf, path, root)).toBe(false);
    const earlier = fromBase64('AuIZ5V6sDUj1vn3Y1K85oOaQ7y+FJJKtyRTl1edIKBQ=');
    const between = consistency.map(fromBase64);
    expect(checkConsistency(3_654_490, head.tree_size, earlier, root, between)).toBe(true);
    expect(checkConsistency(3_654_491, head.tree_size, earlier, root, between)).toBe(false);
  });
});
