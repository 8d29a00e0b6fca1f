import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FolderFeedSource } from '../../../src/adapters/feed/folder-feed-source.ts';
import { readCampaign } from '../../../src/adapters/package/campaign-file.ts';
import { createBank } from '../../../src/demo/bank.ts';
import { CUSTOMER_COLUMNS, writeFeed } from '../../../src/demo/bank-feed.ts';
import { judgeFreshness } from '../../../src/domain/feed-check.ts';
import { FeedRowParser, type RowFault } from '../../../src/domain/feed-row.ts';
import { judgeHeader } from '../../../src/domain/feed-schema.ts';
import { type FeedTable, FUNDS, MAILINGS, OUTCOMES } from '../../../src/domain/feed-table.ts';
import { addDays, addWeeks, dateIn, mondayOf, sundayOf } from '../../../src/domain/week.ts';

const ROOT = join(import.meta.dirname, '../../..');
const WEEK = '2026-W27';
const OPTIONS = { seed: 11, customers: 20_000, lastWeek: WEEK, weeks: 4 };
const campaign = readCampaign(await readFile(join(ROOT, 'campaigns/investing-retail/campaign.yaml'), 'utf8'));

let inbox: string;
beforeAll(async () => {
  inbox = await mkdtemp(join(tmpdir(), 'bank-feed-'));
  await writeFeed(createBank(OPTIONS), WEEK, join(inbox, 'one'));
});
afterAll(() => rm(inbox, { recursive: true }));

async function delivered() {
  const delivery = await new FolderFeedSource(join(inbox, 'one')).find(campaign.key, WEEK);
  if (delivery === undefined) throw new Error('no feed');
  return delivery;
}

/** Reads a file as a run would: its customers and what was rejected. */
async function read(name: string, table: FeedTable, lastDay: string, uniqueKeys = false) {
  const delivery = await delivered();
  const file = await delivery.open(name);
  expect(judgeHeader(table, file.header)).toEqual([]);
  const parser = new FeedRowParser(table, file.header, { lastDay, uniqueKeys, required: table.required });
  const rejected: RowFault[] = [];
  const keys: string[] = [];
  for await (const block of file.blocks()) {
    const parsed = parser.parse(block);
    expect(parsed.forbidden).toBeNull();
    expect(parsed.key).toBeNull();
    rejected.push(...parsed.rejected);
    keys.push(...parsed.block.customers);
  }
  expect(delivery.manifest.files).toContainEqual({
    name,
    rows: keys.length + rejected.length,
    sha256: file.digest(),
  });
  return { rejected, keys };
}

describe('the feed of the generated bank', () => {
  it('has exactly the columns of the campaign, in its order', () => {
    expect(campaign.feed.columns.map(({ name }) => name)).toEqual([...CUSTOMER_COLUMNS]);
  });

  it('is accepted row by row, but for some rows below 0.1 %', async () => {
    const { keys, rejected } = await read(
      'customers.csv',
      { ...campaign.feed, required: [] },
      sundayOf(WEEK),
      true,
    );
    expect(rejected.length).toBeGreaterThan(0);
    expect(rejected.length / keys.length).toBeLessThan(0.001);
    expect(new Set(rejected.map(({ field }) => field))).toEqual(new Set(['age', 'balance']));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('has prices, outcomes and mails that a run accepts, planned mails among them', async () => {
    const asOf = sundayOf(WEEK);
    expect((await read('funds.csv', FUNDS, asOf)).rejected).toEqual([]);
    expect((await read('outcomes.csv', OUTCOMES, asOf)).rejected).toEqual([]);
    expect((await read('mailings.csv', MAILINGS, addDays(asOf, 14))).rejected).toEqual([]);
    const untilAsOf = await read('mailings.csv', MAILINGS, asOf);
    expect(untilAsOf.rejected.length).toBeGreaterThan(0);
    expect(untilAsOf.keys.length).toBeGreaterThan(0);
  });

  it.each(['2026-W05', '2026-W27'])(
    'is fresh when the run of %s starts, in winter and in summer',
    async (week) => {
      const folder = join(inbox, week);
      await writeFeed(createBank({ ...OPTIONS, customers: 10, lastWeek: week }), week, folder);
      const delivery = await new FolderFeedSource(folder).find(campaign.key, week);
      const { asOf, producedAt } = delivery!.manifest;
      const producedOn = dateIn(campaign.timeZone, producedAt);
      const [monday, sunday] = [mondayOf(week), sundayOf(week)];
      expect(judgeFreshness({ asOf, monday, sunday, producedOn, today: sunday }).verdict).toBe('PASS');
    },
  );

  it('is the same bytes for the same seed, and others for another', async () => {
    const again = join(inbox, 'again');
    const other = join(inbox, 'other');
    const bank = createBank(OPTIONS);
    await writeFeed(bank, addWeeks(WEEK, -2), again);
    await writeFeed(bank, WEEK, again);
    await writeFeed(createBank({ ...OPTIONS, seed: 12 }), WEEK, other);
    const folder = join(campaign.key, WEEK);
    const names = await readdir(join(inbox, 'one', folder));
    expect(names.sort()).toEqual(['customers.csv', 'feed.json', 'funds.csv', 'mailings.csv', 'outcomes.csv']);
    for (const name of names) {
      const bytes = await readFile(join(inbox, 'one', folder, name));
      expect(bytes.equals(await readFile(join(again, folder, name)))).toBe(true);
      expect(bytes.equals(await readFile(join(other, folder, name)))).toBe(false);
    }
  });

  it('is not written for a week that the bank has passed', async () => {
    const bank = createBank({ ...OPTIONS, customers: 10 });
    await expect(writeFeed(bank, addWeeks(bank.week, -1), inbox)).rejects.toThrow(RangeError);
  });
});
