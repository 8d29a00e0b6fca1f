import { CronExpressionParser } from 'cron-parser';
import { dateIn, dayNumber, type IsoWeek, mondayOf, weekOf } from './week.ts';

const HOUR = 3_600_000;
/** No place on earth begins its Monday earlier than this before Greenwich. */
const EARLIEST_MONDAY = 14 * HOUR;

/**
 * The first instant after `after` at which a schedule (cron expression of five fields) comes due in an IANA time zone. A time of
 * day that the clock skips comes due an hour later, one that it shows twice the first time only. Throws on what is no schedule.
 */
export function nextRunAt(schedule: string, timeZone: string, after: Date): Date {
  return CronExpressionParser.parse(schedule, { tz: timeZone, currentDate: after }).next().toDate();
}

/** Whether a text is a schedule: five fields, none of them drawn by lot (`H`), that come due some day. */
export function isSchedule(expression: string): boolean {
  if (expression.trim().split(/\s+/).length !== 5 || /(^|[\s,])H/i.test(expression)) return false;
  try {
    CronExpressionParser.parse(expression, { tz: 'UTC' }).next();
    return true;
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
  // Asked forwards only: backwards, the parser passes over the times that the clock skips.
  return nextRunAt('0 0 * * 1', timeZone, earliest);
}

/** The week of an instant in a time zone. */
export function weekIn(timeZone: string, instant: Date): IsoWeek {
  return weekOf(dateIn(timeZone, instant));
}
