import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FeatureOverride } from '../../src/domain/campaign.ts';
import {
  type ColumnBlock,
  compileFeatures,
  type FundPrice,
  fundChange,
  missingColumns,
} from '../../src/domain/feature.ts';
import { type ContractColumn, layoutOf } from '../../src/domain/feed-contract.ts';
import type { CardFeature } from '../../src/domain/model-card.ts';
import type { Recipe } from '../../src/domain/recipe.ts';

const column = (
  name: string,
  type: ContractColumn['type'] = 'number',
  category: ContractColumn['category'] = 'feature',
): ContractColumn => ({ name, type, category });

const contract = {
  columns: [
    column('party_id', 'id', 'key'),
    column('a'),
    column('job', 'text'),
    column('b', 'integer'),
    column('flag', 'boolean'),
    column('rate', 'number', 'segment'),
  ],
};
const layout = layoutOf(contract);
const M = Number.NaN;

const feature = (recipe: Recipe, name = 'f'): CardFeature => ({
  name,
  label: { nl: name, en: name },
  recipe,
  direction: 0,
  changeable: false,
});

/** One row per entry of `a`; b, flag and job beside it. */
const block = (
  a: number[],
  b: number[] = a,
  flag: number[] = a,
  job: (string | null)[] = a.map(() => null),
): ColumnBlock => ({
  rows: a.length,
  numbers: [a, b, flag, a].map((values) => Float64Array.from(values)),
  texts: [job],
});

function compute(
  recipe: Recipe,
  rows: ColumnBlock,
  funds: FundPrice[] = [],
  overrides: FeatureOverride[] = [],
) {
  const features = compileFeatures([feature(recipe)], layout, funds, '2020-03-31', overrides);
  const matrix = new Float32Array(rows.rows);
  const complete = new Uint8Array(rows.rows);
  const count = features.compute(rows, matrix, complete);
  expect(count).toBe(complete.reduce((sum, one) => sum + one, 0));
  return { values: [...matrix], complete: [...complete] };
}

describe('recipes', () => {
  const rows = block([4, M, 1], [2, 2, 0], [1, 0, M], ['nurse', null, '__proto__']);
  test.each<[string, Recipe, number[]]>([
    ['column', { column: 'a' }, [4, M, 1]],
    ['a boolean column', { column: 'flag' }, [1, 0, M]],
    ['weighted', { weighted: { a: 0.5, b: 2 } }, [6, M, 0.5]],
    ['difference', { difference: ['a', 'b'] }, [2, M, 1]],
    ['relativeChange', { relativeChange: ['a', 'b'] }, [1, M, M]],
    ['ratio', { ratio: ['a', 'b'] }, [2, M, M]],
    ['a ratio of zero by zero', { ratio: ['b', 'b'] }, [1, 1, M]],
    ['category', { category: 'job', codes: { nurse: 3, baker: 4 }, otherwise: -1 }, [3, M, -1]],
    ['missing', { column: 'a', missing: 999 }, [4, 999, 1]],
    ['missing where a ratio has no value', { ratio: ['a', 'b'], missing: 0 }, [2, 0, 0]],
    [
      'missing of a category',
      { category: 'job', codes: { nurse: 3 }, otherwise: -1, missing: -2 },
      [3, -2, -1],
    ],
    ['clip', { column: 'a', clip: [2, 3] }, [3, M, 2]],
    [
      'clip, which leaves the value of missing alone',
      { column: 'a', clip: [2, 3], missing: 999 },
      [3, 999, 2],
    ],
    ['a number beyond float32', { weighted: { a: 1e38 } }, [M, M, Math.fround(1e38)]],
  ])('%s', (_, recipe, expected) => {
    expect(compute(recipe, rows)).toEqual({
      values: expected,
      complete: expected.map((value) => (Number.isNaN(value) ? 0 : 1)),
    });
  });

  test('compute in float64 and round once, whatever the order of the weights', () => {
    const thirds = block([1 / 3], [1e9], [7]);
    expect(compute({ weighted: { a: 0.1, b: 0.2, flag: 0.3 } }, thirds).values).toEqual([
      Math.fround(0.1 / 3 + 0.2 * 1e9 + 0.3 * 7),
    ]);
    // Added up in another order these give 1.
    const cancelling = block([1e16], [1], [-1e16]);
    expect(compute({ weighted: { a: 1, b: 1, flag: 1 } }, cancelling).values).toEqual([0]);
    expect(compute({ weighted: { flag: 1, a: 1, b: 1 } }, cancelling).values).toEqual([0]);
  });

  test('that name a column which the feed lacks are an error', () => {
    for (const recipe of [{ column: 'c' }, { column: 'job' }, { category: 'a', codes: {}, otherwise: 0 }]) {
      expect(() => compute(recipe, rows)).toThrow(/"(c|job|a)", which the feed lacks/);
    }
  });

  test('leave no trace of an earlier block', () => {
    const features = compileFeatures(
      [feature({ column: 'a' }), feature({ column: 'b' }, 'g')],
      layout,
      [],
      '2020-01-01',
      [],
    );
    const [matrix, complete] = [new Float32Array(6), new Uint8Array(3)];
    expect(features.compute(block([M, 1, 2], [1, 2, M]), matrix, complete)).toBe(1);
    expect([...complete]).toEqual([0, 1, 0]);
    expect(features.compute(block([5, 6]), matrix, complete)).toBe(2);
    expect([...matrix.subarray(0, 4)]).toEqual([5, 5, 6, 6]);
    expect(() => features.compute(block([1, 2, 3, 4]), matrix, complete)).toThrow(RangeError);
  });
});

