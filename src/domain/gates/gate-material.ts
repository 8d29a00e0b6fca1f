import type { AskModel } from '../mixtures.ts';
import type { CardFeature } from '../model-card.ts';
import type { TrainedWeeks, TrainingTable } from '../training-table.ts';

/** What a model is judged by: all of it from its package but the threshold. */
export interface GateMaterial {
  readonly features: readonly Pick<CardFeature, 'name' | 'direction'>[];
  readonly trained: TrainedWeeks;
  readonly training: TrainingTable;
  /** The rows of reference.csv, features in card order. */
  readonly reference: readonly (readonly number[])[];
  /** The score from which the campaign chooses a customer. */
  readonly threshold: number;
}

/** How the model takes its features: as the columns of a matrix, in the order of the card, or each by its name. */
export type FeatureInput = 'MATRIX' | 'NAMED';

/** The same, with what the model says of every row of the training table. */
export interface ScoredMaterial extends GateMaterial {
  readonly scores: Float64Array;
}

/** Rows that the model gets at once. */
const BATCH_ROWS = 5000;

/** Scores rows, row-major, a batch at a time. */
export async function scoreRows(ask: AskModel, matrix: Float32Array, width: number): Promise<Float64Array> {
  const rows = matrix.length / width;
  const scores = new Float64Array(rows);
  for (let from = 0; from < rows; from += BATCH_ROWS) {
    const to = Math.min(from + BATCH_ROWS, rows);
    scores.set(await ask(Float32Array.from(matrix.subarray(from * width, to * width)), to - from), from);
  }
  return scores;
}

/**
 * What the model says of every sample row with one feature set to each of `values`, the rest left as it is:
 * values × sample, row-major (individual conditional expectation; Goldstein et al., J. Comput. Graph. Stat. 24, 2015).
 */
export function scoreVaried(
  ask: AskModel,
  sample: readonly (readonly number[])[],
  at: number,
  values: readonly number[],
): Promise<Float64Array> {
  const width = sample[0]?.length ?? 0;
  const matrix = new Float32Array(values.length * sample.length * width);
  let from = 0;
  for (const value of values)
    for (const row of sample) {
      matrix.set(row, from);
      matrix[from + at] = value;
      from += width;
    }
  return scoreRows(ask, matrix, width);
}
