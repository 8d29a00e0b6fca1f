import { refuse } from './refusal.ts';
import { type IsoWeek, weeksBetween } from './week.ts';

/** The first and the last week that somebody asks for; both belong to it. */
export interface WeekSpan {
  readonly from: IsoWeek;
  readonly to: IsoWeek;
}

/** More weeks than these are asked for in parts. */
const MOST_WEEKS = 104;

/** Refuses weeks that end before they begin. */
export function needOrder({ from, to }: WeekSpan): void {
  if (to < from) refuse('BAD_INPUT', 'SPAN', `${to} lies before ${from}.`);
}

/** Refuses weeks that end before they begin, and more of them than are told in one answer. */
export function needSpan(span: WeekSpan): void {
  needOrder(span);
  if (weeksBetween(span.from, span.to) >= MOST_WEEKS)
    refuse('LIMIT_EXCEEDED', 'WEEKS', `This asks for more than ${MOST_WEEKS} weeks; ask for them in parts.`);
}
