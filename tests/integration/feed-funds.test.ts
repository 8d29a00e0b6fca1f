import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays, type IsoWeek, sundayOf } from '../../src/domain/week.ts';
import { customers, FeedWorld } from '../support/feed-world.ts';

const MARKET = 'market';

let world: FeedWorld;
beforeAll(async () => {
  world = await FeedWorld.start();
  await world.install(MARKET, { marketWeekBand: { min: -0.1, max: 0.1 } });
});
afterAll(() => world.stop());

function funds(of: IsoWeek, { from = -70, to = 0, price = (_day: number): string => '100.25' } = {}): string {
  const days = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const line = (day: number) => `${addDays(sundayOf(of), day)},green,${price(day)}`;
  return `${['date,fund,price', ...days.map(line)].join('\n')}\n`;
}

function span(of: IsoWeek, from: number, to: number): string {
  return `${addDays(sundayOf(of), from)} to ${addDays(sundayOf(of), to)}`;
}

function tooShort(of: IsoWeek, measured: string): string {
  return `FEED_FUNDS: funds.csv does not hold prices of every fund from ${addDays(sundayOf(of), -60)} (60 days) to ${sundayOf(of)}: ${measured}`;
}

describe('prices of funds', () => {
  test.each<[what: string, prices: (of: IsoWeek) => string | undefined, expected: (of: IsoWeek) => string]>([
    ['no prices', () => undefined, (of) => tooShort(of, 'no prices')],
    ['prices of too few days', (of) => funds(of, { from: -59 }), (of) => tooShort(of, span(of, -59, 0))],
    ['prices that end too early', (of) => funds(of, { to: -11 }), (of) => tooShort(of, span(of, -70, -11))],
    [
      'a second fund that begins later',
      (of) => `${funds(of)}${addDays(sundayOf(of), -3)},blue,7\n`,
      (of) => tooShort(of, span(of, -3, -3)),
    ],
    [
      'a price of nothing',
      (of) => funds(of, { price: (day) => (day === -68 ? '0' : '1') }),
      () => 'FEED_FUNDS: funds.csv, line 4, price is below 0.000001',
    ],
    [
      'a price beyond all measure',
      (of) => funds(of, { price: (day) => (day === -68 ? '12345678901234' : '1') }),
      () => 'FEED_FUNDS: funds.csv, line 4, price is above 1000000000',
    ],
    [
      'a price with a comma',
      (of) => funds(of, { price: (day) => (day === -68 ? '"1,5"' : '1') }),
      () => 'FEED_FUNDS: funds.csv, line 4, price is not a number',
    ],
    [
      'a price that is missing',
      (of) => funds(of, { price: (day) => (day === -68 ? '' : '1') }),
      () => 'FEED_FUNDS: funds.csv, line 4, price is missing',
    ],
    [
      'a price of tomorrow',
      (of) => funds(of, { to: 1 }),
      (of) => `FEED_FUNDS: funds.csv, line 73, date lies after ${sundayOf(of)}`,
    ],
    [
      'two prices of a day',
      (of) => `${funds(of)}${addDays(sundayOf(of), -1)},green,8\n`,
      () => 'FEED_FUNDS: funds.csv, line 73, date stands twice for the fund',
    ],
    [
      'a market beyond the band',
      (of) => funds(of, { price: (day) => (day > -7 ? '85' : '100') }),
      () => 'MARKET_BAND: the funds changed by -15.00 % over the week: outside the band that the model knows',
    ],
  ])('%s', async (what, prices, expected) => {
    const run = await world.run(MARKET, (of) => {
      const text = prices(of);
      const files = { 'customers.csv': customers() };
      return { files: text === undefined ? files : { ...files, 'funds.csv': text } };
    });
    if (what !== 'a market beyond the band') return world.expectHalted(run, expected(world.week));
    // The feed itself was sound: it is kept, and only the decision is not made.
    expect(run).toMatchObject({ status: 'HALTED', snapshotRows: 20 });
    expect(await world.checksOf(run)).toContainEqual({
      name: 'MARKET_BAND',
      verdict: 'HALT',
      message: expected(world.week).slice('MARKET_BAND: '.length),
    });
    expect(await world.count('batch where run_id = $1', run.id)).toBe(0);
  });
});
