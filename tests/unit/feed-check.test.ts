import { describe, expect, it, test } from 'vitest';
import { type Config, DEFAULT_LIMITS } from '../../src/domain/campaign.ts';
import {
  type FeedHistory,
  type FeedMeasures,
  judgeFeed,
  judgeFreshness,
} from '../../src/domain/feed-check.ts';

const CONFIG: Config = {
  threshold: 0.5,
  capacity: 10,
  minAge: 18,
  maxAge: 80,
  holdoutShare: 0,
  explorationSize: 0,
  evaluationWeeks: 13,
  restWeeks: 12,
  maxMailsPerDay: 1,
  maxMailsPer14Days: 4,
  volumeMin: 0,
  volumeMax: 100,
  marketWeekBand: null,
  marketMonthBand: null,
  sampleSize: 5,
  schedule: '0 1 * * 0',
  overrides: [],
  limits: DEFAULT_LIMITS,
};
const MEASURES: FeedMeasures = {
  rows: 1000,
  rejected: 0,
  firstRejected: null,
  nulls: new Map([['age', 0.02]]),
  rates: new Map([['opt_in', 0.8]]),
};
const HISTORY: FeedHistory = {
  rows: [1000, 990, 1010],
  nulls: new Map([['age', [0.02, 0.01, 0.03]]]),
  rates: new Map([['opt_in', [0.8, 0.79, 0.81]]]),
};
const NONE: FeedHistory = { rows: [], nulls: new Map(), rates: new Map() };

function judged(name: string, changes: Partial<FeedMeasures>, history = HISTORY): readonly string[] {
  return judgeFeed({ ...MEASURES, ...changes }, history, CONFIG)
    .filter((check) => check.name === name)
    .map(({ verdict, message }) => `${verdict} ${message}`);
}

