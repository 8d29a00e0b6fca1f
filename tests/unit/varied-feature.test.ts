import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FeatureOverride } from '../../src/domain/campaign.ts';
import type { CardFeature } from '../../src/domain/model-card.ts';
import type { Recipe } from '../../src/domain/recipe.ts';
import { NEVER_VARIED, variedFeatures } from '../../src/domain/varied-feature.ts';
import { cardOf, contractOf, feature } from '../support/varied-card.ts';

const AS_OF = '2026-11-15';
const CONTRACT = contractOf(
  { name: 'accounts', type: 'integer', min: 0 },
  { name: 'logins', type: 'integer' },
  { name: 'has_app', type: 'boolean' },
  { name: 'balance', type: 'number', min: -1000 },
  { name: 'balance_2w', type: 'number' },
  { name: 'pc4', type: 'integer' },
  { name: 'gender', type: 'text' },
  { name: 'job', type: 'text', values: ['student', 'services', 'retired', 'clown'] },
  { name: 'vulnerable', type: 'boolean', category: 'eligibility' },
  ...[...NEVER_VARIED].map((name) => ({ name, type: 'integer' as const })),
);
const JOB: Recipe = {
  category: 'job',
  codes: { student: 0, services: 1, retired: 2, clown: 3 },
  otherwise: -1,
};

function varied(features: readonly CardFeature[], reference: number[][], overrides: FeatureOverride[] = []) {
  return variedFeatures(cardOf(features), CONTRACT, reference, overrides, AS_OF, null);
}

/** The values tried instead of `own`, for a feature of its own in a model. */
function triedFrom(recipe: Recipe, sample: readonly number[], own: number): readonly number[] {
  const [only] = varied(
    [feature('it', recipe)],
    sample.map((value) => [value]),
  );
  return (only?.stepsFrom(Math.fround(own)) ?? []).map(({ to }) => to);
}

describe('variedFeatures', () => {
  it.each<[string, Recipe]>([
    ['the market', { fundChange: { days: 28 } }],
    ['a postal code', { column: 'pc4' }],
    ['gender', { category: 'gender', codes: { f: 0, m: 1 }, otherwise: -1 }],
    ['what decides eligibility', { column: 'vulnerable' }],
    ['a sum with one of these in it', { weighted: { logins: 0.5, age: 0.1 } }],
    ['a difference with one of these in it', { difference: ['opt_in_on', 'logins'] }],
    ['a ratio with one of these in it', { ratio: ['balance', 'deceased'] }],
    ...[...NEVER_VARIED].map((column): [string, Recipe] => [column, { column }]),
  ])('never varies %s, whatever the card says', (_, recipe) => {
    const others = [feature('first', { column: 'logins' }), feature('last', { column: 'accounts' })];
    const reference = [
      [1, 0, 1],
      [2, 1, 2],
    ];
    const [first, last] = others;
    const features = [first, feature('barred', recipe), last].filter((one) => one !== undefined);
    expect(varied(features, reference).map(({ name, at }) => [name, at])).toEqual([
      ['first', 0],
      ['last', 2],
    ]);
  });

  it('knows every column that the rules read', () => {
    expect([...NEVER_VARIED].sort()).toEqual([
      'address_bounced',
      'age',
      'deceased',
      'fraud_flag',
      'holds_product',
      'is_private',
      'opt_in',
      'opt_in_on',
      'opted_out',
      'relationship_ended',
    ]);
  });

  it('leaves alone what the card calls unchangeable and what an override holds', () => {
    const features = [
      feature('past', { column: 'logins' }, false),
      feature('held', { column: 'logins' }),
      feature('free', { column: 'logins' }),
    ];
    const override = (name: string, expires: string) => ({
      feature: name,
      value: 1,
      reason: 'a test',
      expires,
    });
    const overrides = [override('held', '2026-11-16'), override('free', AS_OF)];
    expect(varied(features, [[1, 1, 1]], overrides).map(({ name }) => name)).toEqual(['free']);
  });
});

