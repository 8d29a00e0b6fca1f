import type { RecordedPast, WeekOutput } from '../domain/simulated-weeks.ts';
import { addDays, type IsoDate, type IsoWeek } from '../domain/week.ts';
import { flowMailing } from './contact.store.ts';
import { IS_MAILED } from './decision.reads.ts';
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

/** A span of weeks and how many weeks before it are read too. */
export interface PastSpan {
  readonly from: IsoWeek;
  readonly to: IsoWeek;
  readonly before: number;
}

/** What was measured of the outputs of weeks, and of the features that a model scored, for judging the weeks after. */
export async function recordedPast(
  db: Transaction,
  campaign: string,
  { from, to, before }: PastSpan,
): Promise<RecordedPast> {
  const span = [campaign, from, to, before];
  const output = `select r.week, a.value[1] as "aboveThreshold", s.value as "scoreCounts"
    from run r join run_measure a on a.run_id = r.id and a.name = 'ABOVE_THRESHOLD'
               join run_measure s on s.run_id = r.id and s.name = 'SCORES'
    where r.campaign = $1 and r.current`;
  const outputs: WeekOutput[] = await db.query(
    `(${output} and r.week < $2 order by r.week desc limit $4) union all (${output} and r.week between $2 and $3)`,
    span,
  );
  const features: { week: IsoWeek; modelId: string; feature: string; counts: number[] }[] = await db.query(
    `select r.week, r.model_id as "modelId", m.subject as feature, m.value as counts
     from (select id, week, model_id, row_number() over (partition by model_id, week < $2 order by week desc) as place
           from run where campaign = $1 and current and week <= $3
             and exists (select from run_measure where run_id = run.id and name = 'FEATURE')) r
     join run_measure m on m.run_id = r.id and m.name = 'FEATURE'
     where r.week >= $2 or r.place <= $4`,
    span,
  );
  const spreads = Array.from(
    Map.groupBy(features, ({ week }) => week),
    ([week, found]) => ({
      week,
      modelId: found[0]?.modelId ?? '',
      counts: new Map(found.map(({ feature, counts }) => [feature, counts])),
    }),
  );
  return { outputs, spreads };
}

/** The rows of a run that it decided to mail, as far as they were not erased. */
export async function mailedRows(tx: Transaction, runId: string): Promise<readonly number[]> {
  const rows: { row: number }[] = await tx.query(
    `select row_no as row from ${partitionOf('decision', runId)} where ${IS_MAILED} order by row_no`,
  );
  return rows.map(({ row }) => row);
}

/** How many of some customers were released in weeks of a campaign from one on and before another. */
export async function countReleased(
  tx: Transaction,
  campaign: string,
  { from, before }: { readonly from: IsoWeek; readonly before: IsoWeek },
  customers: readonly string[],
): Promise<number> {
  const [found]: { count: number }[] = await tx.query(
    `select count(distinct customer)::int as count from released_recipient
     where campaign = $1 and week >= $2 and week < $3 and customer = any ($4)`,
    [campaign, from, before, customers],
  );
  return found?.count ?? 0;
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
