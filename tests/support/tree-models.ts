import fc from 'fast-check';
import type { AskModel } from '../../src/domain/mixtures.ts';
import { shapleyValues } from '../../src/domain/shapley.ts';
import type { Tree, TreeEnsemble } from '../../src/domain/tree-ensemble.ts';
import { TreeExplainer } from '../../src/domain/tree-explainer.ts';

/** How many features the drawn models have. */
export const FEATURES = 6;

/** Values on a grid, so that rows, references and thresholds often coincide. */
const rowOf = fc
  .array(fc.integer({ min: 0, max: 4 }), { minLength: FEATURES, maxLength: FEATURES })
  .map((values) => Float32Array.from(values));

interface Drawn {
  readonly feature: number;
  readonly threshold: number;
  readonly value: number;
  readonly missing: boolean;
}

/** A full binary tree of up to three levels; features may come again on a path. */
const treeOf: fc.Arbitrary<Tree> = fc
  .tuple(
    fc.integer({ min: 0, max: 3 }),
    fc.array(
      fc.record({
        feature: fc.integer({ min: 0, max: FEATURES - 1 }),
        threshold: fc.integer({ min: 0, max: 4 }),
        value: fc.integer({ min: -8, max: 8 }).map((eighths) => eighths / 8),
        missing: fc.boolean(),
      }),
      { minLength: 15, maxLength: 15 },
    ),
  )
  .map(([depth, nodes]) => {
    const inner = 2 ** depth - 1;
    const used: readonly Drawn[] = nodes.slice(0, 2 * inner + 1);
    return {
      feature: Int32Array.from(used, ({ feature }, node) => (node < inner ? feature : -1)),
      threshold: Float32Array.from(used, ({ threshold }) => threshold),
      yes: Int32Array.from(used, (_, node) => 2 * node + 1),
      no: Int32Array.from(used, (_, node) => 2 * node + 2),
      missing: Uint8Array.from(used, ({ missing }) => (missing ? 1 : 0)),
      value: Float64Array.from(used, ({ value }, node) => (node < inner ? 0 : value)),
    };
  });
const ensembleOf: fc.Arbitrary<TreeEnsemble> = fc.record({
  base: fc.integer({ min: -4, max: 4 }),
  link: fc.constantFrom('IDENTITY', 'LOGISTIC'),
  trees: fc.array(treeOf, { minLength: 1, maxLength: 4 }),
});
/** A model with a row to explain and references to stand against. */
export const modelOf = fc.record({
  ensemble: ensembleOf,
  row: rowOf,
  references: fc.array(rowOf, { minLength: 1, maxLength: 4 }),
});

/** A model by definition: the score of one row. */
export type ScoreRow = (row: Float32Array) => number;

/** The definition itself: the model is run on every mixture of the row and each reference. */
export function byRunning(score: ScoreRow, row: Float32Array, references: readonly Float32Array[]) {
  const worth = Float64Array.from({ length: 2 ** row.length }, (_, coalition) => {
    const scores = references.map((reference) =>
      score(reference.map((value, feature) => ((coalition >>> feature) & 1 ? (row[feature] ?? 0) : value))),
    );
    return scores.reduce((sum, value) => sum + value, 0) / scores.length;
  });
  return shapleyValues(worth);
}

/** Shapley values by reading the trees. */
export function valuesOf(
  ensemble: TreeEnsemble,
  row: Float32Array,
  references: readonly Float32Array[],
): Float64Array {
  const found = new TreeExplainer(ensemble, references).explain(row);
  if (found === null) throw new Error('the trees are of few features');
  return found.values;
}

/** A model in this process, to be asked for many rows. */
export function asking(score: ScoreRow): AskModel {
  return async (rows, count) => {
    const width = rows.length / count;
    return Float64Array.from({ length: count }, (_, row) =>
      score(rows.subarray(row * width, (row + 1) * width)),
    );
  };
}
