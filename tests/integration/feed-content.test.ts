import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { addDays, type IsoWeek, sundayOf } from '../../src/domain/week.ts';
import { customers, FeedWorld, withCell } from '../support/feed-world.ts';
import { smallDefinition } from '../support/small-campaign.ts';

const PLAIN = 'plain';
const BANDED = 'banded';

let world: FeedWorld;
beforeAll(async () => {
  world = await FeedWorld.start();
  const { limits } = smallDefinition().config;
  await world.install(PLAIN, { limits: { ...limits, FEED_REJECTED: { warn: 0.001, halt: 0.3 } } });
  const halt = { warn: 0.1, halt: 0.3 };
  await world.install(BANDED, { limits: { ...limits, FEED_ROWS: halt, FEED_NULLS: halt, FEED_RATES: halt } });
});
afterAll(() => world.stop());

describe('rows that cannot be used', () => {
  test.each<[column: string, value: string, kind: string]>([
    ['party_id', '123456782', 'citizen number'],
    ['likely', '123456782', 'citizen number'],
    ['age', '111222333', 'citizen number'],
    ['is_private', 'NL91ABNA0417164300', 'account number'],
    ['opt_in', 'jan@bank.nl', 'e-mail address'],
    ['opt_in_on', '1234 AB', 'postal code'],
    ['region', 'NL91 ABNA 0417 1643 00', 'account number'],
    ['note', 'bel 06-12345678', 'telephone'],
  ])('a forbidden value in %s', async (column, value, kind) => {
    const run = await world.run(PLAIN, { files: { 'customers.csv': withCell(column, value) } });
    await world.expectHalted(
      run,
      `FEED_FORBIDDEN: customers.csv, line 6, ${column} holds forbidden data: ${kind}`,
    );
    const stored = JSON.stringify([
      await world.checksOf(run),
      await world.query('select * from rejected_row where run_id = $1', run.id),
      await world.query(`select convert_from(bytes, 'UTF8') as entry from audit_staged`),
    ]);
    expect(stored).not.toContain(value);
  });

  test.each<
    [what: string, dates: (of: IsoWeek) => Record<string, string>, expected: (of: IsoWeek) => string]
  >([
    [
      'data from the future',
      () => ({ asOf: '2027-01-03', producedAt: '2027-01-04T00:00:00Z' }),
      () => 'FEED_FRESH: feed.json, asOf (2027-01-03) lies in the future: today is 2026-11-16',
    ],
    [
      'a feed that was made in the future',
      () => ({ producedAt: '2027-01-04T00:00:00Z' }),
      () => 'FEED_FRESH: feed.json, producedAt (2027-01-04) lies in the future: today is 2026-11-16',
    ],
    [
      'data of the week after',
      (of) => ({ asOf: addDays(sundayOf(of), 1), producedAt: `${addDays(sundayOf(of), 1)}T10:00:00Z` }),
      (of) =>
        `FEED_FRESH: feed.json, asOf (${addDays(sundayOf(of), 1)}) lies after the week, which ends on ${sundayOf(of)}`,
    ],
    [
      'data of the week before',
      (of) => ({ asOf: addDays(sundayOf(of), -7) }),
      (of) =>
        `FEED_FRESH: feed.json, asOf (${addDays(sundayOf(of), -7)}) lies before the week, which begins on ${addDays(sundayOf(of), -6)}: the warehouse has not closed it yet`,
    ],
    [
      'data that are newer than the feed',
      (of) => ({ producedAt: `${addDays(sundayOf(of), -1)}T10:00:00Z` }),
      (of) =>
        `FEED_FRESH: feed.json, producedAt (${addDays(sundayOf(of), -1)}) lies before asOf (${sundayOf(of)})`,
    ],
  ])('%s', async (_, dates, expected) => {
    const run = await world.run(PLAIN, (of) => ({
      files: { 'customers.csv': customers() },
      manifest: dates(of),
    }));
    await world.expectHalted(run, expected(world.week));
  });

  it('too many rows that cannot be used; each is kept with its line and reason', async () => {
    const bad = ['x', '44.5', '-1', '121', '', '1e3', 'true', '12,5'];
    const run = await world.run(PLAIN, {
      files: { 'customers.csv': customers((n) => (n <= bad.length ? { age: bad[n - 1] ?? '' } : {})) },
    });
    await world.expectHalted(
      run,
      'FEED_REJECTED: 7 of 20 rows are not used; the first: customers.csv, line 2, age is not an integer',
    );
    expect(
      await world.query(
        'select file, line, field, rule from rejected_row where run_id = $1 order by line',
        run.id,
      ),
    ).toEqual([
      { file: 'customers.csv', line: 2, field: 'age', rule: 'is not an integer' },
      { file: 'customers.csv', line: 3, field: 'age', rule: 'is not an integer' },
      { file: 'customers.csv', line: 4, field: 'age', rule: 'is below 0' },
      { file: 'customers.csv', line: 5, field: 'age', rule: 'is above 120' },
      { file: 'customers.csv', line: 7, field: 'age', rule: 'is not an integer' },
      { file: 'customers.csv', line: 8, field: 'age', rule: 'is not an integer' },
      { file: 'customers.csv', line: 9, field: '', rule: 'has 9 fields where the header has 8' },
    ]);
  });

  it('a feed of nothing but wrong rows', async () => {
    const run = await world.run(PLAIN, {
      files: { 'customers.csv': customers((n) => ({ age: 'x', note: '', party_id: `c${n}` }), 150_000) },
    });
    await world.expectHalted(
      run,
      'FEED_ROWS: the feed has no row that can be used',
      'FEED_REJECTED: 150000 of 150000 rows are not used; the first: customers.csv, line 2, age is not an integer',
    );
    expect(await world.count('rejected_row where run_id = $1', run.id)).toBe(10_000);
  });
});

