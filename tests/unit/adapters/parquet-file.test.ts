import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { type ParquetWriteOptions, parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { openParquetFile } from '../../../src/adapters/feed/parquet-file.ts';
import { FeedError } from '../../../src/domain/ports.ts';
import { type Element, parquetFile, readParquet, sha256 } from '../../support/parquet-builder.ts';

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waarom-parquet-'));
});
afterAll(() => rm(folder, { recursive: true }));

const read = (bytes: Uint8Array) => readParquet(folder, bytes);

async function stored(bytes: Uint8Array): Promise<string> {
  const path = join(folder, `${count++}.parquet`);
  await writeFile(path, bytes);
  return path;
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

const optional = { repetition_type: 'OPTIONAL' } as const;

describe('openParquetFile', () => {
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
    const bytes = parquetFile(
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
    const { header, rows } = await read(parquetFile([{ name: 'party_id', data: [], type: 'STRING' }]));
    expect([header, rows]).toEqual([['party_id'], []]);
  });

  test.each<[string, Element, unknown[], string]>([
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
    expect(await faultOf(parquetFile([{ name: 'value', data, element }]))).toMatchObject({
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
    // What follows would make the character whole, were it the same cell.
    const notes = [Buffer.from('ok'), Uint8Array.from(bad), Uint8Array.of(0xa9)];
    const bytes = parquetFile([
      { name: 'party_id', data: ['c1', 'c2', 'c3'], type: 'STRING' },
      { name: 'note', data: notes, type: 'BYTE_ARRAY' },
    ]);
    expect((await faultOf(bytes)).message).toBe(`customers.parquet, line 3, note, ${rule}`);
  });

  it('refuses whatever is no Parquet file', async () => {
    for (const text of ['', 'party_id,age\nc1,44\n', 'PAR1', 'PAR1PAR1', 'x'.repeat(100_000)])
      expect((await faultOf(Buffer.from(text))).rule).toMatch(
        /^is not a Parquet file that can be read \(.+\)$/,
      );
  });

  it('refuses a file that was damaged on its way, without decoding it', async () => {
    const sound = parquetFile([{ name: 'party_id', data: ['c1', 'c2'], type: 'STRING' }]);
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
    const sound = parquetFile([{ name: 'party_id', data: ['c1', 'c2'], type: 'STRING' }]);
    for (let length = 0; length < sound.length; length++)
      expect(await faultOf(sound.subarray(0, length))).toMatchObject({ check: 'FEED_FORMAT' });
  });

  it('notices that the file is changed while it is read', async () => {
    const bytes = parquetFile([{ name: 'party_id', data: ['c1'], type: 'STRING' }]);
    const path = await stored(bytes);
    await using file = await openParquetFile(path, 'customers.parquet', sha256(bytes));
    await appendFile(path, 'more');
    const reading = (async () => {
      for await (const _ of file.blocks());
    })();
    await expect(reading).rejects.toThrow('customers.parquet, was changed while it was read');
  });
});
