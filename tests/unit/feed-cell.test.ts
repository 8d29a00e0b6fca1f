import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { booleanCell, dateCell, isId, numberCell, textCell } from '../../src/domain/feed-cell.ts';
import { isoDate } from '../../src/domain/week.ts';

/** A cell in the middle of other bytes, as it stands in a block. */
function read<T>(cell: (bytes: Uint8Array, start: number, end: number) => T, text: string): T {
  const bytes = Buffer.from(`9,${text},9`);
  return cell(bytes, 2, bytes.length - 2);
}

const digits = (maxLength: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength }).map((parts) => parts.join(''));

describe('numberCell', () => {
  it('is the double that JavaScript reads, for whatever digits', () => {
    fc.assert(
      fc.property(fc.boolean(), digits(30), fc.option(digits(40)), (negative, whole, fraction) => {
        const text = `${negative ? '-' : ''}${whole}${fraction === null ? '' : `.${fraction}`}`;
        expect(read(numberCell, text)).toBe(Number(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps fifteen digits exactly, wherever their point is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999_999_999_999_999 }),
        fc.integer({ min: 0, max: 15 }),
        (n, decimals) => {
          const unscaled = String(n).padStart(decimals + 1, '0');
          const text =
            decimals === 0 ? unscaled : `${unscaled.slice(0, -decimals)}.${unscaled.slice(-decimals)}`;
          expect(
            read(numberCell, text)
              .toFixed(decimals)
              .replace(/^0+(?=\d)/, ''),
          ).toBe(decimals === 0 ? String(n) : text.replace(/^0+(?=\d)/, ''));
        },
      ),
    );
  });

  test.each([
    '',
    '-',
    '.',
    '1.',
    '.5',
    '-.5',
    '+1',
    '1e3',
    '1,5',
    '1.2.3',
    '--1',
    '0x10',
    ' 1',
    '1 ',
    'NaN',
    'Infinity',
    '٣',
    '9'.repeat(400),
  ])('is not a number: %j', (text) => {
    expect(read(numberCell, text)).toBeNaN();
  });
});

describe('booleanCell', () => {
  it('is true or false in small letters, and nothing else', () => {
    expect(read(booleanCell, 'true')).toBe(1);
    expect(read(booleanCell, 'false')).toBe(0);
    for (const text of ['', '1', '0', 'TRUE', 'True', 'truth', 'tru', 'ja', 'yes', 't'])
      expect(read(booleanCell, text)).toBeNaN();
  });
});

describe('dateCell', () => {
  it('is the day that the calendar has, for every day of a thousand years', () => {
    for (let day = -300_000; day <= 66_000; day++) {
      if (read(dateCell, isoDate(day)) !== day) expect(isoDate(day)).toBe(day);
    }
  });

  test.each([
    ['2024-02-29', 19_782],
    ['2000-02-29', 11_016],
    ['1970-01-01', 0],
    ['9999-12-31', 2_932_896],
  ])('%s is day %d', (text, day) => {
    expect(read(dateCell, text)).toBe(day);
  });

  test.each([
    '2023-02-29',
    '1900-02-29',
    '2100-02-29',
    '2024-02-30',
    '2024-04-31',
    '2024-00-10',
    '2024-13-10',
    '2024-01-00',
    '2024-01-32',
    '0999-01-01',
    '2024-1-01',
    '24-01-01',
    '01-02-2024',
    '2024/01/01',
    '20240101',
    '2024-01-01T00:00:00Z',
    '2024-01--1',
    '2024-01-1.',
    '-024-01-01',
    'yyyy-mm-dd',
    '',
  ])('%j is no date', (text) => {
    expect(read(dateCell, text)).toBeNaN();
  });
});

describe('isId', () => {
  it('is 1 to 64 letters, digits, _ and -', () => {
    const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
    fc.assert(
      fc.property(id, (text) => {
        expect(read(isId, text)).toBe(true);
      }),
    );
    for (const text of ['', 'a'.repeat(65), 'a b', 'a.b', 'é', 'a@b', 'a/b', 'a\0b', '[', '`', '{'])
      expect([text, read(isId, text)]).toEqual([text, false]);
  });
});

describe('textCell', () => {
  it('is the text, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(read(textCell, text)).toBe(text);
      }),
    );
    expect(read(textCell, '\uFEFFmark')).toBe('\uFEFFmark');
  });
});
