import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { readCsv } from '../../../src/adapters/feed/csv-file.ts';
import { FeedError } from '../../../src/domain/ports.ts';

interface Read {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly lines: readonly number[];
  readonly ragged: readonly { readonly line: number; readonly fields: number }[];
  readonly digest: string;
}

async function* chunked(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % Math.max(sizes.length, 1)] ?? bytes.length;
    // A copy: the reader may write in what it is given.
    yield Buffer.from(bytes.subarray(at, at + size));
    at += size;
  }
}

async function read(bytes: Buffer, sizes: readonly number[] = []): Promise<Read> {
  await using file = await readCsv('customers.csv', chunked(bytes, sizes));
  const rows: string[][] = [];
  const lines: number[] = [];
  const ragged: { line: number; fields: number }[] = [];
  for await (const block of file.blocks()) {
    for (let row = 0; row < block.rows; row++) {
      const cell = (c: number) => block.cells[2 * (row * block.width + c)] ?? -1;
      const end = (c: number) => block.cells[2 * (row * block.width + c) + 1] ?? -1;
      rows.push(
        Array.from({ length: block.width }, (_, c) =>
          Buffer.from(block.bytes.subarray(cell(c), end(c))).toString('utf8'),
        ),
      );
      lines.push(block.lines[row] ?? -1);
    }
    ragged.push(...block.ragged);
  }
  return { header: file.header, rows, lines, ragged, digest: file.digest() };
}

/** The tiny writer that RFC 4180 describes; quotes where they are needed, or everywhere. */
function write(
  table: readonly (readonly string[])[],
  style: { end: string; quoteAll: boolean; lastEnd: boolean },
) {
  const field = (text: string) =>
    style.quoteAll || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const text = table.map((row) => row.map(field).join(',')).join(style.end);
  return style.lastEnd ? text + style.end : text;
}

const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 });
const field = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => !text.includes('\0')),
  fc
    .array(fc.constantFrom('"', ',', '\r\n', '\n', '\r', 'é', '€', '😀', 'a', ' '), { maxLength: 6 })
    .map((parts) => parts.join('')),
);
const table = fc
  .integer({ min: 1, max: 5 })
  .chain((width) =>
    fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
  );
const style = fc.record({
  end: fc.constantFrom('\n', '\r\n'),
  quoteAll: fc.boolean(),
  lastEnd: fc.boolean(),
});

/** Which bytes follow a prefix so that the fault stands on a line; the chunks must not matter. */
async function faultOf(bytes: Buffer, chunks: readonly number[] = []): Promise<FeedError> {
  try {
    await read(bytes, chunks);
  } catch (error) {
    if (error instanceof FeedError) return error;
    throw error;
  }
  throw new Error('it was read');
}

