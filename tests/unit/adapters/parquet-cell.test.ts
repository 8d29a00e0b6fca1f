import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type Element, parquetFile, readParquet } from '../../support/parquet-builder.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waarom-parquet-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The texts that one column's values become. */
async function cells(element: Element, data: unknown[]): Promise<readonly string[]> {
  const { rows } = await readParquet(folder, parquetFile([{ name: 'value', data, element }]));
  return rows.map(([cell = '']) => cell);
}

/** Without -0, which a dictionary does not tell from 0. */
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const optional = { repetition_type: 'OPTIONAL' } as const;

describe('the cells of a Parquet file', () => {
  test.each<[what: string, element: Element, data: unknown[], expected: readonly string[]]>([
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
});
