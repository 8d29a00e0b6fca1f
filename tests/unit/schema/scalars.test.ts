import fc from 'fast-check';
import { GraphQLError, type GraphQLScalarType, parseValue } from 'graphql';
import { describe, expect, it } from 'vitest';
import { isoDate, weekOf } from '../../../src/domain/week.ts';
import {
  Base64Scalar,
  DateScalar,
  DateTimeScalar,
  DigestScalar,
  IsoWeekScalar,
} from '../../../src/schema/scalars.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

const CASES: readonly (readonly [GraphQLScalarType, readonly string[], readonly unknown[]])[] = [
  [
    DateScalar,
    ['2026-11-16', '2024-02-29'],
    ['2026-02-29', '2026-2-9', '2026-11-16T00:00:00Z', '', 20261116],
  ],
  [IsoWeekScalar, ['2026-W47', '2026-W53'], ['2026-W54', '2025-W53', '2026-W00', '2026-W7', '2026W47', 47]],
  [DigestScalar, [DIGEST], [DIGEST.toUpperCase(), DIGEST.slice(7), `${DIGEST}0`, `${DIGEST}\n`, null]],
  [Base64Scalar, ['', 'AA==', 'AAAA', '+/8='], ['AA', 'AB==', 'AA==\n', 'A A=', '-_8=', '=', {}]],
];

describe.each(CASES.map((row) => [row[0].name, ...row] as const))('%s', (name, scalar, good, bad) => {
  it.each(good)('takes %j from a variable and from the document, and gives it back', (text) => {
    expect(scalar.parseValue(text)).toBe(text);
    expect(scalar.parseLiteral(parseValue(JSON.stringify(text)), {})).toBe(text);
    expect(scalar.serialize(text)).toBe(text);
  });

  it.each(bad)('refuses %j and says what it expects, not what it got', (value) => {
    const refused = () => scalar.parseValue(value);
    expect(refused).toThrow(GraphQLError);
    expect(refused).toThrow(new RegExp(`^${name} is `));
    if (typeof value === 'string' && value !== '') expect(refused).not.toThrow(value);
    expect(() => scalar.serialize(value)).toThrow(TypeError);
  });

  it('refuses a number in the document', () => {
    expect(() => scalar.parseLiteral(parseValue('7'), {})).toThrow(`${name} is `);
  });
});

describe('every day and its week', () => {
  it('pass through Date and IsoWeek', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40_000 }), (day) => {
        const date = isoDate(day);
        expect(DateScalar.parseValue(date)).toBe(date);
        expect(IsoWeekScalar.parseValue(weekOf(date))).toBe(weekOf(date));
      }),
    );
  });
});

describe('DateTime', () => {
  it('reads any offset and writes UTC', () => {
    const instant = DateTimeScalar.parseValue('2026-11-16T10:00:00+01:00');
    expect(JSON.stringify(DateTimeScalar.serialize(instant))).toBe('"2026-11-16T09:00:00.000Z"');
  });

  it.each(['2026-02-30T00:00:00Z', '2026-11-16', '2026-11-16T10:00:00', 1_700_000_000])(
    'refuses %j',
    (value) => {
      expect(() => DateTimeScalar.parseValue(value)).toThrow('DateTime cannot represent');
    },
  );
});
