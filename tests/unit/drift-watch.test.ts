import { describe, expect, it } from 'vitest';
import { SCORE_EDGES } from '../../src/domain/drift.ts';
import { type WatchedRun, watchDrift } from '../../src/domain/drift-watch.ts';
import type { CardFeature } from '../../src/domain/model-card.ts';

const feature = (name: string, columns: readonly string[]): CardFeature => ({
  name,
  label: { nl: name, en: name },
  recipe: { weighted: Object.fromEntries(columns.map((column) => [column, 1])) },
  direction: 0,
  changeable: false,
});
const MODEL = {
  features: [feature('engagement', ['app', 'logins']), feature('age', ['age'])],
  references: new Map(['engagement', 'age'].map((name) => [name, { edges: [5], counts: [30, 70] }] as const)),
};
const scores = (low: number, high: number) =>
  Array.from({ length: SCORE_EDGES.length + 1 }, (_, bin) => (bin === 0 ? low : bin === 14 ? high : 0));
const RUN: WatchedRun = {
  features: new Map([['engagement', [60, 40]]]),
  scores: scores(90, 10),
  nulls: new Map([
    ['app', 0.1],
    ['logins', 0.4],
    ['age', 0],
  ]),
  featuresBefore: new Map([
    [
      'engagement',
      [
        [50, 50],
        [70, 30],
      ],
    ],
  ]),
  scoresBefore: [],
  nullsBefore: new Map([['logins', [0.2, 0.1, 0.3]]]),
};

describe('watchDrift', () => {
  const found = watchDrift(RUN, MODEL);
  const of = (kind: string, subject: string) =>
    found.find((drift) => drift.kind === kind && drift.subject === subject);

  it('watches the features that were measured, every column, and the scores', () => {
    expect(found.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      'FEATURE engagement',
      'COLUMN app',
      'COLUMN logins',
      'COLUMN age',
      'SCORE ',
    ]);
  });

  it('holds a feature against the sample and against the weeks before together', () => {
    const drift = of('FEATURE', 'engagement');
    // (0.6 − 0.3) ln 2 + (0.4 − 0.7) ln (4 / 7)
    expect(drift?.psiToReference).toBeCloseTo(0.375828, 5);
    expect(drift?.psiToWeeksBefore).toBe(0);
    expect(drift).toMatchObject({
      columns: ['app', 'logins'],
      weeksBefore: 2,
      nullShare: 0.4,
      nullShareBefore: 0.2,
      changeFromReference: '60.00 % of the eligible are now at most 5, in the reference sample 30.00 %',
      changeFromWeeksBefore: null,
      bins: [
        {
          from: null,
          to: 5,
          values: 'at most 5',
          count: 60,
          share: 0.6,
          referenceShare: 0.3,
          shareBefore: 0.6,
        },
        {
          from: 5,
          to: null,
          values: 'above 5',
          count: 40,
          share: 0.4,
          referenceShare: 0.7,
          shareBefore: 0.4,
        },
      ],
    });
  });

  it('tells of a column what is missing', () => {
    expect(of('COLUMN', 'logins')).toMatchObject({
      nullShare: 0.4,
      nullShareBefore: 0.2,
      weeksBefore: 3,
      changeFromWeeksBefore: '40.00 % of the values are now missing, in the weeks before 20.00 %',
      bins: [],
    });
    expect(of('COLUMN', 'app')).toMatchObject({ nullShareBefore: null, changeFromWeeksBefore: null });
  });

  it('has nothing to hold the first scores against', () => {
    expect(of('SCORE', '')).toMatchObject({ psiToReference: null, psiToWeeksBefore: null, weeksBefore: 0 });
    const before = { ...RUN, scoresBefore: [scores(99, 1)] };
    const drift = watchDrift(before, MODEL).at(-1);
    expect(drift?.psiToWeeksBefore).toBeGreaterThan(0.1);
    expect(drift?.changeFromWeeksBefore).toBe(
      '10.00 % of the scores are now above 0.999, in the weeks before 1.00 %',
    );
  });
});
