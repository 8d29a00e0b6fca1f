import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginOf, dueInWeek, nextRunAt, weekIn } from '../../src/domain/schedule.ts';
import { addDays, addWeeks, dateIn, dayNumber, mondayOf } from '../../src/domain/week.ts';

const AMSTERDAM = 'Europe/Amsterdam';
const LONG_AGO = new Date(0);

const due = (schedule: string, week: string, zone = AMSTERDAM) =>
  dueInWeek(schedule, zone, week, LONG_AGO)?.toISOString() ?? null;

describe('a schedule in the week in which the clock goes forward (2026-03-29, 02:00 to 03:00)', () => {
  it('keeps Sunday 01:00', () => {
    expect(due('0 1 * * 0', '2026-W12')).toBe('2026-03-22T00:00:00.000Z');
    expect(due('0 1 * * 0', '2026-W13')).toBe('2026-03-29T00:00:00.000Z');
    expect(due('0 1 * * 0', '2026-W14')).toBe('2026-04-04T23:00:00.000Z');
  });

  it('makes 02:30, which does not exist, the first instant after the gap', () => {
    expect(due('30 2 * * 0', '2026-W13')).toBe('2026-03-29T01:00:00.000Z');
    expect(nextRunAt('30 2 * * 0', AMSTERDAM, new Date('2026-03-29T01:00:00Z')).toISOString()).toBe(
      '2026-04-05T00:30:00.000Z',
    );
  });
});

describe('a schedule in the week in which the clock goes back (2026-10-25, 03:00 to 02:00)', () => {
  it('keeps Sunday 01:00', () => {
    expect(due('0 1 * * 0', '2026-W42')).toBe('2026-10-17T23:00:00.000Z');
    expect(due('0 1 * * 0', '2026-W43')).toBe('2026-10-24T23:00:00.000Z');
    expect(due('0 1 * * 0', '2026-W44')).toBe('2026-11-01T00:00:00.000Z');
  });

  it('takes the first of two 02:30', () => {
    expect(due('30 2 * * 0', '2026-W43')).toBe('2026-10-25T00:30:00.000Z');
    expect(nextRunAt('30 2 * * 0', AMSTERDAM, new Date('2026-10-25T00:30:00Z')).toISOString()).toBe(
      '2026-11-01T01:30:00.000Z',
    );
  });
});

describe('nextRunAt', () => {
  it('is after the instant asked for, not at it', () => {
    const sunday = new Date('2026-11-15T00:00:00Z');
    expect(nextRunAt('0 1 * * 0', AMSTERDAM, new Date(sunday.getTime() - 1))).toEqual(sunday);
    expect(nextRunAt('0 1 * * 0', AMSTERDAM, sunday).toISOString()).toBe('2026-11-22T00:00:00.000Z');
  });

  it('throws on what is no schedule', () => {
    expect(() => nextRunAt('61 * * * *', AMSTERDAM, LONG_AGO)).toThrow('minute');
    expect(() => nextRunAt('0 1 31 2 *', AMSTERDAM, LONG_AGO)).toThrow('never comes due');
  });
});

describe('dueInWeek', () => {
  it('is null in a week in which the schedule does not come due', () => {
    expect(due('0 1 1 * *', '2026-W47')).toBeNull();
    expect(due('0 1 1 * *', '2026-W49')).toBe('2026-12-01T00:00:00.000Z');
  });

  it('looks no earlier than it is told to', () => {
    const applied = new Date('2026-11-15T00:00:00.001Z');
    expect(dueInWeek('0 1 * * 0', AMSTERDAM, '2026-W46', applied)).toBeNull();
    expect(dueInWeek('0 1 * * 0', AMSTERDAM, '2026-W46', new Date(applied.getTime() - 1))).not.toBeNull();
  });

  const ZONES = [
    AMSTERDAM,
    'UTC',
    'America/New_York',
    'Pacific/Kiritimati',
    'Pacific/Pago_Pago',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'Asia/Beirut',
  ];
  const zones = fc.constantFrom(...ZONES);
  const weeks = fc.integer({ min: 0, max: 1000 }).map((n) => addWeeks('2015-W01', n));

  it('comes due once in every week, on the day that it names, whatever the clocks do', () => {
    fc.assert(
      fc.property(
        zones,
        weeks,
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: 0, max: 22 }),
        fc.integer({ min: 0, max: 6 }),
        (zone, week, minute, hour, weekday) => {
          const schedule = `${minute} ${hour} * * ${weekday}`;
          const first = dueInWeek(schedule, zone, week, LONG_AGO);
          if (first === null) throw new Error('not due');
          expect(weekIn(zone, first)).toBe(week);
          expect(dateIn(zone, first)).toBe(addDays(mondayOf(week), (weekday + 6) % 7));
          expect(dueInWeek(schedule, zone, week, new Date(first.getTime() + 1))).toBeNull();
        },
      ),
    );
  });

  it.each(ZONES)('comes due once a night in the weeks in which the clocks of %s change', (zone) => {
    const changing = Array.from({ length: 1000 }, (_, n) => addWeeks('2015-W01', n)).filter(
      (week) =>
        beginOf(zone, addWeeks(week, 1)).getTime() - beginOf(zone, week).getTime() !== 168 * 3_600_000,
    );
    for (const week of changing)
      for (const time of ['0 0', '30 0', '0 1', '45 1', '0 2', '15 2', '30 2', '0 3', '59 23']) {
        let after = new Date(beginOf(zone, week).getTime() - 1);
        for (let day = 0; day < 7; day++) {
          after = nextRunAt(`${time} * * *`, zone, after);
          expect(dateIn(zone, after), `${time} in ${week}`).toBe(addDays(mondayOf(week), day));
        }
      }
  });

  it('begins with the Monday of its time zone', () => {
    fc.assert(
      fc.property(zones, weeks, (zone, week) => {
        const first = dueInWeek('* * * * *', zone, week, LONG_AGO);
        if (first === null) throw new Error('not due');
        expect(weekIn(zone, first)).toBe(week);
        expect(weekIn(zone, new Date(first.getTime() - 1))).toBe(addWeeks(week, -1));
        expect(Math.abs(first.getTime() / 86_400_000 - dayNumber(mondayOf(week)))).toBeLessThan(1);
      }),
      { numRuns: 30 },
    );
  });
});
