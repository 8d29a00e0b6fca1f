import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areaUnderCurve, FEWEST_OF_A_KIND } from '../../../src/domain/gates/area-under-curve.ts';

const few = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: FEWEST_OF_A_KIND, maxLength: 60 });

/** Every pair looked at. */
function byPairs(others: readonly number[], converted: readonly number[]): number {
  const wins = converted.flatMap((high) => others.map((low) => (high > low ? 1 : high === low ? 0.5 : 0)));
  return wins.reduce<number>((sum, win) => sum + win, 0) / wins.length;
}

function areaOf(others: readonly number[], converted: readonly number[]) {
  const scores = [...others, ...converted];
  const labels = Uint8Array.from(scores, (_, row) => (row < others.length ? 0 : 1));
  return areaUnderCurve(scores, labels, [...scores.keys()]);
}

describe('the area under the curve', () => {
  test('is the share of pairs that are in order', () => {
    fc.assert(
      fc.property(few, few, (others, converted) => {
        const area = areaOf(others, converted);
        expect(area?.value).toBeCloseTo(byPairs(others, converted), 12);
        expect(areaOf(converted, others)?.value).toBeCloseTo(1 - (area?.value ?? 0), 12);
        expect(
          areaOf(
            others.map((x) => x ** 3),
            converted.map((x) => x ** 3),
          ),
        ).toEqual(area);
      }),
    );
  });

  test('counts the rows that it is told to count', () => {
    const scores = Array.from({ length: 200 }, (_, row) => row);
    const labels = Uint8Array.from(scores, (row) => row % 2);
    const rows = scores.filter((row) => row >= 100 || row % 2 === 0);
    expect(areaUnderCurve(scores, labels, rows)).toMatchObject({ converted: 50, others: 100 });
    expect(areaUnderCurve(scores, labels, rows)?.value).toBeCloseTo((50 * 50 + (50 * 51) / 2) / 5000, 12);
  });

  test('is not told of few', () => {
    const some = Array.from({ length: FEWEST_OF_A_KIND }, (_, row) => row);
    expect(areaOf(some, some)?.value).toBe(0.5);
    expect(areaOf(some.slice(1), some)).toBeNull();
    expect(areaOf(some, some.slice(1))).toBeNull();
  });

  // Hanley & McNeil's formula by hand: A = 0.8, 50 of each.
  test('has a standard error', () => {
    const others = Array.from({ length: 50 }, (_, row) => row);
    const converted = others.map((row) => (row < 10 ? -1 : 100));
    expect(areaOf(others, converted)).toMatchObject({ value: 0.8 });
    expect(areaOf(others, converted)?.standardError).toBeCloseTo(0.0445, 3);
  });
});
