import { describe, expect, it } from 'vitest';
import {
  canDrift,
  type FeatureDistribution,
  featureRangeText,
  judgeDrift,
  judgeFeatureShift,
  rangeText,
  referenceHistogram,
} from '../../src/domain/drift-check.ts';
import type { CardFeature } from '../../src/domain/model-card.ts';

const feature = (change: Partial<CardFeature> = {}): CardFeature => ({
  name: 'age',
  label: { nl: 'leeftijd', en: 'age' },
  unit: 'years',
  recipe: { column: 'age' },
  direction: 0,
  changeable: false,
  ...change,
});
const AGES: FeatureDistribution = {
  feature: feature(),
  edges: [29, 44],
  counts: [420, 300, 280],
  reference: [12, 48, 40],
};
const LIMIT = { warn: 0.25, halt: 0.6 };

describe('DRIFT', () => {
  it('names the column and what changed', () => {
    expect(judgeDrift([AGES], LIMIT)).toEqual([
      {
        name: 'DRIFT',
        kind: 'DOMAIN',
        verdict: 'WARN',
        measured: '0.503',
        limit: 'warn 0.25, halt 0.6',
        message: 'age: 42.00 % of the eligible are now at most 29 years, in the reference sample 12.00 %',
        subject: 'age',
      },
    ]);
  });

  it('names the columns of a composite, and halts where it is told to', () => {
    const engagement = feature({
      name: 'engagement',
      unit: undefined,
      recipe: { weighted: { has_app: 0.5, logins: 0.1 } },
    });
    const [check] = judgeDrift([{ ...AGES, feature: engagement, counts: [0, 100, 900] }], LIMIT);
    expect(check?.verdict).toBe('HALT');
    expect(check?.message).toBe(
      'engagement (has_app, logins): 90.00 % of the eligible are now above 44, in the reference sample 40.00 %',
    );
  });

  it('says only what it is where nothing is wrong', () => {
    const [check] = judgeDrift([{ ...AGES, counts: [120, 480, 400] }], LIMIT);
    expect(check).toMatchObject({
      verdict: 'PASS',
      measured: '0.000',
      message: 'age: population stability index of the eligible against the reference sample',
    });
  });
});

describe('FEATURE_SHIFT', () => {
  it('holds the week against all weeks before together', () => {
    const weeks = [
      [10, 80, 10],
      [90, 720, 90],
    ];
    const [check] = judgeFeatureShift([AGES], new Map([['age', weeks]]), LIMIT);
    expect(check).toMatchObject({
      name: 'FEATURE_SHIFT',
      verdict: 'HALT',
      message: 'age: 42.00 % of the eligible are now at most 29 years, in the weeks before 10.00 %',
    });
  });

  it('passes the first week, and is not judged without a limit', () => {
    expect(judgeFeatureShift([AGES], new Map(), LIMIT)).toMatchObject([
      { verdict: 'PASS', measured: 'no earlier weeks' },
    ]);
    expect(judgeFeatureShift([AGES], new Map([['age', [[1, 2, 3]]]]), undefined)).toEqual([]);
  });
});

describe('a range of values', () => {
  it.each([
    [{ from: null, to: 29 }, 'years', 'at most 29 years'],
    [{ from: 61, to: null }, undefined, 'above 61'],
    [{ from: 0.10000000149011612, to: 1234.5678 }, 'EUR', 'above 0.1 EUR and at most 1235 EUR'],
    [{ from: null, to: null }, undefined, 'of any value'],
  ])('%j in %s is %s', (range, unit, text) => {
    expect(rangeText(range, unit)).toBe(text);
  });

  it('of a feature that stands for texts names them', () => {
    const job = feature({
      recipe: { category: 'job', codes: { clerk: 0, nurse: 1, cook: 2 }, otherwise: -1 },
    });
    expect(featureRangeText(job, { from: 0, to: 2 })).toBe('nurse or cook');
    expect(featureRangeText(job, { from: null, to: 0 })).toBe('clerk or another text');
    expect(featureRangeText(job, { from: 2, to: null })).toBe('above 2');
    const codes = Object.fromEntries(Array.from({ length: 8 }, (_, code) => [`job${code}`, code]));
    const jobs = feature({ recipe: { category: 'job', codes, otherwise: 0 } });
    expect(featureRangeText(jobs, { from: null, to: null })).toBe(
      'job0 or job1 or job2 or job3 or job4 or 3 more',
    );
  });
});

describe('what can drift', () => {
  const held = (expires: string) => [{ feature: 'age', value: 40, reason: 'a hotfix', expires }];

  it('is every feature but those of the market and those that are held', () => {
    expect(canDrift(feature(), [], '2026-11-15')).toBe(true);
    expect(canDrift(feature({ recipe: { fundChange: { days: 28 } } }), [], '2026-11-15')).toBe(false);
    expect(canDrift(feature(), held('2026-11-16'), '2026-11-15')).toBe(false);
    expect(canDrift(feature(), held('2026-11-15'), '2026-11-15')).toBe(true);
    expect(canDrift(feature({ name: 'balance' }), held('2026-11-16'), '2026-11-15')).toBe(true);
  });
});

describe('the reference sample', () => {
  it('is counted in the numbers that the model gets', () => {
    const rows = Array.from({ length: 10 }, (_, n) => [0, n / 10]);
    const { edges, counts } = referenceHistogram(rows, 1);
    expect(edges).toEqual(rows.slice(0, 9).map(([, value]) => Math.fround(value ?? 0)));
    expect([...counts]).toEqual(new Array(10).fill(1));
  });
});