describe('stepsFrom', () => {
  it('takes whole numbers where the columns are whole', () => {
    expect(triedFrom({ column: 'logins' }, [1, 4], 2)).toEqual([1, 3, 4]);
    expect(triedFrom({ difference: ['logins', 'accounts'] }, [-1, 1], 0)).toEqual([-1, 1]);
    expect(triedFrom({ weighted: { logins: 2, has_app: 1 } }, [0, 2], 3)).toEqual([0, 1, 2]);
    expect(triedFrom({ column: 'has_app' }, [0, 1, 1], 0)).toEqual([1]);
    expect(triedFrom({ column: 'has_app' }, [0, 1, 1], 1)).toEqual([0]);
  });

  it('takes round steps elsewhere, up to the own value where the sample ends before', () => {
    const tried = triedFrom({ column: 'balance' }, [0, 100], 250);
    expect(tried.slice(0, 3)).toEqual([0, 0.5, 1]);
    expect(tried.at(-1)).toBe(249.5);
    expect(triedFrom({ ratio: ['balance', 'balance_2w'] }, [0, 1], 0.5)).toContain(0.007);
  });

  it('keeps to the clip and to the limits of the contract', () => {
    const clipped = triedFrom({ difference: ['balance', 'balance_2w'], clip: [-1, 1] }, [-1, -0.2, 1], 0);
    expect([clipped.at(0), clipped.at(-1)]).toEqual([-1, 1]);
    // A sample that holds what the feed may not bring says nothing of it.
    expect(triedFrom({ column: 'balance', missing: -9999 }, [-9999, 0, 10], 5).at(0)).toBe(0);
  });

  it('varies nothing from a value that stands for a missing one', () => {
    expect(triedFrom({ column: 'has_app', missing: -1 }, [-1, 0, 1], -1)).toEqual([]);
    expect(triedFrom({ column: 'balance', missing: -9999 }, [0, 10], -9999)).toEqual([]);
    expect(triedFrom(JOB, [0, 1, 2], -1)).toEqual([]);
  });

  it('varies nothing that does not vary in the sample', () => {
    expect(triedFrom({ column: 'logins' }, [3, 3, 3], 5)).toEqual([]);
    expect(triedFrom(JOB, [1, 1], 1)).toEqual([]);
  });

  it('takes the codes of a category that the sample knows, the most usual as the smallest change', () => {
    const [job] = varied([feature('job', JOB)], [[0], [1], [1], [1], [2], [-1]]);
    expect(job?.stepsFrom(0)).toEqual([
      { to: 1, size: 1 / Math.sqrt(0.25) },
      { to: 2, size: 1 / Math.sqrt((1 / 6) * (5 / 6)) },
    ]);
  });

  it('measures a change in standard deviations of the sample', () => {
    const [logins] = varied([feature('logins', { column: 'logins' })], [[2], [6]]);
    expect(logins?.stepsFrom(4)).toEqual([
      { to: 2, size: 1 },
      { to: 3, size: 0.5 },
      { to: 5, size: 0.5 },
      { to: 6, size: 1 },
    ]);
  });

  it('takes a thousand round numbers at most, evenly from end to end, at any scale', () => {
    const anyNumber = fc
      .tuple(fc.integer({ min: -9999, max: 9999 }), fc.integer({ min: -8, max: 12 }))
      .map(([digits, exponent]) => Math.fround(Number(`${digits}e${exponent}`)));
    const anySample = fc.array(anyNumber, { minLength: 2, maxLength: 10 });
    fc.assert(
      fc.property(anySample, anyNumber, fc.boolean(), (sample, own, whole) => {
        const recipe: Recipe = { column: whole ? 'logins' : 'balance_2w' };
        const values = triedFrom(recipe, sample, own);
        const all = [...sample, own];
        const [low, high] = [Math.min(...all), Math.max(...all)];
        expect(values.length).toBeLessThanOrEqual(1001);
        expect(values).toEqual(values.toSorted((a, b) => a - b));
        expect(values.every((value) => value >= low && value <= high)).toBe(true);
        // As a person would write them: not 0.30000000000000004.
        expect(values.map((value) => Number(value.toPrecision(12)))).toEqual(values);
        if (whole) expect(values.every(Number.isInteger)).toBe(true);
        if (new Set(sample).size < 2) return;
        const least = Math.max((high - low) / 1000, whole ? 1 : 0);
        const gaps = values.slice(1).map((value, i) => value - (values[i] ?? 0));
        expect(gaps.filter((gap) => gap < least * (1 - 1e-9))).toEqual([]);
        // A round number is at most 2.5 times the one before it, and the own value leaves a gap of two steps.
        expect(gaps.filter((gap) => gap > 2 * 2.5 * least * (1 + 1e-9))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
