import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binRange, greatestGrowth, sharesOf, sumOfCounts } from '../../src/domain/distribution-change.ts';

const EDGES = [10, 20, 30];

describe('greatestGrowth', () => {
  it.each([
    ['the lowest bin', [10, 30, 30, 30], [40, 20, 20, 20], { from: null, to: 10, before: 0.1, now: 0.4 }],
    ['the highest', [30, 30, 30, 10], [20, 20, 20, 40], { from: 30, to: null, before: 0.1, now: 0.4 }],
    ['one in the middle', [25, 25, 25, 25], [20, 40, 20, 20], { from: 10, to: 20, before: 0.25, now: 0.4 }],
    ['neighbours together', [25, 25, 25, 25], [10, 40, 40, 10], { from: 10, to: 30, before: 0.5, now: 0.8 }],
    [
      'over a bin that lost little',
      [30, 10, 10, 50],
      [45, 9, 25, 21],
      { from: null, to: 30, before: 0.5, now: 0.79 },
    ],
    [
      'the larger of two that are apart',
      [10, 60, 20, 10],
      [20, 30, 10, 40],
      { from: 30, to: null, before: 0.1, now: 0.4 },
    ],
    ['a bin that was empty', [0, 50, 50, 0], [10, 45, 45, 0], { from: null, to: 10, before: 0, now: 0.1 }],
  ])('finds %s', (_, expected, actual, growth) => {
    const found = greatestGrowth(EDGES, expected, actual);
    expect(found).toEqual({
      ...growth,
      before: expect.closeTo(growth.before, 12),
      now: expect.closeTo(growth.now, 12),
    });
  });

  it('finds nothing where shares are equal, or nothing was counted', () => {
    expect(greatestGrowth(EDGES, [1, 2, 3, 4], [10, 20, 30, 40])).toBeNull();
    expect(greatestGrowth(EDGES, [0, 0, 0, 0], [10, 20, 30, 40])).toBeNull();
    expect(greatestGrowth(EDGES, [1, 2, 3, 4], [0, 0, 0, 0])).toBeNull();
    expect(greatestGrowth([], [5], [9])).toBeNull();
  });

  it('finds what trying every range finds', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(counts, counts, (expected, actual) => {
        const [e, a] = [sharesOf(expected), sharesOf(actual)];
        const empty = [e, a].some((shares) => shares.every((share) => share === 0));
        let most = 0;
        for (let first = 0; first < 4; first++)
          for (let last = first; last < 4; last++) {
            const sum = (shares: Float64Array) => shares.slice(first, last + 1).reduce((x, y) => x + y, 0);
            most = Math.max(most, sum(a) - sum(e));
          }
        const found = greatestGrowth(EDGES, expected, actual);
        if (empty || most < 1e-9) expect(found).toBeNull();
        else expect((found?.now ?? 0) - (found?.before ?? 0)).toBeCloseTo(most, 9);
      }),
    );
  });
});

describe('bins', () => {
  it('have the values above their lower and up to their upper edge', () => {
    expect(EDGES.map((_, bin) => binRange(EDGES, bin))).toEqual([
      { from: null, to: 10 },
      { from: 10, to: 20 },
      { from: 20, to: 30 },
    ]);
    expect(binRange(EDGES, 3)).toEqual({ from: 30, to: null });
    expect(binRange([], 0)).toEqual({ from: null, to: null });
  });

  it('of some weeks are added, bin by bin', () => {
    expect([
      ...sumOfCounts(
        [
          [1, 2, 3],
          [10, 20, 30],
        ],
        3,
      ),
    ]).toEqual([11, 22, 33]);
    expect([...sumOfCounts([], 2)]).toEqual([0, 0]);
  });
});
