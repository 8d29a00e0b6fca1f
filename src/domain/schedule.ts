import { Cron } from 'croner';
import { dateIn, dayNumber, type IsoWeek, mondayOf, weekOf } from './week.ts';

const HOUR = 3_600_000;
/** No place on earth begins its Monday earlier than this before Greenwich. */
const EARLIEST_MONDAY = 14 * HOUR;
/** Any instant would do: a schedule comes due after it or never. */
const LONG_AGO = new Date(0);

/**
 * The first instant after `after` at which a schedule (cron expression of five fields) comes due in an IANA time zone. A time of
 * day that the clock skips comes due right after the gap, one that it shows twice the first time only, as with cron(8). Throws on
 * what is no schedule.
 */
export function nextRunAt(schedule: string, timeZone: string, after: Date): Date {
  const next = new Cron(schedule, { timezone: timeZone, mode: '5-part' }).nextRun(after);
  if (next === null) throw new RangeError(`the schedule '${schedule}' never comes due`);
  return next;
}

/** Whether a text is a schedule: five fields that come due some day. */
export function isSchedule(expression: string): boolean {
  if (expression.trim().split(/\s+/).length !== 5) return false;
  try {
    return new Cron(expression, { timezone: 'UTC', mode: '5-part' }).nextRun(LONG_AGO) !== null;
  } catch {
    return false;
  }
}

/** When a schedule first comes due in a week of its time zone, not before an instant; null when it does not. */
export function dueInWeek(schedule: string, timeZone: string, week: IsoWeek, notBefore: Date): Date | null {
  const monday = beginOf(timeZone, week);
  const due = nextRunAt(schedule, timeZone, new Date(Math.max(monday.getTime(), notBefore.getTime()) - 1));
  return weekIn(timeZone, due) === week ? due : null;
}

/** The first instant of a week in a time zone. */
export function beginOf(timeZone: string, week: IsoWeek): Date {
  const earliest = new Date(dayNumber(mondayOf(week)) * 24 * HOUR - EARLIEST_MONDAY - 1);
  return nextRunAt('0 0 * * 1', timeZone, earliest);
}

/** The week of an instant in a time zone. */
export function weekIn(timeZone: string, instant: Date): IsoWeek {
  return weekOf(dateIn(timeZone, instant));
}
