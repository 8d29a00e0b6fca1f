import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/domain/campaign.ts';
import { judgeMarket } from '../../src/domain/market-check.ts';
import { addDays } from '../../src/domain/week.ts';
import { SMALL_CONFIG } from '../support/small-campaign.ts';

const AS_OF = '2026-11-15';
const BANDS: Config = {
  ...SMALL_CONFIG,
  marketWeekBand: { min: -0.25, max: 0.25 },
  marketMonthBand: { min: -0.5, max: 0.5 },
};

/** Closing prices of a fund, by how many days before the feed they are. */
const prices = (byAge: Readonly<Record<number, number>>, fund = 'green') =>
  Object.entries(byAge).map(([age, price]) => ({ date: addDays(AS_OF, -Number(age)), fund, price }));

const verdicts = (funds: ReturnType<typeof prices>, config = BANDS) =>
  judgeMarket(funds, AS_OF, config).map(({ subject, verdict }) => `${subject}: ${verdict}`);

describe('judgeMarket', () => {
  it.each([
    ['a quiet market', { 28: 100, 7: 100, 0: 100 }, 'PASS', 'PASS'],
    ['a rise to the edge of the week', { 28: 100, 7: 100, 0: 125 }, 'PASS', 'PASS'],
    ['a rise beyond it', { 28: 100, 7: 100, 0: 125.01 }, 'HALT', 'PASS'],
    ['a fall to the edge', { 28: 100, 7: 100, 0: 75 }, 'PASS', 'PASS'],
    ['a crash', { 28: 100, 8: 60, 7: 100, 6: 60, 0: 74.99 }, 'HALT', 'PASS'],
    ['a month of falling', { 28: 100, 27: 60, 7: 60, 0: 49 }, 'PASS', 'HALT'],
    ['a crash from which it recovered', { 28: 100, 7: 50, 0: 100 }, 'HALT', 'PASS'],
    ['prices of a holiday', { 30: 100, 10: 100, 2: 100 }, 'PASS', 'PASS'],
    ['too young a fund', { 20: 100, 7: 100, 0: 100 }, 'PASS', 'HALT'],
    ['no price before the week', { 0: 100 }, 'HALT', 'HALT'],
  ])('%s', (_, byAge, week, month) => {
    expect(verdicts(prices(byAge))).toEqual([`the week: ${week}`, `four weeks: ${month}`]);
  });

  it('looks at the mean of the funds', () => {
    const funds = [...prices({ 28: 1, 7: 1, 0: 1.4 }), ...prices({ 28: 50, 7: 50, 0: 52 }, 'blue')];
    expect(judgeMarket(funds, AS_OF, BANDS)[0]).toMatchObject({
      name: 'MARKET_BAND',
      kind: 'DOMAIN',
      verdict: 'PASS',
      measured: '22.00 %',
      limit: '-25.00 % to 25.00 %',
    });
  });

  it('says that the change is unknown without prices', () => {
    expect(judgeMarket([], AS_OF, BANDS).map(({ measured }) => measured)).toEqual(['unknown', 'unknown']);
  });

  it('judges only the bands that are set', () => {
    const crash = prices({ 28: 100, 7: 100, 0: 1 });
    expect(verdicts(crash, { ...BANDS, marketWeekBand: null })).toEqual(['four weeks: HALT']);
    expect(verdicts(crash, { ...BANDS, marketMonthBand: null })).toEqual(['the week: HALT']);
    expect(verdicts(crash, { ...BANDS, marketWeekBand: null, marketMonthBand: null })).toEqual([]);
  });
});
