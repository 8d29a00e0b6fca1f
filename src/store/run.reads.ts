import { In, type SelectQueryBuilder } from 'typeorm';
import type { Check } from '../domain/check.ts';
import type { RunStatus } from '../domain/run.ts';
import type { IsoWeek } from '../domain/week.ts';
import { RunRow } from './run.row.ts';
import type { RejectedRow } from './run-record.store.ts';
import { afterKey, readDown, type Slice } from './slice.ts';
import type { Transaction } from './transaction.ts';

export interface RunFilter {
  readonly campaign: string;
  /** First and last week, both among them. */
  readonly from: IsoWeek | null;
  readonly to: IsoWeek | null;
  readonly statuses: readonly RunStatus[] | null;
}

/** The run of a week: an attempt, or the current one. */
export async function runOf(
  db: Transaction,
  campaign: string,
  week: IsoWeek,
  attempt: number | null,
): Promise<RunRow | null> {
  return db.findOneBy(RunRow, { campaign, week, ...(attempt === null ? { current: true } : { attempt }) });
}

/** Runs, the newest week and attempt first; the key is week and attempt. */
export async function listRuns(db: Transaction, filter: RunFilter, slice: Slice): Promise<readonly RunRow[]> {
  return readDown(filtered(db, filter), ['run.week', 'run.attempt'], slice);
}

export async function countRuns(db: Transaction, filter: RunFilter): Promise<number> {
  return filtered(db, filter).getCount();
}

function filtered(db: Transaction, { campaign, from, to, statuses }: RunFilter): SelectQueryBuilder<RunRow> {
  const query = db.createQueryBuilder(RunRow, 'run').where('run.campaign = :campaign', { campaign });
  if (from !== null) query.andWhere('run.week >= :from', { from });
  if (to !== null) query.andWhere('run.week <= :to', { to });
  if (statuses !== null) query.andWhere('run.status = any (:statuses)', { statuses });
  return query;
}

export async function runsById(db: Transaction, ids: readonly string[]): Promise<readonly RunRow[]> {
  return db.findBy(RunRow, { id: In(ids) });
}

/** The current run of the newest week of which a snapshot is on record. */
export async function newestSnapshot(db: Transaction, campaign: string): Promise<RunRow | null> {
  return db
    .createQueryBuilder(RunRow, 'run')
    .where('run.campaign = :campaign and run.current and run.snapshotDigest is not null', { campaign })
    .andWhere(
      `not exists (select from erased_row gone where gone.owner_id = run.id and gone.kind = 'snapshot' and gone.row_no is null)`,
    )
    .orderBy('run.week', 'DESC')
    .limit(1)
    .getOne();
}

/** The current run of each campaign's newest week. */
export async function newestRuns(db: Transaction, campaigns: readonly string[]): Promise<readonly RunRow[]> {
  return db
    .createQueryBuilder(RunRow, 'run')
    .distinctOn(['run.campaign'])
    .where('run.campaign = any (:campaigns) and run.current', { campaigns })
    .orderBy('run.campaign')
    .addOrderBy('run.week', 'DESC')
    .getMany();
}

/** The checks of runs, each run's in the order in which they were made. */
export async function checksOf(
  db: Transaction,
  runIds: readonly string[],
): Promise<readonly (Check & { readonly runId: string })[]> {
  return db.query(
    `select run_id as "runId", name, kind, verdict, measured, "limit", message, subject
     from run_check where run_id = any ($1) order by run_id, position`,
    [runIds],
  );
}

/** Rows of a run's feed that were not used, by file, line and field, which are the key. */
export async function listRejectedRows(
  db: Transaction,
  runId: string,
  { first, after }: Slice,
): Promise<readonly RejectedRow[]> {
  const parameters: unknown[] = [runId, first + 1];
  const key = [
    ['file', 'text'],
    ['line', 'integer'],
    ['field', 'text'],
  ] as const;
  return db.query(
    `select file, line, field, rule from rejected_row
     where run_id = $1${afterKey(key, '>', after, parameters)} order by file, line, field limit $2`,
    parameters,
  );
}

export async function countRejectedRows(db: Transaction, runId: string): Promise<number> {
  const [row]: { rows: number }[] = await db.query(
    'select count(*)::int as rows from rejected_row where run_id = $1',
    [runId],
  );
  return row?.rows ?? 0;
}
