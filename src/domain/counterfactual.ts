import type { Counterfactual } from './explanation.ts';
import type { SelectionBar } from './selection-bar.ts';
import type { VariedFeature } from './varied-feature.ts';

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

/** The changes that may turn a customer's outcome. @param row the features that the model got */
export function candidates(features: readonly VariedFeature[], row: Float32Array): Candidates {
  const changes = features
    .flatMap(({ name, at, stepsFrom }) => {
      const from = row[at] ?? Number.NaN;
      return stepsFrom(from).map(({ to, size }) => ({ feature: name, at, from, to, size }));
    })
    .sort((a, b) => a.size - b.size);
  const matrix = new Float32Array(changes.length * row.length);
  changes.forEach(({ at, to }, i) => {
    matrix.set(row, i * row.length);
    matrix[i * row.length + at] = to;
  });
  return { changes, matrix };
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
