import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  addWeeks,
  dateIn,
  dayNumber,
  isoDate,
  isWeek,
  mondayOf,
  sundayOf,
  weekOf,
  weeksBetween,
} from '../../src/domain/week.ts';

interface Day {
  readonly date: string;
  /** 0 is Monday. */
  readonly weekday: number;
  readonly week: string;
  readonly monday: string;
}

const pad = (value: number, length = 2) => String(value).padStart(length, '0');

/**
 * Every day of a span, counted on a calendar of the test's own: a year's first week is the one that holds 4 January,
 * weeks are numbered on from it, Monday by Monday.
 */
function calendar(firstYear: number, firstWeekday: number, lastYear: number): readonly Day[] {
  const days: { date: string; year: number; month: number; day: number; weekday: number }[] = [];
  let weekday = firstWeekday;
  for (let year = firstYear; year <= lastYear; year++) {
    const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
    [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].forEach((length, month) => {
      for (let day = 1; day <= length; day++) {
        days.push({ date: `${pad(year, 4)}-${pad(month + 1)}-${pad(day)}`, year, month, day, weekday });
        weekday = (weekday + 1) % 7;
      }
    });
  }
  const weeks: Day[] = [];
  let [year, number] = [0, 0];
  for (let at = days.findIndex((day) => day.weekday === 0); at + 6 < days.length; at += 7) {
    const seven = days.slice(at, at + 7);
    const fourth = seven.find(({ month, day }) => month === 0 && day === 4);
    if (fourth !== undefined) [year, number] = [fourth.year, 0];
    number++;
    if (year === 0) continue;
    for (const { date, weekday } of seven) {
      weeks.push({ date, weekday, week: `${pad(year, 4)}-W${pad(number)}`, monday: seven[0]?.date ?? '' });
    }
  }
  return weeks;
}

// 1 January 1960 was a Friday.
const DAYS = calendar(1960, 4, 2101);
const anyWeek = fc.constantFrom(...new Set(DAYS.map(({ week }) => week)));

describe('weeks', () => {
  it('are those of the calendar on every day from 1961 to 2100', () => {
    expect(DAYS.length).toBeGreaterThan(51_000);
    expect(DAYS.filter(({ date, week }) => weekOf(date) !== week)).toEqual([]);
  });

  it('begin on their Monday and end on their Sunday', () => {
    const english = new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: 'UTC' });
    for (const { week, monday } of DAYS.filter(({ weekday }) => weekday === 0)) {
      expect(mondayOf(week)).toBe(monday);
      expect(english.format(new Date(`${sundayOf(week)}T12:00:00Z`))).toBe('Sunday');
      expect(weekOf(sundayOf(week))).toBe(week);
    }
  });

  it('are 53 in the long years and 52 in the others', () => {
    const long = [1970, 1976, 1981, 1987, 1992, 1998, 2004, 2009, 2015, 2020, 2026, 2032].concat([
      2037, 2043, 2048, 2054, 2060, 2065, 2071, 2076, 2082, 2088, 2093, 2099,
    ]);
    for (let year = 1970; year <= 2100; year++) expect(isWeek(`${year}-W53`)).toBe(long.includes(year));
  });

  it.each(['2026-W00', '2025-W53', '2026-W54', '2026-W1', '2026W01', '2026-w01', ' 2026-W01', '', '26-W01'])(
    'that do not exist are refused: %j',
    (text) => {
      expect(isWeek(text)).toBe(false);
      expect(() => mondayOf(text)).toThrow(RangeError);
    },
  );

  it('add up', () => {
    fc.assert(
      fc.property(anyWeek, fc.integer({ min: -500, max: 500 }), (week, weeks) => {
        fc.pre(week > '1971' && week < '2090');
        const later = addWeeks(week, weeks);
        expect(weeksBetween(week, later)).toBe(weeks);
        expect(addWeeks(later, -weeks)).toBe(week);
        expect(later > week).toBe(weeks > 0);
      }),
    );
    expect(addWeeks('2020-W53', 1)).toBe('2021-W01');
    expect(weeksBetween('2008-W18', '2010-W47')).toBe(134);
  });
});

describe('days', () => {
  it('are counted from 1970 and back', () => {
    expect(dayNumber('1970-01-01')).toBe(0);
    const first = DAYS[0]?.date ?? '';
    const from = dayNumber(first);
    expect(DAYS.filter(({ date }, i) => dayNumber(date) !== from + i || isoDate(from + i) !== date)).toEqual(
      [],
    );
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
    expect(addDays('2023-01-01', -1)).toBe('2022-12-31');
  });

  it.each([
    '2026-02-29',
    '2026-02-30',
    '2026-13-01',
    '2026-00-10',
    '2026-1-1',
    '2026-01-01T00:00',
    '',
    'now',
  ])('that do not exist are refused: %j', (text) => {
    expect(() => dayNumber(text)).toThrow(RangeError);
  });
});

describe('dateIn', () => {
  it.each([
    ['2026-03-28T22:59:59Z', '2026-03-28'],
    ['2026-03-28T23:00:00Z', '2026-03-29'],
    // From here the clocks are at summer time.
    ['2026-03-29T21:59:59Z', '2026-03-29'],
    ['2026-03-29T22:00:00Z', '2026-03-30'],
    ['2026-10-24T21:59:59Z', '2026-10-24'],
    ['2026-10-24T22:00:00Z', '2026-10-25'],
    // And back.
    ['2026-10-25T22:59:59Z', '2026-10-25'],
    ['2026-10-25T23:00:00Z', '2026-10-26'],
  ])('%s is %s in Amsterdam', (instant, date) => {
    expect(dateIn('Europe/Amsterdam', new Date(instant))).toBe(date);
  });

  it('follows summer time of the European Union at every hour of 1997 to 2037', () => {
    const lastSunday = (year: number, month: number) => {
      const last = new Date(Date.UTC(year, month + 1, 0));
      return last.getTime() - last.getUTCDay() * 86_400_000 + 3_600_000;
    };
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1997-01-01'), max: new Date('2037-12-31'), noInvalidDate: true }),
        (instant) => {
          const year = instant.getUTCFullYear();
          const summer = instant.getTime() >= lastSunday(year, 2) && instant.getTime() < lastSunday(year, 9);
          const local = new Date(instant.getTime() + (summer ? 2 : 1) * 3_600_000);
          expect(dateIn('Europe/Amsterdam', instant)).toBe(local.toISOString().slice(0, 10));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('knows zones on both sides of the date line', () => {
    const noon = new Date('2026-11-16T11:30:00Z');
    expect(dateIn('Pacific/Kiritimati', noon)).toBe('2026-11-17');
    expect(dateIn('Etc/GMT+12', noon)).toBe('2026-11-15');
  });
});
