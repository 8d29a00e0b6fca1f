import { dayNumber, type IsoDate, isoDate } from './week.ts';

/** Kinds of record, each with a period of its own. */
export const RETAINED_KINDS = ['snapshots', 'decisions', 'batches', 'contacts'] as const;
export type RetainedKind = (typeof RETAINED_KINDS)[number];

/** An ISO 8601 duration of years, months, weeks and days; `text` as it was given. */
export interface Period {
  readonly text: string;
  readonly months: number;
  readonly days: number;
}

/** How long each kind of record is kept. */
export type Retention = Readonly<Record<RetainedKind, Period>>;

const PERIOD = /^P(?=\d)(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?$/;
/** Contacts of the last weeks bear on who is mailed, and a run's record on its review. */
const SHORTEST_DAYS = 90;

/** A period from its text; null for what is none, and for one shorter than 90 days, which the weekly runs live on. */
export function parsePeriod(text: string): Period | null {
  const parts = PERIOD.exec(text);
  if (parts === null) return null;
  const [years = 0, months = 0, weeks = 0, days = 0] = parts.slice(1).map((part) => Number(part ?? 0));
  const period = { text, months: 12 * years + months, days: 7 * weeks + days };
  return 28 * period.months + period.days < SHORTEST_DAYS ? null : period;
}

/** The first day that is still kept: what is of an earlier one is past its period. A month ends no later than its last day. */
export function keptFrom(today: IsoDate, { months, days }: Period): IsoDate {
  const [year = 0, month = 0, day = 0] = today.split('-').map(Number);
  const first = new Date(Date.UTC(year, month - 1 - months, 1));
  const lastDay = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(day, lastDay));
  return isoDate(dayNumber(first.toISOString().slice(0, 10)) - days);
}
