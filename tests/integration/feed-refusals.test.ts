import { copyFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { addWeeks } from '../../src/domain/week.ts';
import { notifyIncidents } from '../../src/use-cases/incidents.ts';
import type { Delivery } from '../support/feed-folder.ts';
import { COLUMNS, customers, FeedWorld, withCell } from '../support/feed-world.ts';

const PLAIN = 'plain';

let world: FeedWorld;
beforeAll(async () => {
  world = await FeedWorld.start();
  await world.install(PLAIN, {});
});
afterAll(() => world.stop());

const csv = (content: string | Uint8Array | undefined): Delivery => ({ files: { 'customers.csv': content } });
const manifest = (fields: Readonly<Record<string, unknown>>): Delivery => ({
  ...csv(customers()),
  manifest: fields,
});
const entry = (fields: Readonly<Record<string, unknown>>): Delivery => ({
  ...csv(customers()),
  entries: { 'customers.csv': fields },
});

const long = 'y'.repeat(1_000_000);
const cutAt = (words: string, more = 0) => customers().slice(0, customers().indexOf(words) + more);
const NAMES = 'customers.csv, customers.parquet, funds.csv, mailings.csv, outcomes.csv';

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
    ['another format', manifest({ format: 'feed/2' }), 'FEED_MANIFEST: feed.json, format, must be feed/1'],
    [
      'a field of feed.json is missing',
      manifest({ asOf: undefined }),
      'FEED_MANIFEST: feed.json, asOf, is missing',
    ],
    ['a field of another type', manifest({ asOf: 20200105 }), 'FEED_MANIFEST: feed.json, asOf, must be text'],
    [
      'an unknown field',
      manifest({ comment: 'Jansen' }),
      'FEED_MANIFEST: feed.json, has a field that is not known',
    ],
    [
      'no instant of production',
      manifest({ producedAt: 'yesterday' }),
      'FEED_MANIFEST: feed.json, producedAt, must be an instant as RFC 3339 says, 2026-11-16T23:00:00Z',
    ],
    [
      'a day that does not exist',
      manifest({ asOf: '2020-02-30' }),
      'FEED_MANIFEST: feed.json, asOf, must be a date that exists, 2026-11-16',
    ],
    [
      'another campaign',
      manifest({ campaign: 'mortgages' }),
      'FEED_MANIFEST: feed.json, campaign is mortgages where plain is due',
    ],
    [
      'another week',
      manifest({ week: '2008-W23' }),
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
      entry({ name: '../customers.csv' }),
      `FEED_MANIFEST: feed.json, files.0.name, must be one of ${NAMES}`,
    ],
    [
      'an absolute name',
      entry({ name: '/etc/passwd' }),
      `FEED_MANIFEST: feed.json, files.0.name, must be one of ${NAMES}`,
    ],
    [
      'a digest that is none',
      entry({ sha256: 'abc' }),
      'FEED_MANIFEST: feed.json, files.0.sha256, must be a SHA-256 in hex of small letters',
    ],
    [
      'a count that is none',
      entry({ rows: -1 }),
      'FEED_MANIFEST: feed.json, files.0.rows, must not be negative',
    ],
    [
      'a file that feed.json names is not there',
      csv(undefined),
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
      entry({ sha256: '0'.repeat(64) }),
      'FEED_DIGEST: customers.csv is not the file that feed.json names: its SHA-256 differs',
    ],
    [
      'another number of rows',
      entry({ rows: 21 }),
      'FEED_DIGEST: customers.csv is not the file that feed.json names: it has 20 rows where feed.json says 21',
    ],
    [
      'a file cut off inside a row',
      {
        files: { 'customers.csv': cutAt('c20,', 6) },
        entries: { 'customers.csv': { sha256: '0'.repeat(64), rows: 25 } },
      },
      'FEED_DIGEST: customers.csv is not the file that feed.json names: its SHA-256 differs, and it has 20 rows where feed.json says 25',
    ],
    [
      'a file cut off inside a quoted field',
      csv(cutAt('mail, please')),
      'FEED_FORMAT: customers.csv, line 8, a quote is not closed: the file was cut off',
    ],
    ['Latin-1', csv(Buffer.from(customers(), 'latin1')), 'FEED_FORMAT: customers.csv, line 8, is not UTF-8'],
    [
      'UTF-16',
      csv(Buffer.from(`\uFEFF${customers()}`, 'utf16le')),
      'FEED_FORMAT: customers.csv, line 1, is not UTF-8',
    ],
    [
      'UTF-16 without a byte order mark',
      csv(Buffer.from(customers(), 'utf16le')),
      'FEED_FORMAT: customers.csv, line 1, holds a NUL byte, as UTF-16 does: UTF-8 is due',
    ],
    [
      'a NUL byte',
      csv(withCell('note', 'a\0b')),
      'FEED_FORMAT: customers.csv, line 6, holds a NUL byte, as UTF-16 does: UTF-8 is due',
    ],
    [
      'a million characters',
      csv(withCell('note', long)),
      'FEED_FORMAT: customers.csv, line 6, a field is longer than 65536 bytes',
    ],
    [
      'a quote inside a field',
      csv(withCell('note', 'a"b')),
      'FEED_FORMAT: customers.csv, line 6, a quote stands inside a field that is not in quotes',
    ],
    [
      'old line ends',
      csv(customers().replaceAll('\n', '\r')),
      'FEED_FORMAT: customers.csv, line 1, a carriage return stands without a line feed',
    ],
    ['an empty file', csv(''), 'FEED_FORMAT: customers.csv, line 1, is empty: there is no header line'],
    [
      'a header and nothing else',
      csv(`${COLUMNS.join()}\n`),
      'FEED_ROWS: the feed has no row that can be used',
    ],
    [
      'no header',
      csv(customers().slice(COLUMNS.join().length + 1)),
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
      csv(customers().replace(',note', ',note,shoe_size')),
      'FEED_SCHEMA: customers.csv, line 1, shoe_size is not in the feed contract',
    ],
    [
      'a missing column',
      csv(customers().replace(',note', '')),
      'FEED_SCHEMA: customers.csv, line 1, note is missing from the header',
    ],
    [
      'a column twice',
      csv(customers().replace(',note', ',note,age')),
      'FEED_SCHEMA: customers.csv, line 1, age stands twice in the header',
    ],
    [
      'a forbidden column',
      csv(customers().replace(',note', ',note,postcode')),
      'FEED_FORBIDDEN: customers.csv, line 1, postcode holds forbidden data: postal code',
    ],
    [
      'a key that stands twice',
      csv(withCell('party_id', 'c2')),
      'FEED_KEYS: customers.csv, line 6, party_id stands on line 3 already',
    ],
  ])('%s', async (_, delivery, expected) => {
    const run = await world.run(PLAIN, delivery);
    await world.expectHalted(run, expected.replace('WEEK', world.week));
  });

  it('links, instead of files', async () => {
    const elsewhere = join(world.harness.folder, 'elsewhere.csv');
    await writeFile(elsewhere, customers());
    for (const [name, expected] of [
      ['customers.csv', 'FEED_FORMAT: customers.csv, is not a plain file'],
      ['feed.json', 'FEED_MANIFEST: feed.json, is not a plain file'],
    ] as const) {
      world.week = addWeeks(world.week, 1);
      const folder = await world.deliver(PLAIN, { files: { 'customers.csv': customers() } });
      await copyFile(join(folder, name), elsewhere);
      await rm(join(folder, name));
      await symlink(elsewhere, join(folder, name));
      await world.expectHalted(await world.harness.run(PLAIN, world.week), expected);
    }
  });

  it('is world.told of to whoever is responsible, once each', async () => {
    const open = await world.count('incident where notified_at is null');
    expect(open).toBeGreaterThan(40);
    expect(await notifyIncidents(world.harness.services)).toBe(open);
    expect(world.told).toHaveLength(open);
    expect(world.told.map(({ text }) => text).join('\n')).toContain(
      'halted: FEED_KEYS: customers.csv, line 6, party_id stands on line 3 already',
    );
    expect(await notifyIncidents(world.harness.services)).toBe(0);
  });
});
