/** Neighbouring bins of a histogram: the values above `from`, up to and with `to`; null where nothing bounds them. */
export interface ValueRange {
  readonly from: number | null;
  readonly to: number | null;
}

/** A range of values whose share grew; shares of 1. */
export interface Growth extends ValueRange {
  readonly before: number;
  readonly now: number;
}

/** A bin of two or more histograms over the same edges. */
export function binRange(edges: readonly number[], first: number, last = first): ValueRange {
  return { from: edges[first - 1] ?? null, to: edges[last] ?? null };
}

/** Counts of some weeks over the same bins, together. */
export function sumOfCounts(weeks: readonly ArrayLike<number>[], bins: number): Float64Array {
  const sum = new Float64Array(bins);
  for (const counts of weeks)
    for (let bin = 0; bin < bins; bin++) sum[bin] = (sum[bin] ?? 0) + (counts[bin] ?? 0);
  return sum;
}

/** The shares of counts, of 1; all 0 where nothing was counted. */
export function sharesOf(counts: ArrayLike<number>): Float64Array {
  const shares = Float64Array.from(counts);
  const total = shares.reduce((sum, count) => sum + count, 0);
  return total === 0 ? shares : shares.map((count) => count / total);
}

/**
 * The range of values that took up most: of all runs of neighbouring bins the one whose share grew by most, the first and
 * shortest of equals (the maximum subarray of the differences, as Kadane finds it). Null where no bin grew, and where either
 * has counted nothing.
 */
export function greatestGrowth(
  edges: readonly number[],
  expected: ArrayLike<number>,
  actual: ArrayLike<number>,
): Growth | null {
  const [before, now] = [sharesOf(expected), sharesOf(actual)];
  const empty = (shares: Float64Array) => shares.every((share) => share === 0);
  if (empty(before) || empty(now)) return null;
  const share = (shares: Float64Array, first: number, last: number) =>
    shares.subarray(first, last + 1).reduce((sum, part) => sum + part, 0);
  let best: { readonly first: number; readonly last: number; readonly grew: number } | null = null;
  let first = 0;
  let grew = 0;
  for (let bin = 0; bin < now.length; bin++) {
    if (grew <= 0) [first, grew] = [bin, 0];
    grew += (now[bin] ?? 0) - (before[bin] ?? 0);
    if (grew > (best?.grew ?? LEAST_GROWTH)) best = { first, last: bin, grew };
  }
  if (best === null) return null;
  return {
    ...binRange(edges, best.first, best.last),
    before: share(before, best.first, best.last),
    now: share(now, best.first, best.last),
  };
}

/** What floating point makes of shares that are equal. */
const LEAST_GROWTH = 1e-12;
