import { createHash, randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SnapshotBlock } from '../../src/domain/eligibility.ts';
import { type FeedContract, layoutOf } from '../../src/domain/feed-contract.ts';
import { copyOut } from '../../src/store/copy-stream.ts';
import { ownerDataSource } from '../../src/store/data-source.ts';
import { partitionOf, readSnapshot, SnapshotWriter } from '../../src/store/snapshot.store.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { changeState } from '../support/state-change.ts';

const CONTRACT: FeedContract = {
  columns: [
    { name: 'party_id', type: 'id', category: 'key' },
    { name: 'age', type: 'integer', category: 'feature' },
    { name: 'balance', type: 'number', category: 'feature' },
    { name: 'job', type: 'text', category: 'feature' },
    { name: 'note', type: 'text', category: 'segment' },
  ],
};
const KEY_ONLY: FeedContract = { columns: CONTRACT.columns.slice(0, 1) };

let database: TestDatabase;
let db: DataSource;
beforeAll(async () => {
  database = await createTestDatabase();
  db = await ownerDataSource(database.databaseUrl).initialize();
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const days = fc.option(fc.array(fc.integer({ min: -40_000, max: 40_000 }), { maxLength: 4 }));
const number = fc.oneof(fc.double({ noNaN: true }), fc.integer(), fc.constant(Number.NaN));
const text = fc.option(fc.string({ unit: 'grapheme' }).map((characters) => characters.replaceAll('\0', '')));
const row = fc.record({
  customer: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
  numbers: fc.tuple(number, number),
  texts: fc.tuple(text, text),
  quiet: fc.boolean(),
  optedOut: fc.boolean(),
  flowStarts: days,
  mails: days,
});
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;

function blockOf(rows: readonly Row[], columns: FeedContract): SnapshotBlock {
  const { numbers, texts } = layoutOf(columns);
  return {
    rows: rows.length,
    customers: rows.map(({ customer }) => customer),
    numbers: numbers.map((_, i) => Float64Array.from(rows, (each) => each.numbers[i] ?? Number.NaN)),
    texts: texts.map((_, i) => rows.map((each) => each.texts[i] ?? null)),
    quiet: Uint8Array.from(rows, ({ quiet }) => (quiet ? 1 : 0)),
    optedOut: Uint8Array.from(rows, ({ optedOut }) => (optedOut ? 1 : 0)),
    flowStarts: rows.map(({ flowStarts }) => flowStarts),
    mails: rows.map(({ mails }) => mails),
  };
}

/** Freezes blocks and answers what stands in the table: the rows as they are read, and the digest of their bytes. */
async function frozen(blocks: readonly SnapshotBlock[], columns: FeedContract) {
  const runId = randomUUID();
  const sealed = await changeState(db, async (tx) => {
    await using writer = await SnapshotWriter.open(tx, runId, { bytes: (count) => randomBytes(count) });
    for (const block of blocks) await writer.append(block, block);
    return await writer.seal(tx, runId);
  });
  return db.transaction(async (tx) => {
    const read: SnapshotBlock[] = [];
    for await (const block of readSnapshot(tx, runId, layoutOf(columns))) read.push(block);
    const digest = createHash('sha256');
    for await (const decoder of copyOut(tx, partitionOf('snapshot_row', runId)))
      while (decoder.next()) digest.update(createHash('sha256').update(decoder.rowBytes()).digest());
    return { runId, sealed, read, digest: `sha256:${digest.digest('hex')}` };
  });
}

const numbers = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i);

describe('a snapshot', () => {
  it('gives back the rows that were written, in the bytes that were digested', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 12 }),
        fc.constantFrom(CONTRACT, KEY_ONLY),
        async (rows, columns) => {
          const block = blockOf(rows, columns);
          const { sealed, read, digest } = await frozen([block], columns);
          expect(sealed).toEqual({ rows: rows.length, digest });
          expect(read.map(({ rows: count }) => count)).toEqual(rows.length === 0 ? [] : [rows.length]);
          for (const back of read) expect(back).toEqual({ ...block, numbersOfRows: numbers(0, block.rows) });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('spans the blocks of its reader, long texts among them', async () => {
    const rows = Array.from(
      { length: 10_050 },
      (_, i): Row => ({
        customer: `c${i}`,
        numbers: [i, i / 8],
        texts: [i % 3 === 0 ? null : `job ${i % 7}`, i % 1000 === 0 ? 'é'.repeat(3000) : ''],
        quiet: i % 5 === 0,
        optedOut: false,
        flowStarts: null,
        mails: i % 4 === 0 ? [i] : null,
      }),
    );
    const [first, second] = [blockOf(rows.slice(0, 4_000), CONTRACT), blockOf(rows.slice(4_000), CONTRACT)];
    const { sealed, read, digest } = await frozen([first, second], CONTRACT);
    expect(sealed).toEqual({ rows: 10_050, digest });
    expect(read).toEqual([
      { ...blockOf(rows.slice(0, 10_000), CONTRACT), numbersOfRows: numbers(0, 10_000) },
      { ...blockOf(rows.slice(10_000), CONTRACT), numbersOfRows: numbers(10_000, rows.length) },
    ]);
  });

  it('lies there like old rows, which nobody who reads them writes again', async () => {
    const rows = fc.sample(row, { numRuns: 200, seed: 1 });
    const { runId } = await frozen([blockOf(rows, CONTRACT)], CONTRACT);
    const [table] = await db.query(
      'select relpages as pages, relallvisible as settled from pg_class where relname = $1',
      [partitionOf('snapshot_row', runId)],
    );
    expect(table.pages).toBeGreaterThan(1);
    expect(table.settled).toBe(table.pages);
  });
});

describe('rows on their way out', () => {
  const many = '(select n from generate_series(1, 200000) n)';

  it('come in order, however many', async () => {
    const read: number[] = [];
    await db.transaction(async (tx) => {
      for await (const decoder of copyOut(tx, many)) while (decoder.next()) read.push(decoder.int4());
    });
    expect(read).toEqual(Array.from({ length: 200_000 }, (_, i) => i + 1));
  });

  it('are left, and the next statement is heard', async () => {
    const answered = await db.transaction(async (tx) => {
      for await (const decoder of copyOut(tx, many)) if (decoder.next()) break;
      return tx.query('select 1 as one');
    });
    expect(answered).toEqual([{ one: 1 }]);
  });

  it('end with what the server says, be it after some of them', async () => {
    let rows = 0;
    const failing = db.transaction(async (tx) => {
      const source = '(select 1 / (100000 - n) from generate_series(1, 200000) n)';
      for await (const decoder of copyOut(tx, source)) while (decoder.next()) rows++;
    });
    await expect(failing).rejects.toThrow('division by zero');
    expect(rows).toBeGreaterThan(0);
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }]);
  });
});
