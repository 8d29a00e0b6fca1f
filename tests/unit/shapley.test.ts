import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shapleyValues, sizeOf } from '../../src/domain/shapley.ts';
import { type Tree, treeScore } from '../../src/domain/tree-ensemble.ts';
import { TreeExplainer } from '../../src/domain/tree-explainer.ts';
import { largestDifference } from '../support/numbers.ts';
import { byRunning, modelOf, valuesOf } from '../support/tree-models.ts';

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
        const values = valuesOf(ensemble, row, references);
        const expected = byRunning((mixed) => treeScore(ensemble, mixed), row, references);
        for (const [feature, value] of values.entries()) expect(value).toBeCloseTo(expected[feature] ?? 0, 9);
      }),
    );
  });

  it('adds up from the baseline to the score', () => {
    fc.assert(
      fc.property(modelOf, ({ ensemble, row, references }) => {
        const { baseline } = new TreeExplainer(ensemble, references);
        const sum = valuesOf(ensemble, row, references).reduce((total, value) => total + value, baseline);
        expect(sum).toBeCloseTo(treeScore(ensemble, row), 9);
      }),
    );
  });

  it('gives nothing to a feature that no tree asks of', () => {
    fc.assert(
      fc.property(modelOf, ({ ensemble, row, references }) => {
        const asked = new Set(ensemble.trees.flatMap(({ feature }) => [...feature]));
        const values = valuesOf(ensemble, row, references);
        for (const [feature, value] of values.entries()) if (!asked.has(feature)) expect(value).toBe(0);
      }),
    );
  });

  it('agrees with running them where references differ from a row in other features each', () => {
    const features = 12;
    // Each tree asks whether two neighbours are above 0.
    const trees = Array.from({ length: features }, (_, at) => ({
      feature: Int32Array.of(at, -1, (at + 1) % features, -1, -1),
      threshold: new Float32Array(5),
      yes: Int32Array.of(1, 0, 3, 0, 0),
      no: Int32Array.of(2, 0, 4, 0, 0),
      missing: new Uint8Array(5),
      value: Float64Array.of(0, at / 9, 0, -0.5, 1 - at / 5),
    }));
    const ensemble = { base: 0.1, link: 'LOGISTIC', trees } as const;
    const references = Array.from({ length: 40 }, (_, reference) =>
      Float32Array.from({ length: features }, (_, feature) => (feature < 3 ? (reference >> feature) % 2 : 0)),
    );
    const explainer = new TreeExplainer(ensemble, references);
    // One differs in up to three features, the other in all; neither minds what was explained before.
    const rows = [new Float32Array(features), new Float32Array(features).fill(0.5)];
    for (const row of [...rows, ...rows]) {
      const expected = byRunning((mixed) => treeScore(ensemble, mixed), row, references);
      expect(largestDifference(explainer.explain(row)?.values ?? [], expected)).toBeLessThan(1e-12);
    }
  });

  /** A tree that asks of every feature in turn, and ends where one is above 0. */
  const chainOf = (features: number): Tree => ({
    feature: Int32Array.from({ length: 2 * features + 1 }, (_, node) =>
      node % 2 === 0 && node < 2 * features ? node / 2 : -1,
    ),
    threshold: new Float32Array(2 * features + 1),
    yes: Int32Array.from({ length: 2 * features + 1 }, (_, node) => node + 2),
    no: Int32Array.from({ length: 2 * features + 1 }, (_, node) => node + 1),
    missing: new Uint8Array(2 * features + 1),
    value: Float64Array.from({ length: 2 * features + 1 }, (_, node) => node / 8),
  });

  it('reads trees of any number of features without a link, and not behind one', () => {
    const references = [new Float32Array(40)];
    const row = new Float32Array(40).fill(1);
    const trees = [chainOf(40)];
    const [first = 0, ...rest] = valuesOf({ base: 0, link: 'IDENTITY', trees }, row, references);
    expect(first + rest.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1 / 8 - 10, 9);
    expect(new TreeExplainer({ base: 0, link: 'LOGISTIC', trees }, references).explain(row)).toBeNull();
  });

  it('agrees with running them where values are missing', () => {
    const holed = (row: Float32Array) => row.map((value) => (value === 4 ? Number.NaN : value));
    fc.assert(
      fc.property(modelOf, ({ ensemble, row, references }) => {
        const [mine, theirs] = [holed(row), references.map(holed)];
        const expected = byRunning((mixed) => treeScore(ensemble, mixed), mine, theirs);
        expect(largestDifference(valuesOf(ensemble, mine, theirs), expected)).toBeLessThan(1e-9);
      }),
    );
  });

  it('takes references apart where together they differ in more features than a game has players', () => {
    const references = Array.from({ length: 8 }, (_, at) =>
      Float32Array.from({ length: 40 }, (_, feature) => (Math.floor(feature / 5) === at ? 1 : 0)),
    );
    const row = new Float32Array(40);
    const ensemble = { base: -1, link: 'LOGISTIC', trees: [chainOf(40)] } as const;
    const alone = references.map((reference) => valuesOf(ensemble, row, [reference]));
    const mean = row.map((_, feature) => alone.reduce((sum, own) => sum + (own[feature] ?? 0), 0) / 8);
    expect(mean.every((value) => value !== 0)).toBe(true);
    expect(largestDifference(valuesOf(ensemble, row, references), mean)).toBeLessThan(1e-6);
  });

  it('plays apart against references that differ from a row in quite other features', () => {
    // Each reference differs in five features, all of them together in twenty.
    const references = Array.from({ length: 8 }, (_, at) =>
      Float32Array.from({ length: 20 }, (_, feature) => (Math.floor(feature / 5) === at % 4 ? 1 : 0)),
    );
    const ensemble = { base: -1, link: 'LOGISTIC', trees: [chainOf(20)] } as const;
    const row = new Float32Array(20);
    let games = 0;
    const values = new TreeExplainer(ensemble, references).explain(row, () => games++)?.values ?? [];
    const alone = references.map((reference) => valuesOf(ensemble, row, [reference]));
    const mean = row.map((_, feature) => alone.reduce((sum, own) => sum + (own[feature] ?? 0), 0) / 8);
    expect(largestDifference(values, mean)).toBeLessThan(1e-6);
    expect(games).toBe(4);
  });

  it('gives up where the odds of a score may leave the range of its numbers, and not before', () => {
    const stump = (value: number): Tree => ({
      feature: Int32Array.of(0, -1, -1),
      threshold: new Float32Array(3),
      yes: Int32Array.of(1, 0, 0),
      no: Int32Array.of(2, 0, 0),
      missing: new Uint8Array(3),
      value: Float64Array.of(0, -value, value),
    });
    const explain = (value: number) =>
      new TreeExplainer({ base: 0, link: 'LOGISTIC', trees: [stump(value), stump(-value)] }, [
        Float32Array.of(-1),
      ]).explain(Float32Array.of(1));
    expect([...(explain(177)?.values ?? [])]).toEqual([0]);
    expect(explain(178)).toBeNull();
  });

  it('makes terms anew where they are too many to keep', () => {
    const [tree, players] = [chainOf(18), 18];
    const heavier = { ...tree, value: tree.value.map((value) => 6 * value) };
    const [row, reference] = [new Float32Array(players).fill(1), new Float32Array(players)];
    const together = { base: -9, link: 'LOGISTIC', trees: [heavier] } as const;
    const apart = { ...together, trees: Array.from({ length: 6 }, () => tree) };
    const expected = valuesOf(together, row, [reference]);
    expect(largestDifference(valuesOf(apart, row, [reference, reference]), expected)).toBeLessThan(1e-9);
  });

  it('needs a reference', () => {
    expect(() => new TreeExplainer({ base: 0, link: 'IDENTITY', trees: [] }, [])).toThrow(RangeError);
  });
});
