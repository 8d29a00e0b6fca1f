import type { Counterfactual } from './explanation.ts';
import type { SelectionBar } from './selection-bar.ts';
import type { Step, VariedFeature } from './varied-feature.ts';

/** One feature changed, everything else being as it was. */
export interface Change {
  readonly feature: string;
  readonly from: number;
  readonly to: number;
}

/** Rows to be scored by the week's model: row i of the matrix is the customer's own with `changes[i]` made. */
export interface Candidates {
  /** The smallest change first, equal ones in card order: whoever scores in batches may stop at the first that turns. */
  readonly changes: readonly Change[];
  /** Row-major, features in card order. */
  readonly matrix: Float32Array;
}

/**
 * The changes that may turn a customer's outcome. @param row the features that the model got
 * @param cuts where alone the score steps, by feature in card order: of changes that score the same only the smallest is one. Null
 * where that is not known.
 */
export function candidates(
  features: readonly VariedFeature[],
  row: Float32Array,
  cuts: readonly Float32Array[] | null = null,
): Candidates {
  const changes = features
    .flatMap(({ name, at, stepsFrom }) => {
      const from = row[at] ?? Number.NaN;
      const steps = stepsFrom(from);
      const apart = cuts === null ? steps : stepsApart(steps, from, cuts[at] ?? new Float32Array(0));
      return apart.map(({ to, size }) => ({ feature: name, at, from, to, size }));
    })
    .sort((a, b) => a.size - b.size);
  const matrix = new Float32Array(changes.length * row.length);
  changes.forEach(({ at, to }, i) => {
    matrix.set(row, i * row.length);
    matrix[i * row.length + at] = to;
  });
  return { changes, matrix };
}

/** Of the steps between the same two cuts the smallest; none between those that `from` lies between itself. */
function stepsApart(steps: readonly Step[], from: number, cuts: Float32Array): readonly Step[] {
  const own = cutsBelow(from, cuts);
  const smallest = new Map<number, Step>();
  for (const step of steps) {
    const piece = cutsBelow(Math.fround(step.to), cuts);
    const known = smallest.get(piece);
    if (piece !== own && (known === undefined || step.size < known.size)) smallest.set(piece, step);
  }
  return [...smallest.values()];
}

function cutsBelow(value: number, cuts: Float32Array): number {
  let [low, high] = [0, cuts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cuts[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The smallest change that turns the outcome, null when none does. @param scores of the rows, or of the first of them */
export function smallestTurn(
  { changes }: Candidates,
  scores: Float64Array,
  bar: SelectionBar,
): Counterfactual | null {
  const at = scores.findIndex((score) => bar.turns(score));
  const change = changes[at];
  const scoreAfter = scores[at];
  if (change === undefined || scoreAfter === undefined) return null;
  const { feature, from, to } = change;
  return { feature, from, to, scoreAfter, outcomeAfter: bar.outcomeAfter };
}
