import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SnapshotBlock } from '../../../src/domain/eligibility.ts';
import type { FrozenBlock } from '../../../src/store/frozen-block.ts';
import { RowsAtHand } from '../../../src/store/rows-at-hand.ts';

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
function filled(sizes: readonly number[], mostCells?: number): { atHand: RowsAtHand; total: number } {
  const atHand = new RowsAtHand(mostCells);
  let total = 0;
  for (const size of sizes) {
    const block = rowsFrom(total, size);
    atHand.add(block, block);
    block.numbers[0]?.fill(-1);
    total += size;
  }
  return { atHand, total };
}

const numbered = (first: number, rows: number): FrozenBlock => ({
  ...rowsFrom(first, rows),
  numbersOfRows: Int32Array.from({ length: rows }, (_, i) => first + i),
});

async function all(blocks: AsyncIterable<FrozenBlock> | undefined): Promise<FrozenBlock[]> {
  const found: FrozenBlock[] = [];
  if (blocks !== undefined) for await (const block of blocks) found.push(block);
  return found;
}

describe('rows at hand', () => {
  it('come ten thousand at a time, however they were frozen, and keep nothing of what they came in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 25_000 }), { maxLength: 4 }), async (sizes) => {
        const { atHand, total } = filled(sizes);
        const due: FrozenBlock[] = [];
        for (let first = 0; first < total; first += 10_000)
          due.push(numbered(first, Math.min(10_000, total - first)));
        expect(await all(atHand.take(total))).toEqual(due);
      }),
      { numRuns: 20 },
    );
  });

  it('are given away once', async () => {
    const { atHand } = filled([3]);
    expect(await all(atHand.take(3))).toHaveLength(1);
    expect(atHand.take(3)).toBeUndefined();
  });

  it.each([2, 4])('are not those of a run that froze %d rows, where three are here', (rows) => {
    expect(filled([3]).atHand.take(rows)).toBeUndefined();
  });

  it('are none where there were too many cells, though each block had few', () => {
    expect(filled([3, 3], 11).atHand.take(6)).toBeUndefined();
    expect(filled([3, 3], 11).atHand.take(3)).toBeUndefined();
    expect(filled([3, 3], 12).atHand.take(6)).toBeDefined();
  });
});
