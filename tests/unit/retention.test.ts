import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keptFrom, type Period, parsePeriod } from '../../src/domain/retention.ts';

const period = (text: string): Period => {
  const parsed = parsePeriod(text);
  if (parsed === null) throw new Error(`${text} is no period`);
  return parsed;
};

describe('parsePeriod', () => {
  it.each([
    ['P5Y', 60, 0],
    ['P18M', 18, 0],
    ['P1Y6M', 18, 0],
    ['P26W', 0, 182],
    ['P400D', 0, 400],
    ['P1Y2M3W4D', 14, 25],
    ['P90D', 0, 90],
  ])('reads %s', (text, months, days) => expect(parsePeriod(text)).toEqual({ text, months, days }));

  it.each([
    '',
    'P',
    '5Y',
    'p5y',
    'P5',
    'P-5Y',
    'P5.5Y',
    'PT24H',
    'P5YT1H',
    'P1D1Y',
    'P89D',
    'P3M',
    'P0Y',
    ' P5Y',
  ])('refuses "%s"', (text) => expect(parsePeriod(text)).toBeNull());
});

describe('keptFrom', () => {
  it.each([
    ['2026-11-21', 'P5Y', '2021-11-21'],
    ['2024-02-29', 'P1Y', '2023-02-28'],
    ['2026-05-31', 'P18M', '2024-11-30'],
    ['2026-03-31', 'P90D', '2025-12-31'],
    ['2026-01-01', 'P1Y1M1D', '2024-11-30'],
  ])('on %s, after %s, is %s', (today, text, day) => expect(keptFrom(today, period(text))).toBe(day));

  it('goes on with the day, and never back', () => {
    const days = fc.integer({ min: 0, max: 20_000 });
    fc.assert(
      fc.property(days, fc.integer({ min: 4, max: 200 }), (n, months) => {
        const at = (day: number) => new Date(86_400_000 * day).toISOString().slice(0, 10);
        const kept = (day: number) => keptFrom(at(day), { text: '', months, days: 0 });
        expect(kept(n + 1) >= kept(n)).toBe(true);
        expect(kept(n) < at(n - 27 * months)).toBe(true);
      }),
    );
  });
});
