import { describe, expect, it, test } from 'vitest';
import { type ContractColumn, type FeedContract, layoutOf } from '../../src/domain/feed-contract.ts';
import { FeedRowParser, type ParsedBlock, type RowRules } from '../../src/domain/feed-row.ts';
import type { CellBlock } from '../../src/domain/ports.ts';

const KEY: ContractColumn = { name: 'party_id', type: 'id', category: 'key' };
const CONTRACT: FeedContract = {
  columns: [
    KEY,
    { name: 'age', type: 'integer', category: 'feature', min: 0, max: 120 },
    { name: 'balance', type: 'number', category: 'feature', min: -1000 },
    { name: 'opt_in', type: 'boolean', category: 'eligibility' },
    { name: 'opt_in_on', type: 'date', category: 'eligibility' },
    { name: 'job', type: 'text', category: 'feature', values: ['baker', '1234AB'] },
    { name: 'note', type: 'text', category: 'segment' },
    { name: 'household', type: 'id', category: 'segment' },
  ],
};
const RULES: RowRules = { lastDay: '2026-11-15', uniqueKeys: true, required: [] };
const SOUND = ['c1', '44', '12.50', 'true', '2020-02-29', 'baker', 'anything', 'h-1'];

/** A block as a file's reader makes it: cells apart in one buffer, lines from 2 on. */
function blockOf(rows: readonly (readonly string[])[], firstLine = 2): CellBlock {
  const width = rows[0]?.length ?? 0;
  const cells = new Int32Array(2 * width * rows.length);
  let text = '';
  rows.flat().forEach((cell, i) => {
    cells[2 * i] = Buffer.byteLength(text);
    text += cell;
    cells[2 * i + 1] = Buffer.byteLength(text);
    text += ',';
  });
  const lines = Int32Array.from(rows, (_, row) => firstLine + row);
  return { bytes: Buffer.from(text), cells, rows: rows.length, width, lines, ragged: [] };
}

function parse(rows: readonly (readonly string[])[], rules: Partial<RowRules> = {}): ParsedBlock {
  const header = CONTRACT.columns.map(({ name }) => name);
  return new FeedRowParser(CONTRACT, header, { ...RULES, ...rules }).parse(blockOf(rows));
}

/** The sound row with one cell changed. */
function withCell(name: string, cell: string): readonly string[] {
  const index = CONTRACT.columns.findIndex((column) => column.name === name);
  return SOUND.map((sound, i) => (i === index ? cell : sound));
}

