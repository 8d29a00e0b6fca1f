/** How well scores rank those who converted above those who did not. */
export interface AreaUnderCurve {
  /** 0.5 is chance, 1 a perfect order. */
  readonly value: number;
  readonly standardError: number;
  readonly converted: number;
  readonly others: number;
}

/** Fewer converted rows, or fewer others, than this say nothing about a model. */
export const FEWEST_OF_A_KIND = 30;

/**
 * The chance that a row that converted has a higher score than one that did not, ties counted half: the Mann–Whitney
 * statistic over the number of pairs, with the standard error of Hanley & McNeil (Radiology 143, 1982). Null where
 * either kind has fewer than FEWEST_OF_A_KIND rows.
 * @param rows the numbers of the rows that count
 */
export function areaUnderCurve(
  scores: ArrayLike<number>,
  labels: Uint8Array,
  rows: readonly number[],
): AreaUnderCurve | null {
  const [others, converted] = scoresByKind(scores, labels, rows);
  if (others.length < FEWEST_OF_A_KIND || converted.length < FEWEST_OF_A_KIND) return null;
  let [below, upTo, pairs] = [0, 0, 0];
  for (const score of converted) {
    while ((others[below] ?? Number.NaN) < score) below++;
    while ((others[upTo] ?? Number.NaN) <= score) upTo++;
    pairs += (below + upTo) / 2;
  }
  const value = pairs / (others.length * converted.length);
  return {
    value,
    standardError: standardError(value, converted.length, others.length),
    converted: converted.length,
    others: others.length,
  };
}

/** The scores of the rows that did not convert and of those that did, ascending. */
function scoresByKind(
  scores: ArrayLike<number>,
  labels: Uint8Array,
  rows: readonly number[],
): readonly [others: Float64Array, converted: Float64Array] {
  const kinds = [new Float64Array(rows.length), new Float64Array(rows.length)] as const;
  let [others, converted] = [0, 0];
  for (const row of rows) {
    const score = scores[row] ?? Number.NaN;
    if (labels[row] === 1) kinds[1][converted++] = score;
    else kinds[0][others++] = score;
  }
  return [kinds[0].subarray(0, others).sort(), kinds[1].subarray(0, converted).sort()];
}

function standardError(value: number, converted: number, others: number): number {
  const square = value * value;
  const variance =
    value * (1 - value) +
    (converted - 1) * (value / (2 - value) - square) +
    (others - 1) * ((2 * square) / (1 + value) - square);
  return Math.sqrt(Math.max(variance, 0) / (converted * others));
}
