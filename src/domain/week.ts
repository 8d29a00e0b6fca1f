/** An ISO 8601 week, "2026-W47". */
export type IsoWeek = string;
/** A calendar day without a time, "2026-11-16". */
export type IsoDate = string;

const DAY = 86_400_000;

/** Days since 1970-01-01 of a calendar day; throws RangeError on a day that does not exist. */
export function dayNumber(date: IsoDate): number {
  const time = Date.parse(`${date}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(time) || isoDate(time / DAY) !== date) {
    throw new RangeError(`${JSON.stringify(date)} is not a calendar day`);
  }
  return time / DAY;
}

/** The calendar day that is `day` days after 1970-01-01. */
export function isoDate(day: number): IsoDate {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

export function addDays(date: IsoDate, days: number): IsoDate {
  return isoDate(dayNumber(date) + days);
}

/** 0 is Monday. */
const weekday = (day: number): number => (((day + 3) % 7) + 7) % 7;

const CALENDARS = new Map<string, Intl.DateTimeFormat>();

/** The calendar day of an instant in an IANA time zone. */
export function dateIn(timeZone: string, instant: Date): IsoDate {
  const known = CALENDARS.get(timeZone);
  const calendar = known ?? new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  if (known === undefined) CALENDARS.set(timeZone, calendar);
  return calendar.format(instant);
}

/** The ISO week that holds a calendar day: the week belongs to the year of its Thursday. */
export function weekOf(date: IsoDate): IsoWeek {
  const day = dayNumber(date);
  const thursday = day - weekday(day) + 3;
  const year = Number(isoDate(thursday).slice(0, 4));
  const ordinal = thursday - dayNumber(`${String(year).padStart(4, '0')}-01-01`);
  return `${String(year).padStart(4, '0')}-W${String(1 + Math.floor(ordinal / 7)).padStart(2, '0')}`;
}

/** The Monday of a week; throws RangeError where the week does not exist. */
export function mondayOf(week: IsoWeek): IsoDate {
  const parts = /^(\d{4})-W(\d{2})$/.exec(week);
  if (parts?.[1] === undefined) throw new RangeError(`${JSON.stringify(week)} is not an ISO week`);
  const fourth = dayNumber(`${parts[1]}-01-04`);
  const monday = isoDate(fourth - weekday(fourth) + 7 * (Number(parts[2]) - 1));
  if (weekOf(monday) !== week) throw new RangeError(`${week} does not exist`);
  return monday;
}

export function sundayOf(week: IsoWeek): IsoDate {
  return addDays(mondayOf(week), 6);
}

/** The week `weeks` weeks later (earlier when negative). */
export function addWeeks(week: IsoWeek, weeks: number): IsoWeek {
  return weekOf(addDays(mondayOf(week), 7 * weeks));
}

/** Whole weeks from one week to another; negative when `to` is the earlier. */
export function weeksBetween(from: IsoWeek, to: IsoWeek): number {
  return (dayNumber(mondayOf(to)) - dayNumber(mondayOf(from))) / 7;
}

export function isWeek(text: string): boolean {
  try {
    mondayOf(text);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
