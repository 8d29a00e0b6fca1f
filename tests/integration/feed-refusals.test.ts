import { copyFile, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { CampaignDefinition, Config } from '../../src/domain/campaign.ts';
import type { ContractColumn } from '../../src/domain/feed-contract.ts';
import { addDays, addWeeks, type IsoWeek, sundayOf } from '../../src/domain/week.ts';
import type { RunRow } from '../../src/store/run.row.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { notifyIncidents } from '../../src/use-cases/incidents.ts';
import { runWeek } from '../../src/use-cases/run-week.ts';
import { startRun } from '../../src/use-cases/start-run.ts';
import { type Delivery, deliverFolder } from '../support/feed-folder.ts';
import { OLGA, ServiceHarness } from '../support/service-harness.ts';
import { smallDefinition, writeSmallCampaign } from '../support/small-campaign.ts';

const HEADER = ['party_id', 'likely', 'age', 'is_private', 'opt_in', 'opt_in_on', 'region', 'note'];
const KEPT = new Set(HEADER);
const MORE: readonly ContractColumn[] = [
  { name: 'opt_in_on', type: 'date', category: 'eligibility' },
  { name: 'note', type: 'text', category: 'segment' },
];
/** Campaigns alike but for their limits and what their model reads, so that weeks of one have no past in another. */
const PLAIN = 'small';
const BANDED = 'banded';
const MARKET = 'market';

const told: { subject: string; text: string }[] = [];
let harness: ServiceHarness;
let week: IsoWeek = '2020-W01';

beforeAll(async () => {
  harness = await ServiceHarness.start({ notifier: { notify: async (message) => void told.push(message) } });
  const limits = smallDefinition().config.limits;
  const rejected = { ...limits, FEED_REJECTED: { warn: 0.001, halt: 0.3 } };
  await install(PLAIN, { limits: rejected });
  const halt = { warn: 0.1, halt: 0.3 };
  await install(BANDED, { limits: { ...limits, FEED_ROWS: halt, FEED_NULLS: halt, FEED_RATES: halt } });
  await install(MARKET, { marketWeekBand: { min: -0.1, max: 0.1 } });
});
afterAll(() => harness.stop());

async function install(key: string, config: Partial<Config>): Promise<void> {
  const { campaign, model } = await writeSmallCampaign(join(harness.folder, key));
  const card = join(model, 'card.yaml');
  await writeFile(card, (await readFile(card, 'utf8')).replace('campaign: small', `campaign: ${key}`));
  const definition = smallDefinition(config);
  const columns = [...definition.feed.columns, ...MORE].filter(({ name }) => KEPT.has(name));
  const changed: CampaignDefinition = { ...definition, key, feed: { columns } };
  await harness.install(campaign, model, () => changed);
}

/** Twenty customers; `change` gives cells of the n-th, by column. */
function customers(change: (n: number) => Readonly<Record<string, string>> = () => ({}), count = 20): string {
  const rows = Array.from({ length: count }, (_, i) => {
    const n = i + 1;
    const row: Record<string, string> = {
      party_id: `c${n}`,
      likely: String(n / (count + 1)),
      age: String(20 + (n % 50)),
      is_private: 'true',
      opt_in: 'true',
      opt_in_on: '2019-06-30',
      region: 'north',
      note: n === 7 ? '"said: ""mail, please"" é"' : '',
      ...change(n),
    };
    return HEADER.map((name) => row[name] ?? '').join(',');
  });
  return `${[HEADER.join(','), ...rows].join('\n')}\n`;
}

/** One cell of the customer on line 6. */
const cell = (column: string, value: string) =>
  customers((n) => (n === 5 ? { [column]: value } : ({} as Record<string, string>)));

function funds(of: IsoWeek, { from = -70, to = 0, price = (_day: number): string => '100.25' } = {}): string {
  const days = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const line = (day: number) => `${addDays(sundayOf(of), day)},green,${price(day)}`;
  return `${['date,fund,price', ...days.map(line)].join('\n')}\n`;
}

const inbox = () => join(harness.folder, 'inbox');

/** Delivers a feed for a week of its own and runs it. */
async function runWith(campaign: string, delivery: Delivery | ((of: IsoWeek) => Delivery)): Promise<RunRow> {
  week = addWeeks(week, 1);
  await deliverFolder(inbox(), campaign, week, typeof delivery === 'function' ? delivery(week) : delivery);
  return harness.run(campaign, week);
}

interface StoredCheck {
  readonly name: string;
  readonly verdict: string;
  readonly message: string;
}

const checksOf = (run: RunRow): Promise<readonly StoredCheck[]> =>
  harness.services.db.query(
    'select name, verdict, message from run_check where run_id = $1 order by position',
    [run.id],
  );

const countOf = async (sql: string, parameters: readonly unknown[] = []): Promise<number> =>
  (await harness.services.db.query(`select count(*)::int as count from ${sql}`, [...parameters]))[0].count;

/** Nothing of a feed that halted is used: no rows, prices, mails, conversions, nor what later weeks compare with. */
async function expectNothingUsed(run: RunRow): Promise<void> {
  expect(run).toMatchObject({
    status: 'HALTED',
    step: 'DONE',
    asOf: null,
    snapshotRows: null,
    snapshotDigest: null,
  });
  const table = `snapshot_row_${run.id.replaceAll('-', '')}`;
  expect(await countOf('pg_class where relname = $1', [table])).toBe(0);
  for (const of of ['fund_price', 'run_feed_file', 'run_measure', 'run_funnel', 'batch'])
    expect([of, await countOf(`${of} where run_id = $1`, [run.id])]).toEqual([of, 0]);
  expect(await countOf('contact')).toBe(0);
  expect(await countOf('conversion')).toBe(0);
}

/** The run halted on these checks alone, an incident says so to a person, and nothing of the feed was used. */
async function expectHalted(run: RunRow, ...expected: readonly string[]): Promise<void> {
  const checks = await checksOf(run);
  const halting = checks.filter(({ verdict }) => verdict === 'HALT');
  expect(halting.map(({ name, message }) => `${name}: ${message}`)).toEqual(expected);
  await expectNothingUsed(run);
  const incidents: { kind: string; summary: string }[] = await harness.services.db.query(
    'select kind, summary from incident where run_id = $1',
    [run.id],
  );
  const kind = expected.some((text) => text.startsWith('FEED_PRESENT')) ? 'FEED_MISSING' : 'CHECK_HALTED';
  const summary = `${run.campaign} ${run.week} halted: ${expected.join('; ')}`;
  expect(incidents).toEqual([{ kind, summary }]);
}

const long = 'y'.repeat(1_000_000);
const broken = (text: string, at: number) => text.slice(0, at);
const reversed = (text: string) => {
  const [header = '', ...rows] = text.trimEnd().split('\n');
  return `${[header, ...rows.slice(0, 3).reverse()].join('\n')}\n`;
};

describe('a feed that cannot be used', () => {
  // What is wrong, what is delivered, and what a person reads of it.
  test.each<[what: string, delivery: Delivery, expected: string]>([
    [
      'feed.json is not JSON',
      { files: {}, text: '{"format": "feed/1",' },
      'FEED_MANIFEST: feed.json, is not JSON',
    ],
    [
      'feed.json is too large',
      { files: {}, text: `"${long}${long}"` },
      'FEED_MANIFEST: feed.json, is larger than 1 MiB',
    ],
    ['feed.json is empty', { files: {}, text: '' }, 'FEED_MANIFEST: feed.json, is not JSON'],
    ['feed.json is a list', { files: {}, text: '[]' }, 'FEED_MANIFEST: feed.json, must be an object'],
    [
      'another format',
      { files: { 'customers.csv': customers() }, manifest: { format: 'feed/2' } },
      'FEED_MANIFEST: feed.json, format, must be feed/1',
    ],
    [
      'a field of feed.json is missing',
      { files: { 'customers.csv': customers() }, manifest: { asOf: undefined } },
      'FEED_MANIFEST: feed.json, asOf, is missing',
    ],
    [
      'a field of another type',
      { files: { 'customers.csv': customers() }, manifest: { asOf: 20200105 } },
      'FEED_MANIFEST: feed.json, asOf, must be text',
    ],
    [
      'an unknown field',
      { files: { 'customers.csv': customers() }, manifest: { comment: 'Jansen' } },
      'FEED_MANIFEST: feed.json, has a field that is not known',
    ],
    [
      'no instant of production',
      { files: { 'customers.csv': customers() }, manifest: { producedAt: 'yesterday' } },
      'FEED_MANIFEST: feed.json, producedAt, must be an instant as RFC 3339 says, 2026-11-16T23:00:00Z',
    ],
    [
      'a day that does not exist',
      { files: { 'customers.csv': customers() }, manifest: { asOf: '2020-02-30' } },
      'FEED_MANIFEST: feed.json, asOf, must be a date that exists, 2026-11-16',
    ],
    [
      'another campaign',
      { files: { 'customers.csv': customers() }, manifest: { campaign: 'mortgages' } },
      'FEED_MANIFEST: feed.json, campaign is mortgages where small is due',
    ],
    [
      'another week',
      { files: { 'customers.csv': customers() }, manifest: { week: '2008-W23' } },
      'FEED_MANIFEST: feed.json, week is 2008-W23 where WEEK is due',
    ],
    [
      'no customers',
      { files: { 'funds.csv': 'x' } },
      'FEED_MANIFEST: feed.json, files, must name one of customers.csv and customers.parquet',
    ],
    [
      'two customers files',
      { files: { 'customers.csv': customers(), 'customers.parquet': 'x' } },
      'FEED_MANIFEST: feed.json, files, must name one of customers.csv and customers.parquet',
    ],
    [
      'a name that leads out of the folder',
      { files: { 'customers.csv': customers() }, entries: { 'customers.csv': { name: '../customers.csv' } } },
      'FEED_MANIFEST: feed.json, files.0.name, must be one of customers.csv, customers.parquet, funds.csv, mailings.csv, outcomes.csv',
    ],
    [
      'an absolute name',
      { files: { 'customers.csv': customers() }, entries: { 'customers.csv': { name: '/etc/passwd' } } },
      'FEED_MANIFEST: feed.json, files.0.name, must be one of customers.csv, customers.parquet, funds.csv, mailings.csv, outcomes.csv',
    ],
    [
      'a digest that is none',
      { files: { 'customers.csv': customers() }, entries: { 'customers.csv': { sha256: 'abc' } } },
      'FEED_MANIFEST: feed.json, files.0.sha256, must be a SHA-256 in hex of small letters',
    ],
    [
      'a count that is none',
      { files: { 'customers.csv': customers() }, entries: { 'customers.csv': { rows: -1 } } },
      'FEED_MANIFEST: feed.json, files.0.rows, must not be negative',
    ],
    [
      'a file that feed.json names is not there',
      { files: { 'customers.csv': undefined } },
      'FEED_DIGEST: customers.csv, is named in feed.json and is not there',
    ],
    [
      'a file that feed.json does not name is there',
      {
        files: { 'customers.csv': customers(), 'outcomes.csv': 'party_id,converted_on,amount\n' },
        entries: { 'outcomes.csv': null },
      },
      'FEED_MANIFEST: feed.json, files, does not name outcomes.csv, which is there',
    ],
    [
      'another digest',
      { files: { 'customers.csv': customers() }, entries: { 'customers.csv': { sha256: '0'.repeat(64) } } },
      'FEED_DIGEST: customers.csv is not the file that feed.json names: its SHA-256 differs',
    ],
    [
      'another number of rows',
      { files: { 'customers.csv': customers() }, entries: { 'customers.csv': { rows: 21 } } },
      'FEED_DIGEST: customers.csv is not the file that feed.json names: it has 20 rows where feed.json says 21',
    ],
    [
      'a file cut off inside a row',
      {
        files: { 'customers.csv': broken(customers(), customers().indexOf('c20,') + 6) },
        entries: { 'customers.csv': { sha256: '0'.repeat(64), rows: 25 } },
      },
      'FEED_DIGEST: customers.csv is not the file that feed.json names: its SHA-256 differs, and it has 20 rows where feed.json says 25',
    ],
    [
      'a file cut off inside a quoted field',
      { files: { 'customers.csv': broken(customers(), customers().indexOf('mail, please')) } },
      'FEED_FORMAT: customers.csv, line 8, a quote is not closed: the file was cut off',
    ],
    [
      'Latin-1',
      { files: { 'customers.csv': Buffer.from(customers(), 'latin1') } },
      'FEED_FORMAT: customers.csv, line 8, is not UTF-8',
    ],
    [
      'UTF-16',
      { files: { 'customers.csv': Buffer.from(`\uFEFF${customers()}`, 'utf16le') } },
      'FEED_FORMAT: customers.csv, line 1, is not UTF-8',
    ],
    [
      'UTF-16 without a byte order mark',
      { files: { 'customers.csv': Buffer.from(customers(), 'utf16le') } },
      'FEED_FORMAT: customers.csv, line 1, holds a NUL byte, as UTF-16 does: UTF-8 is due',
    ],
    [
      'a NUL byte',
      { files: { 'customers.csv': cell('note', 'a\0b') } },
      'FEED_FORMAT: customers.csv, line 6, holds a NUL byte, as UTF-16 does: UTF-8 is due',
    ],
    [
      'a million characters',
      { files: { 'customers.csv': cell('note', long) } },
      'FEED_FORMAT: customers.csv, line 6, a field is longer than 65536 bytes',
    ],
    [
      'a quote inside a field',
      { files: { 'customers.csv': cell('note', 'a"b') } },
      'FEED_FORMAT: customers.csv, line 6, a quote stands inside a field that is not in quotes',
    ],
    [
      'old line ends',
      { files: { 'customers.csv': customers().replaceAll('\n', '\r') } },
      'FEED_FORMAT: customers.csv, line 1, a carriage return stands without a line feed',
    ],
    [
      'an empty file',
      { files: { 'customers.csv': '' } },
      'FEED_FORMAT: customers.csv, line 1, is empty: there is no header line',
    ],
    [
      'a header and nothing else',
      { files: { 'customers.csv': `${HEADER.join()}\n` } },
      'FEED_ROWS: the feed has no row that can be used',
    ],
    [
      'no header',
      { files: { 'customers.csv': customers().slice(HEADER.join().length + 1) } },
      'FEED_SCHEMA: customers.csv, line 1, header names no column of the feed contract: it is missing',
    ],
    [
      'another separator',
      {
        files: {
          'customers.csv': customers().replaceAll(',', ';').replace('"said: ""mail; please"" é"', ''),
        },
      },
      'FEED_SCHEMA: customers.csv, line 1, header names no column of the feed contract: it is missing',
    ],
    [
      'an unknown column',
      { files: { 'customers.csv': customers().replace(',note', ',note,shoe_size') } },
      'FEED_SCHEMA: customers.csv, line 1, shoe_size is not in the feed contract',
    ],
    [
      'a missing column',
      { files: { 'customers.csv': customers().replace(',note', '') } },
      'FEED_SCHEMA: customers.csv, line 1, note is missing from the header',
    ],
    [
      'a column twice',
      { files: { 'customers.csv': customers().replace(',note', ',note,age') } },
      'FEED_SCHEMA: customers.csv, line 1, age stands twice in the header',
    ],
    [
      'a forbidden column',
      { files: { 'customers.csv': customers().replace(',note', ',note,postcode') } },
      'FEED_FORBIDDEN: customers.csv, line 1, postcode holds forbidden data: postal code',
    ],
    [
      'a key that stands twice',
      { files: { 'customers.csv': cell('party_id', 'c2') } },
      'FEED_KEYS: customers.csv, line 6, party_id stands on line 3 already',
    ],
    [
      'rows in a mess',
      {
        files: {
          'customers.csv': `${reversed(customers())}${reversed(customers()).slice(HEADER.join().length + 1)}`,
        },
      },
      'FEED_KEYS: customers.csv, line 5, party_id stands on line 2 already',
    ],
  ])('%s', async (_, delivery, expected) => {
    const run = await runWith(PLAIN, delivery);
    await expectHalted(run, expected.replace('WEEK', week));
  });

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
    const run = await runWith(PLAIN, { files: { 'customers.csv': cell(column, value) } });
    await expectHalted(run, `FEED_FORBIDDEN: customers.csv, line 6, ${column} holds forbidden data: ${kind}`);
    const stored = JSON.stringify([
      await checksOf(run),
      await harness.services.db.query('select * from rejected_row where run_id = $1', [run.id]),
      await harness.services.db.query(`select convert_from(bytes, 'UTF8') as entry from audit_staged`),
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
    const run = await runWith(PLAIN, (of) => ({
      files: { 'customers.csv': customers() },
      manifest: dates(of),
    }));
    await expectHalted(run, expected(week));
  });

  it('links, instead of files', async () => {
    const elsewhere = join(harness.folder, 'elsewhere.csv');
    await writeFile(elsewhere, customers());
    for (const [name, expected] of [
      ['customers.csv', 'FEED_FORMAT: customers.csv, is not a plain file'],
      ['feed.json', 'FEED_MANIFEST: feed.json, is not a plain file'],
    ] as const) {
      week = addWeeks(week, 1);
      const folder = await deliverFolder(inbox(), PLAIN, week, { files: { 'customers.csv': customers() } });
      await copyFile(join(folder, name), elsewhere);
      await rm(join(folder, name));
      await symlink(elsewhere, join(folder, name));
      await expectHalted(await harness.run(PLAIN, week), expected);
    }
  });

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
    const run = await runWith(MARKET, (of) => {
      const text = prices(of);
      const files = { 'customers.csv': customers() };
      return { files: text === undefined ? files : { ...files, 'funds.csv': text } };
    });
    if (what !== 'a market beyond the band') return expectHalted(run, expected(week));
    // The feed itself was sound: it is kept, and only the decision is not made.
    expect(run).toMatchObject({ status: 'HALTED', snapshotRows: 20 });
    expect(await checksOf(run)).toContainEqual({
      name: 'MARKET_BAND',
      verdict: 'HALT',
      message: expected(week).slice('MARKET_BAND: '.length),
    });
    expect(await countOf('batch where run_id = $1', [run.id])).toBe(0);
  });

  it('too many rows that cannot be used; each is kept with its line and reason', async () => {
    const bad = ['x', '44.5', '-1', '121', '', '1e3', 'true', '12,5'];
    const run = await runWith(PLAIN, {
      files: { 'customers.csv': customers((n) => (n <= bad.length ? { age: bad[n - 1] ?? '' } : {})) },
    });
    await expectHalted(
      run,
      'FEED_REJECTED: 7 of 20 rows are not used; the first: customers.csv, line 2, age is not an integer',
    );
    expect(
      await harness.services.db.query(
        'select file, line, field, rule from rejected_row where run_id = $1 order by line',
        [run.id],
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
    const run = await runWith(PLAIN, {
      files: { 'customers.csv': customers((n) => ({ age: 'x', note: '', party_id: `c${n}` }), 150_000) },
    });
    await expectHalted(
      run,
      'FEED_ROWS: the feed has no row that can be used',
      'FEED_REJECTED: 150000 of 150000 rows are not used; the first: customers.csv, line 2, age is not an integer',
    );
    expect(await countOf('rejected_row where run_id = $1', [run.id])).toBe(10_000);
  });

  it('is told of to whoever is responsible, once each', async () => {
    const open = await countOf('incident where notified_at is null');
    expect(open).toBeGreaterThan(60);
    expect(await notifyIncidents(harness.services)).toBe(open);
    expect(told).toHaveLength(open);
    expect(told.map(({ text }) => text).join('\n')).toContain(
      'halted: FEED_KEYS: customers.csv, line 6, party_id stands on line 3 already',
    );
    expect(await notifyIncidents(harness.services)).toBe(0);
  });
});

function span(of: IsoWeek, from: number, to: number): string {
  return `${addDays(sundayOf(of), from)} to ${addDays(sundayOf(of), to)}`;
}

function tooShort(of: IsoWeek, measured: string): string {
  return `FEED_FUNDS: funds.csv does not hold prices of every fund from ${addDays(sundayOf(of), -60)} (60 days) to ${sundayOf(of)}: ${measured}`;
}

describe('a feed that differs from those of the weeks before', () => {
  it('halts on rows, missing values and rates, and halted feeds are nothing to compare with', async () => {
    for (const _ of [1, 2, 3]) {
      const run = await runWith(BANDED, { files: { 'customers.csv': customers() } });
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
      await expectHalted(await runWith(BANDED, { files: { 'customers.csv': text } }), `${name}: ${message}`);
    const fewer = await runWith(BANDED, { files: { 'customers.csv': customers(undefined, 17) } });
    expect(fewer.status).toBe('AWAITING_REVIEW');
    expect(await checksOf(fewer)).toContainEqual({
      name: 'FEED_ROWS',
      verdict: 'WARN',
      message: '17 rows; the median of the weeks before is 20',
    });
  });
});

describe('when and how often a feed comes', () => {
  it('late: the week halts and its next attempt runs', async () => {
    week = addWeeks(week, 1);
    const missing = await harness.run(PLAIN, week);
    await expectHalted(
      missing,
      `FEED_PRESENT: the feed of ${week} has not been delivered: there is no feed.json for it`,
    );
    const folder = await deliverFolder(inbox(), PLAIN, week, { files: { 'customers.csv': customers() } });
    await rm(join(folder, 'feed.json'));
    // Without the manifest a delivery is not complete, however much of it is there.
    expect(await harness.run(PLAIN, week)).toMatchObject({ status: 'HALTED', attempt: 2 });
    await deliverFolder(inbox(), PLAIN, week, { files: { 'customers.csv': customers() } });
    expect(await harness.run(PLAIN, week)).toMatchObject({
      status: 'AWAITING_REVIEW',
      attempt: 3,
      snapshotRows: 20,
    });
    expect(await countOf(`run where week = $1 and status = 'SUPERSEDED'`, [week])).toBe(2);
  });

  it('twice: the run of the week is the answer, whatever the second delivery holds', async () => {
    const first = await runWith(PLAIN, { files: { 'customers.csv': customers() } });
    await deliverFolder(inbox(), PLAIN, week, { files: { 'customers.csv': customers(undefined, 5) } });
    const again = await execute(harness.services, OLGA, startRun, {
      campaign: PLAIN,
      week,
      trigger: 'MANUAL',
    });
    expect(again).toMatchObject({ started: false, run: { id: first.id, attempt: 1, snapshotRows: 20 } });
    expect(await harness.run(PLAIN, week)).toMatchObject({
      id: first.id,
      snapshotDigest: first.snapshotDigest,
    });
  });

  it('corrected after a halt: the next attempt uses it, and both stay on record', async () => {
    const first = await runWith(PLAIN, { files: { 'customers.csv': cell('party_id', 'c2') } });
    expect(first).toMatchObject({ status: 'HALTED', attempt: 1 });
    await deliverFolder(inbox(), PLAIN, week, { files: { 'customers.csv': customers() } });
    expect(await harness.run(PLAIN, week)).toMatchObject({ status: 'AWAITING_REVIEW', attempt: 2 });
    expect(await countOf('run_check where run_id = $1', [first.id])).toBeGreaterThan(0);
  });

  it('once, taken up by two processes: it halts once', async () => {
    week = addWeeks(week, 1);
    await deliverFolder(inbox(), PLAIN, week, {
      files: { 'customers.csv': cell('age', 'x'.repeat(9)) },
      manifest: { week: '2008-W23' },
    });
    const { run } = await execute(harness.services, OLGA, startRun, {
      campaign: PLAIN,
      week,
      trigger: 'MANUAL',
    });
    const both = await Promise.all([runWeek(harness.services, run.id), runWeek(harness.services, run.id)]);
    expect(both.map(({ status }) => status)).toEqual(['HALTED', 'HALTED']);
    await expectHalted(both[0] ?? run, `FEED_MANIFEST: feed.json, week is 2008-W23 where ${week} is due`);
  });
});

describe('a feed that can be used in part', () => {
  it('leaves out what cannot be used, says where, and uses the rest', async () => {
    const run = await runWith(PLAIN, (of) => ({
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
    const rows: { file: string; line: number; field: string; rule: string }[] =
      await harness.services.db.query(
        'select file, line, field, rule from rejected_row where run_id = $1 order by file, line',
        [run.id],
      );
    const sunday = sundayOf(week);
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
    expect(
      await harness.services.db.query('select customer, mailing from contact order by customer'),
    ).toEqual([
      { customer: 'c1', mailing: 'mortgage-autumn' },
      { customer: 'c2', mailing: 'planned, with a comma' },
    ]);
    expect(
      await harness.services.db.query('select customer, amount from conversion order by customer'),
    ).toEqual([
      { customer: 'c8', amount: '1250.50' },
      { customer: 'c9', amount: null },
    ]);
    expect(
      await harness.services.db.query(
        'select name, rows, rejected from run_feed_file where run_id = $1 order by name',
        [run.id],
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
    const run = await runWith(PLAIN, { files: { 'customers.csv': `\uFEFF${turned}` } });
    expect(run).toMatchObject({ status: 'AWAITING_REVIEW', snapshotRows: 20, rejectedRows: 0 });
  });
});
