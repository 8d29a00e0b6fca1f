import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SnapshotBlock } from '../../../src/domain/eligibility.ts';
import type { FrozenBlock } from '../../../src/store/frozen-block.ts';
import { RowsAtHand } from '../../../src/store/rows-at-hand.ts';

const DIGEST = 'sha256:1';

/** Rows of one number and one text, some of them missing, numbered from `first` on. */
function rowsFrom(first: number, rows: number): SnapshotBlock {
  const each = Array.from({ length: rows }, (_, i) => first + i);
  return {
    rows,
    customers: each.map((row) => `c${row}`),
    numbers: [Float64Array.from(each, (row) => (row % 7 === 0 ? Number.NaN : row / 8))],
    texts: [each.map((row) => (row % 5 === 0 ? null : `text ${row % 3}`))],
    quiet: Uint8Array.from(each, (row) => (row % 11 === 0 ? 1 : 0)),
    optedOut: Uint8Array.from(each, (row) => (row % 13 === 0 ? 1 : 0)),
    flowStarts: each.map((row) => (row % 17 === 0 ? [row] : null)),
    mails: each.map((row) => (row % 19 === 0 ? [row, row + 1] : null)),
  };
}

/** Takes blocks of so many rows each, as they come from a feed; answers them and how many rows they are. */
function filled(sizes: readonly number[], mostBytes?: number): { atHand: RowsAtHand; total: number } {
  const atHand = new RowsAtHand(mostBytes);
  let total = 0;
  for (const size of sizes) {
    const block = rowsFrom(total, size);
    atHand.add(block, block);
    block.numbers[0]?.fill(-1);
    total += size;
  }
  atHand.sealed(DIGEST);
  return { atHand, total };
}

const numbered = (first: number, rows: number): FrozenBlock => ({
  ...rowsFrom(first, rows),
  numbersOfRows: Int32Array.from({ length: rows }, (_, i) => first + i),
});

describe('rows at hand', () => {
  it('come ten thousand at a time, however they were frozen, and keep nothing of what they came in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 25_000 }), { maxLength: 4 }), (sizes) => {
        const { atHand, total } = filled(sizes);
        const due: FrozenBlock[] = [];
        for (let first = 0; first < total; first += 10_000)
          due.push(numbered(first, Math.min(10_000, total - first)));
        expect([...(atHand.take(DIGEST) ?? [])]).toEqual(due);
      }),
      { numRuns: 20 },
    );
  });

  it('are given away once', () => {
    const { atHand } = filled([3]);
    expect([...(atHand.take(DIGEST) ?? [])]).toHaveLength(1);
    expect(atHand.take(DIGEST)).toBeUndefined();
  });

  it.each(['sha256:2', null])('are not those of another snapshot (%s), and are forgotten', (digest) => {
    const { atHand } = filled([3]);
    expect(atHand.take(digest)).toBeUndefined();
    expect(atHand.take(DIGEST)).toBeUndefined();
  });

  it('are nobody’s where they were read and not frozen', () => {
    const atHand = new RowsAtHand();
    atHand.add(rowsFrom(0, 3), rowsFrom(0, 3));
    expect(atHand.take(null)).toBeUndefined();
  });

  it('are none where there were too many, though each block had few', () => {
    // Rows of two cells, with ids of two characters: 60 + 2 × 8 + 2 × 2 each; texts of six in four of them: 2 × 6 more.
    const bytes = 6 * 80 + 4 * 12;
    expect(filled([3, 3], bytes - 1).atHand.take(DIGEST)).toBeUndefined();
    expect(filled([3, 3], bytes).atHand.take(DIGEST)).toBeDefined();
  });
});
