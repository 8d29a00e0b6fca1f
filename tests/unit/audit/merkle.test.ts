import { describe, expect, it } from 'vitest';
import { merklePath, merkleRoot, writeLeafHash } from '../../../src/audit/merkle.ts';
import { proveInclusion } from '../../../src/audit/proof.ts';
import { leafHash } from '../../../src/audit/tlog.ts';
import { storedLog } from './stored-log.ts';

const SIZE = 130;
const log = storedLog(SIZE);
const concatenated = (size: number) => Buffer.concat(log.leaves.slice(0, size));

describe('merkleRoot', () => {
  it('is the root of the log with the same leaves, at every size, and leaves them untouched', () => {
    for (let size = 0; size <= SIZE; size++) {
      const leaves = concatenated(size);
      expect(Buffer.from(merkleRoot(leaves))).toEqual(Buffer.from(log.roots[size]!));
      expect(leaves).toEqual(concatenated(size));
    }
  });

  it('takes a part of a larger buffer', () => {
    const part = new Uint8Array(concatenated(SIZE)).subarray(32 * 3, 32 * 10);
    expect(Buffer.from(merkleRoot(part))).toEqual(
      Buffer.from(merkleRoot(Buffer.concat(log.leaves.slice(3, 10)))),
    );
  });

  it('refuses half a hash', () => {
    expect(() => merkleRoot(new Uint8Array(33))).toThrow(RangeError);
  });
});

describe('merklePath', () => {
  it('is the inclusion proof of the log with the same leaves, for every leaf of every size', async () => {
    for (let size = 1; size <= SIZE; size++) {
      const leaves = concatenated(size);
      for (let index = 0; index < size; index++) {
        const path = merklePath(leaves, index);
        const expected = await proveInclusion(index, size, log.reader);
        if (Buffer.compare(Buffer.concat(path), Buffer.concat(expected)) !== 0) {
          expect.fail(`leaf ${index} of ${size}`);
        }
      }
      expect(leaves).toEqual(concatenated(size));
    }
  });

  it('refuses a leaf that is not there', () => {
    for (const index of [-1, 3, 0.5]) expect(() => merklePath(concatenated(3), index)).toThrow(RangeError);
  });
});

describe('writeLeafHash', () => {
  it('hashes the text in UTF-8 as leafHash hashes its bytes', () => {
    const leaves = Buffer.alloc(96);
    const texts = ['', '["décision/1",0,"€"]', 'a'.repeat(1000)];
    for (const [index, text] of texts.entries()) writeLeafHash(leaves, index, text);
    expect(leaves).toEqual(Buffer.concat(texts.map((text) => leafHash(Buffer.from(text)))));
  });
});
