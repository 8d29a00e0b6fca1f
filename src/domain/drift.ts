/** A histogram over fixed edges: bin i counts values in (edges[i-1], edges[i]], the last bin what lies above. */
export class Histogram {
  readonly counts: Float64Array;

  constructor(readonly edges: readonly number[]) {
    this.counts = new Float64Array(edges.length + 1);
  }

  add(value: number): void {
    let low = 0;
    let high = this.edges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value > (this.edges[middle] ?? 0)) low = middle + 1;
      else high = middle;
    }
    this.counts[low] = (this.counts[low] ?? 0) + 1;
  }
}

/** Edges that cut a sample into ten parts of equal size; fewer where values repeat. */
export function decileEdges(sample: readonly number[]): readonly number[] {
  const sorted = sample.toSorted((a, b) => a - b);
  const edges = Array.from(
    { length: 9 },
    (_, i) => sorted[Math.ceil(((i + 1) * sorted.length) / 10) - 1] ?? Number.NaN,
  );
  return [...new Set(edges)].filter((edge) => edge < (sorted.at(-1) ?? Number.NaN));
}

/** A share stands in for an empty bin, because the logarithm of nothing is not a number; 0.0001 is customary. */
const EMPTY_SHARE = 1e-4;

/**
 * Population stability index of counts against expected counts over the same bins: Σ (a − e) · ln(a / e) of the shares.
 * 0 is the same distribution, above 0.25 customarily a shift (Siddiqi, Credit Risk Scorecards, 2006). 0 when either is empty.
 */
export function populationStabilityIndex(expected: ArrayLike<number>, actual: ArrayLike<number>): number {
  const sum = (counts: ArrayLike<number>) => Array.from(counts).reduce((total, count) => total + count, 0);
  const [expectedTotal, actualTotal] = [sum(expected), sum(actual)];
  if (expectedTotal === 0 || actualTotal === 0) return 0;
  let index = 0;
  for (let bin = 0; bin < expected.length; bin++) {
    const e = Math.max((expected[bin] ?? 0) / expectedTotal, EMPTY_SHARE);
    const a = Math.max((actual[bin] ?? 0) / actualTotal, EMPTY_SHARE);
    index += (a - e) * Math.log(a / e);
  }
  return index;
}

/** Edges of the score histogram, finer where scores of rare events lie. */
export const SCORE_EDGES = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999,
] as const;