describe('judgeFeed', () => {
  // FEED_ROWS: warn above 10 %, halt above 50 % from the median of the weeks before, in both directions.
  test.each([
    [1000, 'PASS 1000 rows; the median of the weeks before is 1000'],
    [1100, 'PASS 1100 rows; the median of the weeks before is 1000'],
    [900, 'PASS 900 rows; the median of the weeks before is 1000'],
    [1101, 'WARN 1101 rows; the median of the weeks before is 1000'],
    [899, 'WARN 899 rows; the median of the weeks before is 1000'],
    [500, 'WARN 500 rows; the median of the weeks before is 1000'],
    [499, 'HALT 499 rows; the median of the weeks before is 1000'],
    [1501, 'HALT 1501 rows; the median of the weeks before is 1000'],
    [0, 'HALT the feed has no row that can be used'],
  ])('of %i rows', (rows, expected) => {
    expect(judged('FEED_ROWS', { rows })).toEqual([expected]);
  });

  it('compares with nothing in the first week, except that there must be somebody', () => {
    expect(judged('FEED_ROWS', { rows: 7 }, NONE)).toEqual(['PASS 7 rows']);
    expect(judged('FEED_ROWS', { rows: 0 }, NONE)).toEqual(['HALT the feed has no row that can be used']);
    expect(judged('FEED_NULLS', { nulls: new Map([['age', 0.9]]) }, NONE)).toEqual([
      'PASS age: 90.00 % are missing',
    ]);
    expect(judged('FEED_RATES', { rates: new Map([['opt_in', 0]]) }, NONE)).toEqual([
      'PASS opt_in: 0.00 % are true',
    ]);
  });

  // FEED_REJECTED: warn above 0.1 %, halt above 1 % of all rows.
  test.each([
    [999, 1, 'PASS 1 of 1000 rows are not used; the first: customers.csv, line 3, age is below 0'],
    [998, 2, 'WARN 2 of 1000 rows are not used; the first: customers.csv, line 3, age is below 0'],
    [990, 10, 'WARN 10 of 1000 rows are not used; the first: customers.csv, line 3, age is below 0'],
    [989, 11, 'HALT 11 of 1000 rows are not used; the first: customers.csv, line 3, age is below 0'],
  ])('of %i rows and %i that are not used', (rows, rejected, expected) => {
    const firstRejected = 'customers.csv, line 3, age is below 0';
    expect(judged('FEED_REJECTED', { rows, rejected, firstRejected })).toEqual([expected]);
  });

  // FEED_NULLS: only a rise counts, of more than 5 and 20 percentage points over the median.
  test.each([
    [0.0, 'PASS'],
    [0.07, 'PASS'],
    [0.08, 'WARN'],
    [0.22, 'WARN'],
    [0.23, 'HALT'],
  ])('of a share of %f missing', (share, verdict) => {
    const message = `age: ${(100 * share).toFixed(2)} % are missing; the median of the weeks before is 2.00 %`;
    expect(judged('FEED_NULLS', { nulls: new Map([['age', share]]) })).toEqual([`${verdict} ${message}`]);
  });

  // FEED_RATES: a change in either direction.
  test.each([
    [0.84, 'PASS'],
    [0.86, 'WARN'],
    [0.74, 'WARN'],
    [0.59, 'HALT'],
    [1.0, 'WARN'],
  ])('of a share of %f true', (share, verdict) => {
    const message = `opt_in: ${(100 * share).toFixed(2)} % are true; the median of the weeks before is 80.00 %`;
    expect(judged('FEED_RATES', { rates: new Map([['opt_in', share]]) })).toEqual([`${verdict} ${message}`]);
  });

  it('names the column that it judged, and never fires on a limit of null', () => {
    const limits = { ...DEFAULT_LIMITS, FEED_ROWS: { warn: null, halt: null } };
    const checks = judgeFeed({ ...MEASURES, rows: 1 }, HISTORY, { ...CONFIG, limits });
    expect(checks.map(({ name, verdict, subject }) => [name, verdict, subject])).toEqual([
      ['FEED_ROWS', 'PASS', null],
      ['FEED_REJECTED', 'PASS', null],
      ['FEED_NULLS', 'PASS', 'age'],
      ['FEED_RATES', 'PASS', 'opt_in'],
    ]);
  });
});

describe('judgeFreshness', () => {
  const FRESH = {
    asOf: '2026-11-15',
    monday: '2026-11-09',
    sunday: '2026-11-15',
    producedOn: '2026-11-15',
    today: '2026-11-16',
  };

  test.each<[changes: Partial<typeof FRESH>, verdict: string, message: string]>([
    [{}, 'PASS', 'the data are as of 2026-11-15'],
    [{ asOf: '2026-11-09' }, 'PASS', 'the data are as of 2026-11-09'],
    [{ producedOn: '2026-11-16' }, 'PASS', 'the data are as of 2026-11-15'],
    [
      { asOf: '2026-11-17', producedOn: '2026-11-17' },
      'HALT',
      'feed.json, asOf (2026-11-17) lies in the future: today is 2026-11-16',
    ],
    [
      { producedOn: '2026-11-17' },
      'HALT',
      'feed.json, producedAt (2026-11-17) lies in the future: today is 2026-11-16',
    ],
    [
      { asOf: '2026-11-16', producedOn: '2026-11-16' },
      'HALT',
      'feed.json, asOf (2026-11-16) lies after the week, which ends on 2026-11-15',
    ],
    [
      { asOf: '2026-11-08' },
      'HALT',
      'feed.json, asOf (2026-11-08) lies before the week, which begins on 2026-11-09: the warehouse has not closed it yet',
    ],
    [
      { producedOn: '2026-11-14' },
      'HALT',
      'feed.json, producedAt (2026-11-14) lies before asOf (2026-11-15)',
    ],
  ])('%j is %s', (changes, verdict, message) => {
    expect(judgeFreshness({ ...FRESH, ...changes })).toMatchObject({ name: 'FEED_FRESH', verdict, message });
  });
});
