import { describe, expect, it } from 'vitest';
import { Frontier, leafHash, nodeHash, storedHashCount, storedHashIndex } from '../../../src/audit/tlog.ts';
import { definedRoot, storedLog } from './stored-log.ts';

const SIZE = 130;
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('leafHash', () => {
  it('is the published hash of the empty leaf and of a text', () => {
    expect(hex(leafHash(new Uint8Array()))).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    );
    expect(Buffer.from(leafHash(Buffer.from('hello world'))).toString('base64')).toBe(
      'TszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=',
    );
  });
});

describe('nodeHash', () => {
  it('takes two whole hashes, and nothing of an earlier call', () => {
    const whole = new Uint8Array(32);
    expect(() => nodeHash(whole, whole.subarray(1))).toThrow(RangeError);
    expect(() => nodeHash(new Uint8Array(33), whole)).toThrow(RangeError);
  });
});

describe('Frontier', () => {
  const log = storedLog(SIZE);

  it('has the root that the RFC defines, at every size', () => {
    for (let size = 0; size <= SIZE; size++) {
      expect(hex(log.roots[size]!)).toBe(hex(definedRoot(log.leaves.slice(0, size))));
    }
  });

  it('goes on from what is stored as if it had never stopped', async () => {
    for (let size = 0; size < SIZE; size++) {
      const frontier = await Frontier.read(size, log.reader);
      expect(frontier.size).toBe(size);
      expect(hex(frontier.root())).toBe(hex(log.roots[size]!));
      const first = storedHashCount(size);
      const stored = frontier.append(log.leaves[size]!);
      expect(stored.map(hex)).toEqual(log.stored.slice(first, storedHashCount(size + 1)).map(hex));
      expect(hex(frontier.root())).toBe(hex(log.roots[size + 1]!));
    }
  });
});

describe('storedHashIndex', () => {
  it('gives every node of a tree a place of its own, without gaps, in the order in which nodes are completed', () => {
    const places: number[] = [];
    for (let n = 0; n < SIZE; n++) {
      places.push(storedHashIndex(0, n));
      for (let level = 1, nodes = n; nodes % 2 === 1; level++) {
        nodes = (nodes - 1) / 2;
        places.push(storedHashIndex(level, nodes));
      }
      expect(storedHashCount(n + 1)).toBe(places.length);
    }
    expect(places).toEqual(places.map((_, place) => place));
  });

  it('counts on beyond 32 bits', () => {
    const size = 2 ** 40;
    expect(storedHashCount(size)).toBe(2 ** 41 - 1);
    expect(storedHashIndex(40, 0)).toBe(2 ** 41 - 2);
    expect(storedHashIndex(0, size)).toBe(storedHashCount(size));
  });
});
