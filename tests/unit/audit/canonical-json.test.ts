import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalBytes, parseCanonical } from '../../../src/audit/canonical-json.ts';
import { hasVectors, readVector } from './vectors.ts';

const PUBLISHED = ['arrays', 'french', 'structures', 'unicode', 'values', 'weird'];

describe('canonicalBytes', () => {
  it.skipIf(!hasVectors).each(PUBLISHED)('writes the published bytes of %s.json', (name) => {
    const value: unknown = JSON.parse(readVector(`jcs/testdata/input/${name}.json`).toString());
    const hex = readVector(`jcs/testdata/outhex/${name}.txt`).toString().replaceAll(/\s/g, '');
    expect(Buffer.from(canonicalBytes(value)).toString('hex')).toBe(hex);
  });

  it('refuses what JSON cannot say', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 'a\ud800', { '\udc00': 1 }, undefined]) {
      expect(() => canonicalBytes(value)).toThrow();
    }
  });
});

describe('parseCanonical', () => {
  it('reads every value from its bytes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const bytes = canonicalBytes(value);
        expect(canonicalBytes(parseCanonical(bytes))).toEqual(bytes);
      }),
    );
  });

  it.skipIf(!hasVectors)(
    'reads the published bytes and none of their inputs that are spelt otherwise',
    () => {
      for (const name of PUBLISHED) {
        const output = readVector(`jcs/testdata/output/${name}.json`);
        const input = readVector(`jcs/testdata/input/${name}.json`);
        expect(parseCanonical(output)).toBeDefined();
        if (!input.equals(output)) expect(parseCanonical(input)).toBeUndefined();
      }
    },
  );

  it.skipIf(!hasVectors)('refuses what a strict reader must', () => {
    const { cases }: { cases: { why: string; hex: string }[] } = JSON.parse(
      readVector('own/jcs-negative.json').toString(),
    );
    expect(cases.filter(({ hex }) => parseCanonical(Buffer.from(hex, 'hex')) !== undefined)).toEqual([]);
    expect(cases.length).toBeGreaterThan(0);
  });

  it.each([
    ['a repeated name', '{"a":1,"a":1}'],
    ['a space', '{"a": 1}'],
    ['names out of order', '{"b":1,"a":2}'],
    ['a byte order mark', '\ufeff{"a":1}'],
    ['a number spelt otherwise', '{"a":1.0}'],
    ['an escape that is not needed', '{"a":"\\u0041"}'],
    ['two values', '{}{}'],
    ['nothing', ''],
  ])('refuses %s', (_, text) => {
    expect(parseCanonical(Buffer.from(text))).toBeUndefined();
  });

  it('answers for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const value = parseCanonical(bytes);
        if (value !== undefined) expect(Buffer.from(canonicalBytes(value))).toEqual(Buffer.from(bytes));
      }),
    );
  });
});
