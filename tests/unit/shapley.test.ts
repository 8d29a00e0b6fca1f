import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shapleyValues, sizeOf } from '../../src/domain/shapley.ts';
import { type Tree, type TreeEnsemble, treeScore } from '../../src/domain/tree-ensemble.ts';
import { TreeExplainer } from '../../src/domain/tree-explainer.ts';

const FEATURES = 6;

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
const modelOf = fc.record({
  ensemble: ensembleOf,
  row: rowOf,
  references: fc.array(rowOf, { minLength: 1, maxLength: 4 }),
});

/** The definition itself: the model is run on every mixture of the row and each reference. */
function byRunning(ensemble: TreeEnsemble, row: Float32Array, references: readonly Float32Array[]) {
  const worth = Float64Array.from({ length: 2 ** FEATURES }, (_, coalition) => {
    const scores = references.map((reference) =>
      treeScore(
        ensemble,
        reference.map((value, feature) => ((coalition >>> feature) & 1 ? (row[feature] ?? 0) : value)),
      ),
    );
    return scores.reduce((sum, score) => sum + score, 0) / scores.length;
  });
  return shapleyValues(worth);
}

describe('shapleyValues', () => {
  it('shares out the glove game as the books do', () => {
    // One left glove, two right ones: a pair is worth 1.
    const worth = Float64Array.from({ length: 8 }, (_, c) => ((c & 1) !== 0 && (c & 6) !== 0 ? 1 : 0));
    expect([...shapleyValues(worth)].map((value) => Math.round(value * 6))).toEqual([4, 1, 1]);
  });

  it('gives each player of a sum their own', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 8 }), (own) => {
        const worth = Float64Array.from({ length: 2 ** own.length }, (_, c) =>
          own.reduce((sum, value, player) => sum + ((c >>> player) & 1 ? value : 0), 0),
        );
        const values = shapleyValues(worth);
        for (const [player, value] of own.entries()) expect(values[player]).toBeCloseTo(value, 9);
      }),
    );
  });

  it('gives as much as to all together, and the same to players who are alike', () => {
    const worths = fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(worths, (bySize) => {
        const worth = Float64Array.from({ length: 32 }, (_, c) => bySize[sizeOf(c)] ?? 0);
        const each = ((bySize[5] ?? 0) - (bySize[0] ?? 0)) / 5;
        for (const value of shapleyValues(worth)) expect(value).toBeCloseTo(each, 9);
      }),
    );
  });

  it('refuses what is no game', () => {
    expect(() => shapleyValues(new Float64Array(3))).toThrow(RangeError);
  });
});

describe('TreeExplainer', () => {
  it('agrees with running the trees on every mixture', () => {
    fc.assert(
      fc.property(modelOf, ({ ensemble, row, references }) => {
        const { values } = new TreeExplainer(ensemble, references).explain(row);
        const expected = byRunning(ensemble, row, references);
        for (const [feature, value] of values.entries()) expect(value).toBeCloseTo(expected[feature] ?? 0, 9);
      }),
    );
  });

  it('adds up from the baseline to the score', () => {
    fc.assert(
      fc.property(modelOf, ({ ensemble, row, references }) => {
        const { baseline, values } = new TreeExplainer(ensemble, references).explain(row);
        const sum = values.reduce((total, value) => total + value, baseline);
        expect(sum).toBeCloseTo(treeScore(ensemble, row), 9);
      }),
    );
  });

  it('gives nothing to a feature that no tree asks of', () => {
    fc.assert(
      fc.property(modelOf, ({ ensemble, row, references }) => {
        const asked = new Set(ensemble.trees.flatMap(({ feature }) => [...feature]));
        const { values } = new TreeExplainer(ensemble, references).explain(row);
        for (const [feature, value] of values.entries()) if (!asked.has(feature)) expect(value).toBe(0);
      }),
    );
  });

  it('needs a reference', () => {
    expect(() => new TreeExplainer({ base: 0, link: 'IDENTITY', trees: [] }, [])).toThrow(RangeError);
  });
});