describe('missingColumns', () => {
  test('names what the contract does not offer to a model', () => {
    const features = [
      feature({ column: 'a' }),
      feature({ difference: ['b', 'gone'] }),
      feature({ weighted: { gone: 1, flag: 2 } }),
      feature({ column: 'rate' }),
      feature({ column: 'party_id' }),
      feature({ column: 'job' }),
      feature({ category: 'job', codes: {}, otherwise: 0 }),
      feature({ fundChange: { days: 7 } }),
    ];
    expect(missingColumns({ features }, contract)).toEqual(['gone', 'rate', 'party_id', 'job']);
  });
});

describe('an override', () => {
  const override = (expires: string, name = 'f'): FeatureOverride => ({
    feature: name,
    value: 7,
    reason: 'hotfix',
    expires,
  });

  test('replaces the value before the day on which it expires, missing or not', () => {
    expect(compute({ column: 'a' }, block([1, M]), [], [override('2020-04-01')])).toEqual({
      values: [7, 7],
      complete: [1, 1],
    });
    expect(compute({ column: 'a' }, block([1, M]), [], [override('2020-03-31')])).toEqual({
      values: [1, M],
      complete: [1, 0],
    });
  });

  test('of a feature that the model does not have is an error while it is in force', () => {
    expect(() => compute({ column: 'a' }, block([1]), [], [override('2020-04-01', 'g')])).toThrow(/"g"/);
    expect(compute({ column: 'a' }, block([1]), [], [override('2020-03-31', 'g')]).values).toEqual([1]);
  });
});

describe('fundChange', () => {
  const price = (date: string, value: number, fund = 'A'): FundPrice => ({ date, fund, price: value });

  test('takes the last price on or before each day', () => {
    const funds = [
      price('2020-03-20', 100),
      price('2020-03-25', 80),
      price('2020-03-30', 120),
      price('2020-04-01', 500),
    ];
    expect(fundChange(funds, '2020-03-31', 11)).toBeCloseTo(0.2, 12);
    expect(fundChange(funds, '2020-03-31', 7)).toBeCloseTo(0.2, 12);
    expect(fundChange(funds, '2020-03-31', 6)).toBeCloseTo(0.5, 12);
    expect(fundChange(funds, '2020-03-31', 12)).toBeNull();
  });

  test('is the mean over the funds, not the change of a mean, and leaves out a fund that is too young', () => {
    const funds = [
      price('2020-03-01', 10),
      price('2020-03-01', 1000, 'B'),
      price('2020-03-31', 15),
      price('2020-03-31', 900, 'B'),
      price('2020-03-30', 1, 'C'),
    ];
    expect(fundChange(funds, '2020-03-31', 28)).toBeCloseTo((0.5 - 0.1) / 2, 12);
    expect(compute({ fundChange: { days: 28 } }, block([1, M]), funds).values).toEqual([
      Math.fround(0.2),
      Math.fround(0.2),
    ]);
    expect(compute({ fundChange: { days: 60 } }, block([1]), funds).complete).toEqual([0]);
    expect(fundChange([], '2020-03-31', 7)).toBeNull();
    expect(fundChange([price('2020-03-01', 0), price('2020-03-31', 1)], '2020-03-31', 7)).toBeNull();
  });

  test('does not depend on the order of the prices', () => {
    const prices = fc.uniqueArray(
      fc.record({
        date: fc.integer({ min: 1, max: 28 }).map((day) => `2020-03-${String(day).padStart(2, '0')}`),
        fund: fc.constantFrom('A', 'B', 'C'),
        price: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
      }),
      { selector: ({ date, fund }) => date + fund, minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(prices, fc.integer({ min: 1, max: 27 }), (funds, days) => {
        expect(fundChange(funds.toReversed(), '2020-03-28', days)).toBe(
          fundChange(funds, '2020-03-28', days),
        );
      }),
    );
  });
});

const MODEL = '../shared/models/uci-boosted-1';

describe.skipIf(!existsSync(MODEL))('the market features of an outside builder', () => {
  test('are the changes that its training rows hold', () => {
    const funds = readFileSync('../shared/data/raw/sp500-daily.csv', 'utf8')
      .trim()
      .split(/\r?\n/)
      .slice(1)
      .map((line) => line.split(','))
      .map(
        ([date = '', , close]): FundPrice => ({
          date,
          fund: 'EQUITY',
          price: Number(Number(close).toFixed(2)),
        }),
      );
    const { rows }: { rows: { week: string; features: number[] }[] } = JSON.parse(
      readFileSync(`${MODEL}/expected.json`, 'utf8'),
    );
    const week25 = rows.find(({ week }) => week === '2008-W25');
    expect(fundChange(funds, '2008-06-22', 7)).toBeCloseTo(week25?.features[7] ?? M, 7);
    expect(fundChange(funds, '2008-06-22', 28)).toBeCloseTo(week25?.features[8] ?? M, 7);
  });
});
