import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decileEdges, Histogram, populationStabilityIndex, SCORE_EDGES } from '../../src/domain/drift.ts';

function histogram(edges: readonly number[], values: readonly number[]): number[] {
  const counted = new Histogram(edges);
  for (const value of values) counted.add(value);
  return [...counted.counts];
}

describe('Histogram', () => {
  it('counts an edge to the bin below it', () => {
    expect(histogram([1, 2, 3], [0, 1, 1.5, 2, 2.000001, 3, 3.1, 99, -5])).toEqual([3, 2, 2, 2]);
  });

  it('has one bin without edges', () => {
    expect(histogram([], [1, 2, 3])).toEqual([3]);
  });

  it('counts as comparing with every edge does', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -20, max: 20 }), { maxLength: 15 }),
        fc.array(fc.oneof(fc.integer({ min: -22, max: 22 }), fc.double({ min: -22, max: 22, noNaN: true }))),
        (unsorted, values) => {
          const edges = unsorted.toSorted((a, b) => a - b);
          const counts = new Array<number>(edges.length + 1).fill(0);
          for (const value of values) {
            const bin = edges.filter((edge) => edge < value).length;
            counts[bin] = (counts[bin] ?? 0) + 1;
          }
          expect(histogram(edges, values)).toEqual(counts);
        },
      ),
    );
  });
});

describe('decileEdges', () => {
  it('cuts a sample into ten parts of equal size', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(decileEdges(hundred)).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(histogram(decileEdges(hundred), hundred)).toEqual(new Array(10).fill(10));
  });

  it('makes parts that differ by one where ten does not go into it', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { minLength: 10, maxLength: 300 }), (sample) => {
        const parts = histogram(decileEdges(sample), sample);
        expect(parts).toHaveLength(10);
        expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('has fewer parts where values repeat, none of them empty', () => {
    expect(decileEdges([0, 0, 0, 0, 0, 0, 0, 0, 1, 1])).toEqual([0]);
    expect(decileEdges([7, 7, 7])).toEqual([]);
    expect(decileEdges([])).toEqual([]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1 }), (sample) => {
        expect(histogram(decileEdges(sample), sample)).not.toContain(0);
      }),
    );
  });
});

describe('populationStabilityIndex', () => {
  it.each([
    // (0.6 − 0.5) ln 1.2 + (0.4 − 0.5) ln 0.8
    [[50, 50], [60, 40], 0.040547],
    // (0.2 − 0.1) ln 2 + (0.3 − 0.4) ln 0.75, and nothing for the middle
    [[10, 50, 40], [20, 50, 30], 0.098083],
    // The empty bin counts as 0.0001: (0.5 − 1) ln 0.5 + (0.5 − 0.0001) ln 5000
    [[10, 0], [10, 10], 4.604318],
    [[3, 7], [30, 70], 0],
    [[0, 0], [1, 2], 0],
    [[1, 2], [0, 0], 0],
  ])('of %j and %j is %f', (expected, actual, index) => {
    expect(populationStabilityIndex(expected, actual)).toBeCloseTo(index, 6);
  });

  it('is finite whatever is empty, and no more for more of the same customers', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(counts, counts, fc.integer({ min: 1, max: 1000 }), (a, b, times) => {
        const index = populationStabilityIndex(a, b);
        expect(Number.isFinite(index)).toBe(true);
        const more = b.map((count) => times * count);
        expect(populationStabilityIndex(a, more)).toBeCloseTo(index, 9);
      }),
      { examples: [[[0, 0, 0, 0, 0, 0, 0, 0, 0, 3], [3, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1000]] },
    );
  });

  it('is never negative, the same both ways, and zero only of equal shares', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(counts, counts, (a, b) => {
        const index = populationStabilityIndex(a, b);
        expect(index).toBeGreaterThanOrEqual(0);
        expect(populationStabilityIndex(b, a)).toBeCloseTo(index, 9);
        expect(
          populationStabilityIndex(
            a,
            a.map((count) => 3 * count),
          ),
        ).toBeCloseTo(0, 12);
      }),
    );
  });
});

describe('SCORE_EDGES', () => {
  it('part probabilities, ascending', () => {
    expect([...SCORE_EDGES]).toEqual([...new Set(SCORE_EDGES)].sort((a, b) => a - b));
    expect(SCORE_EDGES.every((edge) => edge > 0 && edge < 1)).toBe(true);
  });
});
