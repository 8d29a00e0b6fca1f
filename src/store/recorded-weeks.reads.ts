import { OUTCOMES } from '../domain/decision.ts';
import { addDays, type IsoDate, type IsoWeek } from '../domain/week.ts';
import { flowMailing } from './contact.store.ts';
import { RunRow } from './run.row.ts';
import { partitionOf } from './snapshot.store.ts';
import type { Transaction } from './transaction.ts';

/** The current runs of the weeks of a span, the oldest first; both ends belong to it. */
export async function currentRuns(
  db: Transaction,
  campaign: string,
  from: IsoWeek,
  to: IsoWeek,
): Promise<readonly RunRow[]> {
  return db
    .createQueryBuilder(RunRow, 'run')
    .where('run.campaign = :campaign and run.current and run.week between :from and :to', {
      campaign,
      from,
      to,
    })
    .orderBy('run.week')
    .getMany();
}

/** The current runs of the last weeks that were decided, the oldest first. */
export async function lastDecidedRuns(
  db: Transaction,
  campaign: string,
  weeks: number,
): Promise<readonly RunRow[]> {
  const runs = await db
    .createQueryBuilder(RunRow, 'run')
    .where('run.campaign = :campaign and run.current and run.decisionRoot is not null', { campaign })
    .orderBy('run.week', 'DESC')
    .limit(weeks)
    .getMany();
  return runs.toReversed();
}

/** What a week's run measured of its output. */
export interface RecordedOutput {
  readonly week: IsoWeek;
  readonly aboveThreshold: number;
  readonly scoreCounts: readonly number[];
}

/** The outputs that were measured in a span of weeks and in the last `before` weeks before it. */
export async function recordedOutputs(
  db: Transaction,
  campaign: string,
  span: { readonly from: IsoWeek; readonly to: IsoWeek; readonly before: number },
): Promise<readonly RecordedOutput[]> {
  const measured = `select r.week, a.value[1] as "aboveThreshold", s.value as "scoreCounts"
    from run r join run_measure a on a.run_id = r.id and a.name = 'ABOVE_THRESHOLD'
               join run_measure s on s.run_id = r.id and s.name = 'SCORES'
    where r.campaign = $1 and r.current`;
  return db.query(
    `(${measured} and r.week < $2 order by r.week desc limit $4)
     union all (${measured} and r.week between $2 and $3) order by week`,
    [campaign, span.from, span.to, span.before],
  );
}

/** The rows of a run that it decided to mail, as far as they were not erased. */
export async function mailedRows(tx: Transaction, runId: string): Promise<readonly number[]> {
  const rows: { row: number }[] = await tx.query(
    `select row_no as row from ${partitionOf('decision', runId)} where outcome = $1 order by row_no`,
    [OUTCOMES.indexOf('MAIL')],
  );
  return rows.map(({ row }) => row);
}

/** The days (since 1970-01-01) on which flows of a campaign began for customers, from one day on and before another. */
export async function flowsBetween(
  tx: Transaction,
  campaign: string,
  from: IsoDate,
  before: IsoDate,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const rows: { customer: string; days: number[] }[] = await tx.query(
    `select customer, array_agg(sent_on - date '1970-01-01' order by sent_on) as days from contact
     where campaign = $1 and mailing = $2 and sent_on between $3 and $4 group by customer`,
    [campaign, flowMailing(campaign, 0), from, addDays(before, -1)],
  );
  return new Map(rows.map(({ customer, days }) => [customer, days]));
}
