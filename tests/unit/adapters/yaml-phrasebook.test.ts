import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { YamlPhrasebook } from '../../../src/adapters/texts/yaml-phrasebook.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waarom-texts-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A book of one phrase a language, or of whole files. */
async function open(nl: string, en: string): Promise<YamlPhrasebook> {
  await writeFile(join(folder, 'letter-3.nl.yaml'), nl);
  await writeFile(join(folder, 'letter-3.en.yaml'), en);
  return YamlPhrasebook.open(folder, 'letter/3');
}

async function faultOf(book: Promise<unknown>): Promise<string> {
  const error = await book.then(
    () => new Error('nothing'),
    (thrown: unknown) => thrown,
  );
  const messages: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) messages.push(cause.message);
  return messages.join(': ');
}

const one = (phrase: string) => `phrase: "${phrase}"`;

describe('a phrasebook', () => {
  it('says phrases by their path, with numbers, amounts and days as the language writes them', async () => {
    const text = 'a: { b: "{sum, number, eur}; {n, number, decimal}; {s, number, share}; {on, date, day}" }';
    const book = await open(text, text);
    const values = { sum: -1234.5, n: 12_345.678, s: 0.1234, on: new Date('2026-03-01T00:00:00Z') };
    expect(book.version).toBe('letter/3');
    expect(book.names).toEqual(['a.b']);
    expect(book.say('nl', 'a.b', values)).toBe('€\u00A0-1.234,50; 12.345,68; 12,3%; 1 maart 2026');
    expect(book.say('en', 'a.b', values)).toBe('-€1,234.50; 12,345.68; 12.3%; 1 March 2026');
  });

  it('says one and many', async () => {
    const book = await open(
      one('{n, plural, one {# dag} other {# dagen}}'),
      one('{n, plural, one {# day} other {# days}}'),
    );
    expect([0, 1, 2, 1000].map((n) => book.say('nl', 'phrase', { n }))).toEqual([
      '0 dagen',
      '1 dag',
      '2 dagen',
      '1.000 dagen',
    ]);
    expect([0, 1, 2].map((n) => book.say('en', 'phrase', { n }))).toEqual(['0 days', '1 day', '2 days']);
  });

  it('refuses a phrase that it lacks, and values that are missing or of another kind', async () => {
    const text = '{who}, {sum, number, eur}, {on, date, day}, {way, select, up {u} other {d}}';
    const book = await open(one(text), one(text));
    const values = { who: 'a', sum: 1, on: new Date(0), way: 'up' };
    expect(book.say('nl', 'phrase', values)).toContain('a, ');
    expect(() => book.say('nl', 'other', values)).toThrow('letter/3 has no phrase other');
    const wrong = [
      { sum: 1, on: new Date(0), way: 'up' },
      { ...values, sum: Number.NaN },
      { ...values, sum: '1' },
      { ...values, on: '1970-01-01' },
      { ...values, on: new Date(Number.NaN) },
      { ...values, way: 1 },
    ];
    for (const given of wrong) expect(() => book.say('nl', 'phrase', given)).toThrow(/wants a/);
  });

  it('wants what stands in any of its choices', async () => {
    const text = '{way, select, up {{sum, number, eur}} other {-}}';
    const book = await open(one(text), one(text));
    expect(() => book.say('nl', 'phrase', { way: 'up' })).toThrow('the phrase wants a number as sum');
    expect(() => book.say('nl', 'phrase', { way: 'down' })).toThrow('the phrase wants a number as sum');
  });

  it('shows what it is given as it is', async () => {
    const book = await open(one('{who}'), one('{who}'));
    expect(book.say('nl', 'phrase', { who: "<b>{who}</b> '{x}'" })).toBe("<b>{who}</b> '{x}'");
  });

  it.each([
    ['a phrase of one language only', 'a: x\nb: y', 'a: x', /languages do not agree on b/],
    ['other values', one('{a}'), one('{b}'), /languages do not agree on phrase/],
    ['another kind of value', one('{a}'), one('{a, number, whole}'), /languages do not agree on phrase/],
    [
      'a message that does not end',
      one('{a'),
      one('{a}'),
      /letter-3.nl.yaml cannot be used: the phrase phrase is no message/,
    ],
    ['a choice without a rest', one('{a, select, x {y}}'), one('{a}'), /phrase is no message/],
    ['a format without a name', one('{a, number, erus}'), one('{a}'), /a has none of the formats whole/],
    ['no format', one('{a, number}'), one('{a}'), /a has none of the formats/],
    ['a skeleton', one('{a, number, ::currency/EUR}'), one('{a}'), /a has none of the formats/],
    [
      'a format inside a choice',
      one('{c, select, x {{a, date, long}} other {}}'),
      one('{a}'),
      /none of the formats day/,
    ],
    ['a time of day', one('{a, time, short}'), one('{a}'), /no times of day/],
    ['markup', one('<b>{a}</b>'), one('{a}'), /no markup/],
    ['two kinds of one value', one('{a} {a, number, whole}'), one('{a}'), /a is both a value and a number/],
    ['an empty phrase', 'a: ""', 'a: x', /cannot be used/],
    ['a number', 'a: 1', 'a: x', /cannot be used/],
    ['a list', '- x', 'a: x', /cannot be used/],
    ['a key twice', 'a: x\na: y', 'a: x', /unique/],
    ['no YAML', 'a: [', 'a: x', /cannot be used/],
  ])('does not open with %s', async (_, nl, en, fault) => {
    expect(await faultOf(open(nl, en))).toMatch(fault);
  });

  it('does not open without its files', async () => {
    expect(await faultOf(YamlPhrasebook.open(folder, 'letter/4'))).toMatch(
      /letter-4.nl.yaml cannot be used.*ENOENT/,
    );
  });

  it('ships without a dash in place of a word, or two spaces', async () => {
    for (const language of ['nl', 'en']) {
      const file = join(import.meta.dirname, `../../../texts/explanation-1.${language}.yaml`);
      expect(await readFile(file, 'utf8')).not.toMatch(/TODO|XXX|[^ \n] {2,}[^ ]/);
    }
  });
});
