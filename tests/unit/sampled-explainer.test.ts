import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampledValues } from '../../src/domain/sampled-explainer.ts';
import { asking, byRunning, type ScoreRow } from '../support/tree-models.ts';

const FEATURES = 14;
const rowOf = fc
  .array(fc.integer({ min: -3, max: 3 }), { minLength: FEATURES, maxLength: FEATURES })
  .map((values) => Float32Array.from(values));
const gameOf = fc.record({ row: rowOf, references: fc.array(rowOf, { minLength: 1, maxLength: 3 }) });
/** Features work together by three, behind a link; the last does nothing. */
const score: ScoreRow = (row) => {
  let margin = 0;
  for (let at = 0; at < FEATURES - 1; at++)
    margin += (row[at] ?? 0) * (row[(at + 1) % 13] ?? 0) * (row[(at + 5) % 13] ?? 0);
  return 1 / (1 + Math.exp(-margin / 9));
};
/** Rows that are the same in every run: what chance gives them is, too. */
const fixed = (number: number) =>
  Float32Array.from({ length: FEATURES }, (_, feature) => ((number * 31 + feature * 17) % 23) / 7 - 1.5);

describe('sampledValues', () => {
  it('add up from the mean score of the references to the score', async () => {
    await fc.assert(
      fc.asyncProperty(gameOf, async ({ row, references }) => {
        const baseline = references.reduce((sum, one) => sum + score(one), 0) / references.length;
        const { values } = await sampledValues(asking(score), row, references);
        expect(values.reduce((sum, value) => sum + value, baseline)).toBeCloseTo(score(row), 12);
        expect(values[FEATURES - 1]).toBe(0);
      }),
      { numRuns: 20 },
    );
  });

  it('are the same whenever a row is asked for, and drawn anew for another', async () => {
    const references = [fixed(1), fixed(2)];
    const first = await sampledValues(asking(score), fixed(3), references);
    expect(await sampledValues(asking(score), fixed(3), references)).toEqual(first);
    const other = await sampledValues(asking(score), fixed(4), references);
    expect(other.values).not.toEqual(first.values);
  });

  it('are within five standard errors of the truth, and about one off on the whole', async () => {
    const references = [fixed(1), fixed(2), fixed(5)];
    const off: number[] = [];
    for (const number of [3, 4, 6, 7, 8, 9]) {
      const { values, standardErrors } = await sampledValues(asking(score), fixed(number), references);
      for (const [feature, truth] of byRunning(score, fixed(number), references).entries()) {
        const error = standardErrors[feature] ?? Number.NaN;
        if (feature === FEATURES - 1) expect(error).toBe(0);
        else off.push(((values[feature] ?? Number.NaN) - truth) / error);
      }
    }
    expect(Math.max(...off.map(Math.abs))).toBeLessThan(5);
    const squares = off.reduce((sum, value) => sum + value ** 2, 0) / off.length;
    expect(squares).toBeGreaterThan(0.5);
    expect(squares).toBeLessThan(2);
  });

  it('are exact where no more than two features differ', async () => {
    const reference = fixed(1);
    const row = reference.map((value, feature) => (feature < 2 ? value + 1 : value));
    const { values, standardErrors } = await sampledValues(asking(score), row, [reference]);
    for (const [feature, truth] of byRunning(score, row, [reference]).entries())
      expect(values[feature]).toBeCloseTo(truth, 12);
    expect(Math.max(...standardErrors)).toBeLessThan(1e-15);
  });
});
