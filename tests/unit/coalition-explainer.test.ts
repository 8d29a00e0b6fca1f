import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coalitionValues, MOST_ASKED } from '../../src/domain/coalition-explainer.ts';
import type { AskModel } from '../../src/domain/mixtures.ts';
import { treeScore } from '../../src/domain/tree-ensemble.ts';
import { asking, byRunning, modelOf, type ScoreRow, valuesOf } from '../support/tree-models.ts';

const rowOf = (length: number) =>
  fc
    .array(fc.integer({ min: -3, max: 3 }), { minLength: length, maxLength: length })
    .map((values) => Float32Array.from(values));
const gameOf = fc.record({
  row: rowOf(5),
  references: fc.array(rowOf(5), { minLength: 1, maxLength: 4 }),
});
/** Symmetric in the first two features, without the last. */
const score: ScoreRow = ([a = 0, b = 0, c = 0, d = 0]) =>
  1 / (1 + Math.exp(-(a * b - c * (a + b) + Math.sin(d * c))));
const explain = async (ask: AskModel, row: Float32Array, references: readonly Float32Array[]) =>
  (await coalitionValues(ask, row, references)) ?? expect.fail('twelve features may differ');

describe('coalitionValues', () => {
  it('are those of the definition', async () => {
    await fc.assert(
      fc.asyncProperty(gameOf, async ({ row, references }) => {
        const values = await explain(asking(score), row, references);
        for (const [feature, value] of byRunning(score, row, references).entries())
          expect(values[feature]).toBeCloseTo(value, 12);
      }),
    );
  });

  it('are those that the trees give', async () => {
    await fc.assert(
      fc.asyncProperty(modelOf, async ({ ensemble, row, references }) => {
        const values = await explain(
          asking((mixed) => treeScore(ensemble, mixed)),
          row,
          references,
        );
        for (const [feature, value] of valuesOf(ensemble, row, references).entries())
          expect(values[feature]).toBeCloseTo(value, 9);
      }),
    );
  });

  it('add up from the mean score of the references to the score', async () => {
    await fc.assert(
      fc.asyncProperty(gameOf, async ({ row, references }) => {
        const baseline = references.reduce((sum, one) => sum + score(one), 0) / references.length;
        const values = await explain(asking(score), row, references);
        expect(values.reduce((sum, value) => sum + value, baseline)).toBeCloseTo(score(row), 12);
      }),
    );
  });

  it('are alike for features that are alike, and nothing for one without influence', async () => {
    const alike = gameOf.map(({ row, references }) => {
      const same = (one: Float32Array) =>
        one.map((value, feature) => (feature === 1 ? (one[0] ?? 0) : value));
      return { row: same(row), references: references.map(same) };
    });
    await fc.assert(
      fc.asyncProperty(alike, async ({ row, references }) => {
        const [a = Number.NaN, b = Number.NaN, , , e] = await explain(asking(score), row, references);
        expect(a).toBeCloseTo(b, 12);
        expect(e).toBe(0);
      }),
    );
  });

  it('ask for each mixture once, ten thousand at a time', async () => {
    const row = Float32Array.from({ length: 12 }, (_, feature) => feature);
    const references = Array.from({ length: 8 }, (_, reference) =>
      // Two differ from one another in the last feature alone.
      row.map((value, feature) => (feature === 11 ? -reference : value + 1 + (reference >> 1))),
    );
    const sizes: number[] = [];
    const asked = new Set<string>();
    await explain(
      (rows, count) => {
        sizes.push(count);
        for (let at = 0; at < rows.length; at += 12) asked.add(rows.subarray(at, at + 12).join());
        return asking(() => 0.5)(rows, count);
      },
      row,
      references,
    );
    // The row; with its last feature what else a pair of references has together; with the last of a reference what that one has.
    expect(asked.size).toBe(1 + 4 * (2 ** 11 - 1) + 8 * 2 ** 11);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(asked.size);
    expect(sizes.slice(0, -1).every((size) => size === 10_000)).toBe(true);
    expect(sizes.length).toBeGreaterThan(1);
  });

  it('tell 0 from -0, which a model may', async () => {
    const inverse: ScoreRow = ([a = 0]) => (1 / a > 0 ? 1 : 0);
    expect([...(await explain(asking(inverse), Float32Array.of(0), [Float32Array.of(-0)]))]).toEqual([1]);
  });

  it('are not for a row of which more features differ', async () => {
    const reference = new Float32Array(MOST_ASKED + 1);
    const row = reference.map(() => 1);
    expect(await coalitionValues(asking(score), row, [reference])).toBeNull();
    row[MOST_ASKED] = 0;
    expect(await coalitionValues(asking(score), row, [reference])).toHaveLength(MOST_ASKED + 1);
  });
});