describe('readCsv', () => {
  it('reads back every table that is written, however its bytes arrive', async () => {
    await fc.assert(
      fc.asyncProperty(table, style, fc.boolean(), sizes, async (cells, how, mark, chunks) => {
        // A last empty line is the end of the line before it, not a row with one empty field.
        fc.pre(how.quoteAll || how.lastEnd || cells.at(-1)?.join('') !== '' || (cells[0]?.length ?? 0) > 1);
        fc.pre(mark || how.quoteAll || !(cells[0]?.[0] ?? '').startsWith('\uFEFF'));
        const bytes = Buffer.from(`${mark ? '\uFEFF' : ''}${write(cells, how)}`);
        const whole = await read(bytes);
        expect([whole.header, ...whole.rows]).toEqual(cells);
        expect(whole.ragged).toEqual([]);
        expect(whole.digest).toBe(createHash('sha256').update(bytes).digest('hex'));
        expect(await read(bytes, chunks)).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  it('tells the line on which each row starts', async () => {
    await fc.assert(
      fc.asyncProperty(table, style, sizes, async (cells, how, chunks) => {
        fc.pre((cells[0]?.length ?? 0) > 1);
        fc.pre(!(cells[0]?.[0] ?? '').startsWith('\uFEFF'));
        let line = 1;
        const lines = cells.map((row) => {
          const at = line;
          line += 1 + (row.join('').match(/\n/g)?.length ?? 0);
          return at;
        });
        expect((await read(Buffer.from(write(cells, how)), chunks)).lines).toEqual(lines.slice(1));
      }),
    );
  });

  it('leaves out rows of another width and says which', async () => {
    const bytes = Buffer.from('a,b\n1,2\n\n"x\ny"\n3,4,5\n6,7\n8,\n');
    for (const chunks of [[], [1], [3, 5]]) {
      expect(await read(bytes, chunks)).toMatchObject({
        rows: [
          ['1', '2'],
          ['6', '7'],
          ['8', ''],
        ],
        lines: [2, 7, 8],
        ragged: [
          { line: 3, fields: 1 },
          { line: 4, fields: 1 },
          { line: 6, fields: 3 },
        ],
      });
    }
  });

  const long = 'x'.repeat(65_537);
  test.each<[what: string, bytes: string | Buffer, line: number, rule: string]>([
    ['nothing', '', 1, 'is empty: there is no header line'],
    ['a byte order mark alone', '\uFEFF', 1, 'is empty: there is no header line'],
    ['a quote inside a field', 'a,b\n1,2\n3,4"5\n', 3, 'a quote stands inside a field that is not in quotes'],
    ['text after a quote', 'a,b\n"1\n2","3" ,4\n', 3, 'text follows a closed quote'],
    [
      'a quote that is not closed',
      'a,b\n1,2\n"3\n4,5\n6,7',
      3,
      'a quote is not closed: the file was cut off',
    ],
    ['a cut inside a doubled quote', 'a,b\n1,"2""', 2, 'a quote is not closed: the file was cut off'],
    ['a carriage return alone', 'a,b\n1,2\r3,4\n', 2, 'a carriage return stands without a line feed'],
    ['a carriage return at the end', 'a,b\n1,2\r', 2, 'a carriage return stands without a line feed'],
    ['Latin-1', Buffer.from('a,b\n1,2\n3,caf\xe9\n', 'latin1'), 3, 'is not UTF-8'],
    ['half a character at the end', Buffer.from([...Buffer.from('a,b\n1,'), 0xe2, 0x82]), 2, 'is not UTF-8'],
    [
      'half a character inside',
      Buffer.from([...Buffer.from('a\n"'), 0xe2, 0x82, ...Buffer.from('"\n')]),
      2,
      'is not UTF-8',
    ],
    ['UTF-16 with its mark', Buffer.from('\uFEFFa,b\n1,2\n', 'utf16le'), 1, 'is not UTF-8'],
    [
      'UTF-16 without one',
      Buffer.from('a,b\n1,2\n', 'utf16le'),
      1,
      'holds a NUL byte, as UTF-16 does: UTF-8 is due',
    ],
    ['a NUL byte', 'a,b\n1,2\n3,"4\n\0"\n', 4, 'holds a NUL byte, as UTF-16 does: UTF-8 is due'],
    ['a long field', `a,b\n1,2\n3,${long}\n`, 3, 'a field is longer than 65536 bytes'],
    ['a long field at the end', `a,b\n1,2\n3,${long}`, 3, 'a field is longer than 65536 bytes'],
    ['a million characters', `a,b\n1,2\n3,${'y'.repeat(1_000_000)}`, 3, 'a field is longer than 65536 bytes'],
    [
      'a long field in quotes',
      `a,b\n"\n","${long}\n"\n`,
      3,
      'a field in quotes is longer than 65536 bytes: perhaps a quote is not closed',
    ],
    [
      'a quote that swallows the file',
      `a,b\n1,"2\n${'3,4\n'.repeat(20_000)}`,
      2,
      'a field in quotes is longer than 65536 bytes: perhaps a quote is not closed',
    ],
    ['no line ends', `a,b\n${'1,'.repeat(600_000)}`, 2, 'a row is longer than 1048576 bytes'],
    ['a header without an end', 'a,'.repeat(600_000), 1, 'a row is longer than 1048576 bytes'],
  ])('refuses %s', async (_, content, line, rule) => {
    const bytes = Buffer.from(content);
    const expected = { check: 'FEED_FORMAT', file: 'customers.csv', line, rule };
    expect(await faultOf(bytes)).toMatchObject(expected);
    expect(await faultOf(bytes, [65_536])).toMatchObject(expected);
    if (bytes.length < 200)
      for (const size of [1, 2, 3, 5]) expect(await faultOf(bytes, [size])).toMatchObject(expected);
  });

  it('names the place of a fault, never what stands there', async () => {
    const fault = await faultOf(Buffer.from('a,b\n1,2\nJansen,"x"y\n'));
    expect(fault.message).toBe('customers.csv, line 3, text follows a closed quote');
  });
});