describe('FeedRowParser', () => {
  it('lays accepted rows out by column, whatever their order in the file', () => {
    const order = [7, 3, 0, 5, 1, 6, 2, 4];
    const header = order.map((i) => CONTRACT.columns[i]?.name ?? '');
    const rows = [SOUND, ['c2', '', '-0.5', 'false', '1970-01-02', '', '', '']];
    const moved = rows.map((row) => order.map((i) => row[i] ?? ''));
    const { block, lines, rejected } = new FeedRowParser(CONTRACT, header, RULES).parse(blockOf(moved));
    expect(layoutOf(CONTRACT).numbers.map(({ name }) => name)).toEqual([
      'age',
      'balance',
      'opt_in',
      'opt_in_on',
    ]);
    expect(block).toEqual({
      rows: 2,
      customers: ['c1', 'c2'],
      numbers: [
        [44, Number.NaN],
        [12.5, -0.5],
        [1, 0],
        [18_321, 1],
      ].map((values) => Float64Array.from(values)),
      texts: [
        ['baker', null],
        ['anything', null],
        ['h-1', null],
      ],
    });
    expect([...lines]).toEqual([2, 3]);
    expect(rejected).toEqual([]);
  });

  test.each<[field: string, cell: string, rule: string]>([
    ['party_id', '', 'is missing'],
    ['party_id', 'c 1', 'is not 1 to 64 of A-Z a-z 0-9 _ -'],
    ['party_id', 'c'.repeat(65), 'is not 1 to 64 of A-Z a-z 0-9 _ -'],
    ['age', 'old', 'is not an integer'],
    ['age', '44.5', 'is not an integer'],
    ['age', '9007199254740993', 'is not an integer'],
    ['age', '-1', 'is below 0'],
    ['age', '121', 'is above 120'],
    ['balance', 'n/a', 'is not a number'],
    ['balance', '1,5', 'is not a number'],
    ['balance', '1e3', 'is not a number'],
    ['balance', '-1000.01', 'is below -1000'],
    ['opt_in', 'yes', 'is not true or false'],
    ['opt_in', '1', 'is not true or false'],
    ['opt_in_on', '2023-02-29', 'is not a date'],
    ['opt_in_on', '2026-11-16', 'lies after 2026-11-15'],
    ['job', 'pilot', 'is not on the closed list'],
    ['note', 'x'.repeat(501), 'is longer than 500 characters'],
    ['household', 'h 1', 'is not 1 to 64 of A-Z a-z 0-9 _ -'],
  ])('leaves out a row whose %s %j %s', (field, cell, rule) => {
    const parsed = parse([
      withCell('party_id', 'before'),
      withCell(field, cell),
      withCell('party_id', 'after'),
    ]);
    expect(parsed.rejected).toEqual([{ line: 3, field, rule }]);
    expect(parsed.block.customers).toEqual(['before', 'after']);
    expect([...parsed.lines]).toEqual([2, 4]);
    expect(parsed.block.numbers.map((values) => values.length)).toEqual([2, 2, 2, 2]);
    expect(parsed.block.texts.map((values) => values.length)).toEqual([2, 2, 2]);
    expect(parsed).toMatchObject({ forbidden: null, key: null });
  });

  test.each(['balance', 'opt_in_on', 'note', 'household'])(
    'an empty %s is missing where one is due',
    (field) => {
      expect(parse([withCell(field, '')]).rejected).toEqual([]);
      expect(parse([withCell(field, '')], { required: [field] }).rejected).toEqual([
        { line: 2, field, rule: 'is missing' },
      ]);
    },
  );

  // Whatever the column is for, and whether the row would have been used or not.
  test.each(
    ['party_id', 'age', 'balance', 'opt_in', 'opt_in_on', 'job', 'note', 'household'].flatMap((field) =>
      [
        ['123456782', 'citizen number'],
        ['NL91ABNA0417164300', 'account number'],
        ['1234ZZ', 'postal code'],
        ['0612345678', 'telephone'],
      ].map(([cell = '', kind = '']) => [field, cell, kind] as const),
    ),
  )('stops at %s %s: %s', (field, cell, kind) => {
    const { forbidden } = parse([withCell('party_id', 'before'), withCell(field, cell)]);
    expect(forbidden).toEqual({ line: 3, field, rule: `holds forbidden data: ${kind}` });
  });

  it('takes a value of a closed list as it is, for the list was approved', () => {
    expect(parse([withCell('job', '1234AB')])).toMatchObject({ forbidden: null, rejected: [] });
  });

  it('leaves amounts, dates and counts that only look like forbidden data', () => {
    const rows = ['123456782.50', '-999', '1234', '123456782.00', '612345678.90'].map((balance, i) =>
      SOUND.map((cell, c) => (c === 0 ? `c${i}` : c === 2 ? balance : cell)),
    );
    expect(parse(rows)).toMatchObject({ forbidden: null, rejected: [] });
  });

  it('stops at the first key that stands twice, also in another block', () => {
    const header = CONTRACT.columns.map(({ name }) => name);
    const parser = new FeedRowParser(CONTRACT, header, RULES);
    expect(parser.parse(blockOf([SOUND, withCell('party_id', 'c2')])).key).toBeNull();
    const again = parser.parse(blockOf([withCell('party_id', 'c3'), withCell('party_id', 'c2'), SOUND], 4));
    expect(again.key).toEqual({ line: 5, field: 'party_id', rule: 'stands on line 3 already' });
    expect(parse([SOUND, SOUND], { uniqueKeys: false }).key).toBeNull();
  });

  it('answers rows of another width among the others, in the order of the file', () => {
    const raw: CellBlock = {
      ...blockOf([SOUND, withCell('age', 'x')]),
      lines: Int32Array.of(2, 4),
      ragged: [
        { line: 3, fields: 2 },
        { line: 5, fields: 9 },
      ],
    };
    const header = CONTRACT.columns.map(({ name }) => name);
    expect(new FeedRowParser(CONTRACT, header, RULES).parse(raw).rejected).toEqual([
      { line: 3, field: '', rule: 'has 2 fields where the header has 8' },
      { line: 4, field: 'age', rule: 'is not an integer' },
      { line: 5, field: '', rule: 'has 9 fields where the header has 8' },
    ]);
  });
});
