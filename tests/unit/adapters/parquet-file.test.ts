import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import type { SchemaElement } from 'hyparquet';
import { type ParquetWriteOptions, parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { openParquetFile } from '../../../src/adapters/feed/parquet-file.ts';
import { FeedError } from '../../../src/domain/ports.ts';

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waarom-parquet-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Read {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly lines: readonly number[];
  readonly digest: string;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function stored(bytes: Uint8Array): Promise<string> {
  const path = join(folder, `${count++}.parquet`);
  await writeFile(path, bytes);
  return path;
}

async function read(bytes: Uint8Array): Promise<Read> {
  await using file = await openParquetFile(await stored(bytes), 'customers.parquet', sha256(bytes));
  const rows: string[][] = [];
  const lines: number[] = [];
  for await (const block of file.blocks()) {
    for (let row = 0; row < block.rows; row++) {
      const at = (c: number) => 2 * (row * block.width + c);
      rows.push(
        Array.from({ length: block.width }, (_, c) =>
          Buffer.from(block.bytes.subarray(block.cells[at(c)], block.cells[at(c) + 1])).toString('utf8'),
        ),
      );
      lines.push(block.lines[row] ?? -1);
    }
  }
  return { header: file.header, rows, lines, digest: file.digest() };
}

type Column = ParquetWriteOptions['columnData'][number];

function write(
  columns: readonly (Column & { readonly element?: Omit<SchemaElement, 'name'> })[],
  options: Partial<ParquetWriteOptions> = {},
): Uint8Array {
  const elements = columns.map(({ element }) => element);
  const schema: SchemaElement[] = columns.map(({ name, element }) => ({ name, ...element }));
  const root: SchemaElement = { name: 'root', num_children: columns.length };
  const columnData = columns.map(({ element: _, ...column }) => column);
  const typed = elements.some((element) => element !== undefined);
  return new Uint8Array(
    parquetWriteBuffer({ columnData, ...(typed ? { schema: [root, ...schema] } : {}), ...options }),
  );
}

/** The texts that one column's values become. */
async function cells(element: Omit<SchemaElement, 'name'>, data: unknown[]): Promise<readonly string[]> {
  const { rows } = await read(write([{ name: 'value', data, element }]));
  return rows.map(([cell = '']) => cell);
}

async function faultOf(bytes: Uint8Array): Promise<FeedError> {
  try {
    await read(bytes);
  } catch (error) {
    if (error instanceof FeedError) return error;
    throw error;
  }
  throw new Error('it was read');
}

/** Without -0, which a dictionary does not tell from 0. */
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const optional = { repetition_type: 'OPTIONAL' } as const;

describe('openParquetFile', () => {
  test.each<
    [what: string, element: Omit<SchemaElement, 'name'>, data: unknown[], expected: readonly string[]]
  >([
    ['booleans', { type: 'BOOLEAN', ...optional }, [true, null, false], ['true', '', 'false']],
    [
      'integers of 32 bits',
      { type: 'INT32', ...optional },
      [0, -7, null, 2 ** 31 - 1],
      ['0', '-7', '', '2147483647'],
    ],
    [
      'integers of 64 bits',
      { type: 'INT64', ...optional },
      [0n, -7n, null, 9_007_199_254_740_993n],
      ['0', '-7', '', '9007199254740993'],
    ],
    ['small integers', { type: 'INT32', converted_type: 'INT_8', ...optional }, [-1, null], ['-1', '']],
    [
      'natural numbers',
      { type: 'INT32', converted_type: 'UINT_32', ...optional },
      [4294967295, 0],
      ['4294967295', '0'],
    ],
    [
      'doubles',
      { type: 'DOUBLE', ...optional },
      [12.5, -0.1, null, Number.NaN, 1e21, 1.5e-9, 0.1 + 0.2, 1e-7],
      ['12.5', '-0.1', '', '', '1000000000000000000000', '0.0000000015', '0.30000000000000004', '0.0000001'],
    ],
    ['floats', { type: 'FLOAT', ...optional }, [0.5, 1234.25, null], ['0.5', '1234.25', '']],
    [
      'decimals of 32 bits',
      { type: 'INT32', converted_type: 'DECIMAL', precision: 9, scale: 2, ...optional },
      [1234567n, -5n, null, 0n],
      ['12345.67', '-0.05', '', '0.00'],
    ],
    [
      'decimals of 64 bits',
      { type: 'INT64', converted_type: 'DECIMAL', precision: 18, scale: 4, ...optional },
      [123456789012345678n, -1n, null],
      ['12345678901234.5678', '-0.0001', ''],
    ],
    [
      'decimals of a fixed length',
      {
        type: 'FIXED_LEN_BYTE_ARRAY',
        type_length: 9,
        converted_type: 'DECIMAL',
        precision: 20,
        scale: 2,
        ...optional,
      },
      [12345678901234567890n, -12345n, null],
      ['123456789012345678.90', '-123.45', ''],
    ],
    [
      'decimals without decimals',
      { type: 'INT32', converted_type: 'DECIMAL', precision: 9, scale: 0, ...optional },
      [42n, -42n],
      ['42', '-42'],
    ],
    [
      'dates',
      { type: 'INT32', converted_type: 'DATE', ...optional },
      [new Date('2024-02-29'), null, new Date('1969-12-31'), new Date('2026-11-15')],
      ['2024-02-29', '', '1969-12-31', '2026-11-15'],
    ],
    [
      'timestamps, which are dates at midnight',
      { type: 'INT64', converted_type: 'TIMESTAMP_MICROS', ...optional },
      [new Date('2024-02-29'), null, new Date('2024-02-29T01:00:00Z')],
      ['2024-02-29', '', '2024-02-29T01:00:00.000Z'],
    ],
    [
      'texts',
      { type: 'BYTE_ARRAY', converted_type: 'UTF8', ...optional },
      ['plain', null, '', 'é€😀', 'a,"b"\n', '\uFEFFx'],
      ['plain', '', '', 'é€😀', 'a,"b"\n', '\uFEFFx'],
    ],
    [
      'universal ids',
      { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' }, ...optional },
      ['de305d54-75b4-431b-adb2-eb6b9e546014', null],
      ['de305d54-75b4-431b-adb2-eb6b9e546014', ''],
    ],
  ])('reads %s as a CSV would say them', async (_, element, data, expected) => {
    expect(await cells(element, data)).toEqual(expected);
  });

  it('reads back every number, whatever its size', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(double, { minLength: 1 }), async (data) => {
        const texts = await cells({ type: 'DOUBLE', repetition_type: 'REQUIRED' }, data);
        expect(texts.map(Number)).toEqual(data);
        for (const text of texts) expect(text).toMatch(/^-?\d+(\.\d+)?$/);
      }),
      { numRuns: 50 },
    );
  });

  it.each<[string, Partial<ParquetWriteOptions>]>([
    ['as they come', {}],
    ['in small row groups', { rowGroupSize: 7 }],
    ['in small pages', { pageSize: 64 }],
    ['in both', { rowGroupSize: 1_000, pageSize: 100 }],
    ['uncompressed', { codec: 'UNCOMPRESSED' }],
    ['with GZIP', { codec: 'GZIP', compressors: { GZIP: (bytes) => gzipSync(bytes) } }],
    ['with ZSTD', { codec: 'ZSTD', compressors: { ZSTD: (bytes) => zstdCompressSync(bytes) } }],
    ['with Brotli', { codec: 'BROTLI', compressors: { BROTLI: (bytes) => brotliCompressSync(bytes) } }],
  ])('reads rows in their order, %s', async (_, options) => {
    const rows = 10_500;
    const bytes = write(
      [
        { name: 'party_id', data: Array.from({ length: rows }, (_, i) => `c${i}`), type: 'STRING' },
        {
          name: 'segment',
          data: Array.from({ length: rows }, (_, i) => (i % 5 === 0 ? null : `s${i % 3}`)),
          type: 'STRING',
        },
        {
          name: 'balance',
          data: Array.from({ length: rows }, (_, i) => i / 4),
          type: 'DOUBLE',
          nullable: false,
        },
      ],
      options,
    );
    const table = await read(bytes);
    expect(table.header).toEqual(['party_id', 'segment', 'balance']);
    expect(table.rows).toEqual(
      Array.from({ length: rows }, (_, i) => [`c${i}`, i % 5 === 0 ? '' : `s${i % 3}`, String(i / 4)]),
    );
    expect(table.lines).toEqual(Array.from({ length: rows }, (_, i) => i + 2));
    expect(table.digest).toBe(sha256(bytes));
  });

  it('reads a file of no rows', async () => {
    const { header, rows } = await read(write([{ name: 'party_id', data: [], type: 'STRING' }]));
    expect([header, rows]).toEqual([['party_id'], []]);
  });

  test.each<[string, Omit<SchemaElement, 'name'>, unknown[], string]>([
    [
      'JSON',
      { type: 'BYTE_ARRAY', converted_type: 'JSON', ...optional },
      [{ name: 'Jansen' }],
      'has the type JSON, which no feed has',
    ],
    [
      'a time',
      { type: 'INT32', converted_type: 'TIME_MILLIS', ...optional },
      [5],
      'has the type TIME_MILLIS, which no feed has',
    ],
    [
      'half precision',
      { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 2, logical_type: { type: 'FLOAT16' }, ...optional },
      [1.5],
      'has the type FLOAT16, which no feed has',
    ],
    [
      'bytes',
      { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 2, ...optional },
      [new Uint8Array(2)],
      'has the type FIXED_LEN_BYTE_ARRAY, which no feed has',
    ],
  ])('refuses %s', async (_, element, data, rule) => {
    expect(await faultOf(write([{ name: 'value', data, element }]))).toMatchObject({
      check: 'FEED_FORMAT',
      file: 'customers.parquet',
      field: 'value',
      rule,
    });
  });

  it('refuses lists', async () => {
    const bytes = new Uint8Array(
      parquetWriteBuffer({
        schema: [
          { name: 'root', num_children: 1 },
          { name: 'many', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
          { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
          { name: 'element', type: 'INT32', repetition_type: 'OPTIONAL' },
        ],
        columnData: [{ name: 'many', data: [[1, 2], [3]] }],
      }),
    );
    expect((await faultOf(bytes)).message).toBe(
      'customers.parquet, many, has the type LIST, which no feed has',
    );
  });

  test.each<[string, number[], string]>([
    ['is not UTF-8', [0xc3, 0x28], 'is not UTF-8'],
    ['ends inside a character', [0x61, 0xc3], 'is not UTF-8'],
    ['holds NUL', [0x61, 0], 'holds a NUL byte, as UTF-16 does: UTF-8 is due'],
  ])('tells of a text that %s', async (_, bad, rule) => {
    const data = ['ok', Uint8Array.from(bad), Uint8Array.from([0xa9]), 'ok'].slice(0, 2);
    const bytes = write(
      [
        { name: 'party_id', data: ['c1', 'c2'], type: 'STRING' },
        { name: 'note', data, type: 'BYTE_ARRAY' },
      ].map((column, i) => ({
        ...column,
        data:
          i === 1 ? data.map((text) => (typeof text === 'string' ? Buffer.from(text) : text)) : column.data,
      })) as Column[],
    );
    expect((await faultOf(bytes)).message).toBe(`customers.parquet, line 3, note, ${rule}`);
  });

  it('refuses whatever is no Parquet file', async () => {
    for (const text of ['', 'party_id,age\nc1,44\n', 'PAR1', 'PAR1PAR1', 'x'.repeat(100_000)])
      expect((await faultOf(Buffer.from(text))).rule).toMatch(
        /^is not a Parquet file that can be read \(.+\)$/,
      );
  });

  it('refuses a file that was damaged on its way, without decoding it', async () => {
    const sound = write([{ name: 'party_id', data: ['c1', 'c2'], type: 'STRING' }]);
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: sound.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, change) => {
          const damaged = sound.map((byte, i) => (i === at ? byte ^ change : byte));
          await expect(
            openParquetFile(await stored(damaged), 'customers.parquet', sha256(sound)),
          ).rejects.toThrow('customers.parquet, is not the file that feed.json names: its SHA-256 differs');
        },
      ),
    );
  });

  it('refuses a file that was cut off, whatever feed.json says', async () => {
    const sound = write([{ name: 'party_id', data: ['c1', 'c2'], type: 'STRING' }]);
    for (let length = 0; length < sound.length; length++)
      expect(await faultOf(sound.subarray(0, length))).toMatchObject({ check: 'FEED_FORMAT' });
  });

  it('notices that the file is changed while it is read', async () => {
    const bytes = write([{ name: 'party_id', data: ['c1'], type: 'STRING' }]);
    const path = await stored(bytes);
    await using file = await openParquetFile(path, 'customers.parquet', sha256(bytes));
    await appendFile(path, 'more');
    const reading = (async () => {
      for await (const _ of file.blocks());
    })();
    await expect(reading).rejects.toThrow('customers.parquet, was changed while it was read');
  });
});