describe('a feed that differs from those of the weeks before', () => {
  it('halts on rows, missing values and rates, and halted feeds are nothing to compare with', async () => {
    for (const _ of [1, 2, 3]) {
      const run = await world.run(BANDED, { files: { 'customers.csv': customers() } });
      expect(run.status).toBe('AWAITING_REVIEW');
    }
    const cases: [string, string, string][] = [
      [customers(undefined, 13), 'FEED_ROWS', '13 rows; the median of the weeks before is 20'],
      [customers(undefined, 27), 'FEED_ROWS', '27 rows; the median of the weeks before is 20'],
      [
        customers((n) => (n > 13 ? { age: '' } : {})),
        'FEED_NULLS',
        'age: 35.00 % are missing; the median of the weeks before is 0.00 %',
      ],
      [
        customers((n) => (n > 13 ? { opt_in: 'false' } : {})),
        'FEED_RATES',
        'opt_in: 65.00 % are true; the median of the weeks before is 100.00 %',
      ],
    ];
    for (const [text, name, message] of cases)
      await world.expectHalted(
        await world.run(BANDED, { files: { 'customers.csv': text } }),
        `${name}: ${message}`,
      );
    const fewer = await world.run(BANDED, { files: { 'customers.csv': customers(undefined, 17) } });
    expect(fewer.status).toBe('AWAITING_REVIEW');
    expect(await world.checksOf(fewer)).toContainEqual({
      name: 'FEED_ROWS',
      verdict: 'WARN',
      message: '17 rows; the median of the weeks before is 20',
    });
  });
});

describe('a feed that can be used in part', () => {
  it('leaves out what cannot be used, says where, and uses the rest', async () => {
    const run = await world.run(PLAIN, (of) => ({
      files: {
        'customers.csv': customers((n) => (n === 3 ? { opt_in_on: addDays(sundayOf(of), 1) } : {})),
        'mailings.csv': [
          'party_id,sent_on,mailing',
          `c1,${addDays(sundayOf(of), -3)},mortgage-autumn`,
          `c1,${addDays(sundayOf(of), -3)},mortgage-autumn`,
          `c2,${addDays(sundayOf(of), 12)},"planned, with a comma"`,
          `c3,,no-day`,
          `c4,${addDays(sundayOf(of), 400)},too-far`,
          `c 5,${sundayOf(of)},no-id`,
          `c6,${sundayOf(of)},`,
          `c7,${sundayOf(of)},${'m'.repeat(501)}`,
          '',
        ].join('\n'),
        'outcomes.csv': [
          'party_id,converted_on,amount',
          `c8,${addDays(sundayOf(of), -9)},1250.50`,
          `c9,${addDays(sundayOf(of), -9)},`,
          `c10,,10`,
          `c11,${addDays(sundayOf(of), 1)},10`,
          `c12,${sundayOf(of)},much`,
          `c13,${sundayOf(of)},99999999999999`,
          '',
        ].join('\n'),
      },
    }));
    expect(run).toMatchObject({ status: 'AWAITING_REVIEW', snapshotRows: 19, rejectedRows: 1 });
    const rows: readonly { file: string; line: number; field: string; rule: string }[] = await world.query(
      'select file, line, field, rule from rejected_row where run_id = $1 order by file, line',
      run.id,
    );
    const sunday = sundayOf(world.week);
    expect(rows.map(({ file, line, field, rule }) => `${file} ${line} ${field} ${rule}`)).toEqual([
      `customers.csv 4 opt_in_on lies after ${sunday}`,
      'mailings.csv 5 sent_on is missing',
      `mailings.csv 6 sent_on lies after ${addDays(sunday, 366)}`,
      'mailings.csv 7 party_id is not 1 to 64 of A-Z a-z 0-9 _ -',
      'mailings.csv 8 mailing is missing',
      'mailings.csv 9 mailing is longer than 500 characters',
      'outcomes.csv 4 converted_on is missing',
      `outcomes.csv 5 converted_on lies after ${sunday}`,
      'outcomes.csv 6 amount is not a number',
      'outcomes.csv 7 amount is above 1000000000000',
    ]);
    expect(await world.query('select customer, mailing from contact order by customer')).toEqual([
      { customer: 'c1', mailing: 'mortgage-autumn' },
      { customer: 'c2', mailing: 'planned, with a comma' },
    ]);
    expect(await world.query('select customer, amount from conversion order by customer')).toEqual([
      { customer: 'c8', amount: '1250.50' },
      { customer: 'c9', amount: null },
    ]);
    expect(
      await world.query(
        'select name, rows, rejected from run_feed_file where run_id = $1 order by name',
        run.id,
      ),
    ).toEqual([
      { name: 'customers.csv', rows: 20, rejected: 1 },
      { name: 'mailings.csv', rows: 8, rejected: 5 },
      { name: 'outcomes.csv', rows: 6, rejected: 4 },
    ]);
  });

  it('takes a byte order mark, line ends of two bytes and any order of columns', async () => {
    const text = customers((n) => (n === 7 ? { note: '' } : {}));
    const turned = text
      .split('\n')
      .map((line) => line.split(',').reverse().join(','))
      .join('\r\n');
    const run = await world.run(PLAIN, { files: { 'customers.csv': `\uFEFF${turned}` } });
    expect(run).toMatchObject({ status: 'AWAITING_REVIEW', snapshotRows: 20, rejectedRows: 0 });
  });
});
