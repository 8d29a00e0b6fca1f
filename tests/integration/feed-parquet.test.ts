import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type Cells, COLUMNS, customers, FeedWorld } from '../support/feed-world.ts';
import { type Element, parquetFile } from '../support/parquet-builder.ts';

const PLAIN = 'plain';
let world: FeedWorld;
beforeAll(async () => {
  world = await FeedWorld.start();
  await world.install(PLAIN, {});
});
afterAll(() => world.stop());

const TYPES: Readonly<Record<string, Element>> = {
  party_id: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  likely: { type: 'DOUBLE' },
  age: { type: 'INT64' },
  is_private: { type: 'BOOLEAN' },
  opt_in: { type: 'BOOLEAN' },
  opt_in_on: { type: 'INT32', converted_type: 'DATE' },
  region: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  note: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
};
const VALUES: Readonly<Record<string, (cell: string) => unknown>> = {
  likely: Number,
  age: BigInt,
  is_private: (cell) => cell === 'true',
  opt_in: (cell) => cell === 'true',
  opt_in_on: (cell) => new Date(cell),
};

/** The customers of a CSV as Parquet, in its own types; `change` replaces values of the row on a line by column. */
function asParquet(
  change: { readonly line: number; readonly values: Readonly<Record<string, unknown>> } | null = null,
  types: Readonly<Record<string, Element>> = {},
): Uint8Array {
  const [, ...lines] = plainCustomers().trimEnd().split('\n');
  const names = [...new Set([...COLUMNS, ...Object.keys(types)])];
  const columns = names.map((name, i) => ({
    name,
    element: { repetition_type: 'OPTIONAL' as const, ...TYPES[name], ...types[name] },
    data: lines.map((line, row) => {
      if (row + 2 === change?.line && name in change.values) return change.values[name];
      const cell = line.split(',')[i] ?? '';
      return cell === '' ? null : (VALUES[name]?.(cell) ?? cell);
    }),
  }));
  return parquetFile(columns, { rowGroupSize: 6 });
}

const plainCustomers = () =>
  customers((n): Cells => ({ note: n === 7 ? 'é' : '', ...(n === 4 ? { age: '' } : {}) }));

const parquet = (bytes: Uint8Array, rows = 20) => ({
  files: { 'customers.parquet': bytes },
  entries: { 'customers.parquet': { rows } },
});

describe('a Parquet feed', () => {
  it('leads to the same rows and decisions as the CSV of the same content', async () => {
    const fromCsv = await world.run(PLAIN, { files: { 'customers.csv': plainCustomers() } });
    const fromParquet = await world.run(PLAIN, parquet(asParquet()));
    for (const run of [fromCsv, fromParquet])
      expect(run).toMatchObject({ status: 'AWAITING_REVIEW', snapshotRows: 20, rejectedRows: 0 });
    const rowsOf = (id: string) =>
      world.query('select customer, numbers, texts from snapshot_row where run_id = $1 order by row_no', id);
    const decisionsOf = (id: string) =>
      world.query(
        'select customer, outcome, arm, reasons, score, rank from decision where run_id = $1 order by row_no',
        id,
      );
    expect(await rowsOf(fromParquet.id)).toEqual(await rowsOf(fromCsv.id));
    const decisions = await decisionsOf(fromCsv.id);
    expect(decisions).toHaveLength(20);
    expect(await decisionsOf(fromParquet.id)).toEqual(decisions);
  });

  test.each<[what: string, bytes: () => Uint8Array, expected: string]>([
    [
      'a forbidden text',
      () => asParquet({ line: 9, values: { note: 'jan@bank.nl' } }),
      'FEED_FORBIDDEN: customers.parquet, line 9, note holds forbidden data: e-mail address',
    ],
    [
      'a forbidden number',
      () => asParquet({ line: 9, values: { age: 123456782n } }),
      'FEED_FORBIDDEN: customers.parquet, line 9, age holds forbidden data: citizen number',
    ],
    [
      'a key that stands twice, in another row group',
      () => asParquet({ line: 20, values: { party_id: 'c1' } }),
      'FEED_KEYS: customers.parquet, line 20, party_id stands on line 2 already',
    ],
    [
      'an unknown column',
      () => asParquet(null, { shoe_size: { type: 'INT32' } }),
      'FEED_SCHEMA: customers.parquet, line 1, shoe_size is not in the feed contract',
    ],
    [
      'a text that is not UTF-8',
      () => asParquet({ line: 5, values: { note: Uint8Array.of(0xe9) } }, { note: { type: 'BYTE_ARRAY' } }),
      'FEED_FORMAT: customers.parquet, line 5, note, is not UTF-8',
    ],
    [
      'a CSV by that name',
      () => Buffer.from(plainCustomers()),
      'FEED_FORMAT: customers.parquet, is not a Parquet file that can be read (parquet file invalid (footer != PAR1))',
    ],
    [
      'a file that was cut off',
      () => asParquet().subarray(0, 900),
      'FEED_FORMAT: customers.parquet, is not a Parquet file that can be read (parquet file invalid (footer != PAR1))',
    ],
  ])('halts on %s', async (_, bytes, expected) => {
    await world.expectHalted(await world.run(PLAIN, parquet(bytes())), expected);
  });

  it('halts on a file that was damaged on its way, and on another number of rows', async () => {
    const sound = asParquet();
    const damaged = sound.map((byte, i) => (i === 200 ? byte ^ 1 : byte));
    await world.expectHalted(
      await world.run(PLAIN, {
        files: { 'customers.parquet': damaged },
        entries: { 'customers.parquet': { rows: 20, sha256: 'a'.repeat(64) } },
      }),
      'FEED_DIGEST: customers.parquet, is not the file that feed.json names: its SHA-256 differs',
    );
    await world.expectHalted(
      await world.run(PLAIN, parquet(sound, 21)),
      'FEED_DIGEST: customers.parquet is not the file that feed.json names: it has 20 rows where feed.json says 21',
    );
  });

  it('leaves out rows of which a value is not what the contract says', async () => {
    const run = await world.run(
      PLAIN,
      parquet(
        asParquet({ line: 8, values: { age: 999n, opt_in_on: new Date('2100-01-01'), region: 'east' } }),
      ),
    );
    expect(run).toMatchObject({ status: 'AWAITING_REVIEW', snapshotRows: 19, rejectedRows: 1 });
    expect(
      await world.query('select file, line, field, rule from rejected_row where run_id = $1', run.id),
    ).toEqual([{ file: 'customers.parquet', line: 8, field: 'age', rule: 'is above 120' }]);
  });
});
