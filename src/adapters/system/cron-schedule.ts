import { CronExpressionParser } from 'cron-parser';

/** When a schedule is due next after an instant, as clocks in the time zone show it. */
export function nextDue(schedule: string, timeZone: string, after: Date): Date {
  return CronExpressionParser.parse(schedule, { currentDate: after, tz: timeZone }).next().toDate();
}
