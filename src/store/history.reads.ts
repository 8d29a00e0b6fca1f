import { COLUMNS, decisionOf, type RecordedDecision } from './decision.reads.ts';
import type { StoredDecision } from './decision-codec.ts';
import { drawnDecision } from './drawn-decision.reads.ts';
import { afterKey, type Slice } from './slice.ts';
import { partitionOf } from './snapshot.store.ts';
import type { Transaction } from './transaction.ts';

/** A decision of a customer's history, with the week of its run. */
export interface PastDecision extends RecordedDecision {
  readonly week: string;
}

/** A run that recorded decisions, or a fallback batch in which the customer is. */
interface Source {
  readonly id: string;
  readonly week: string;
  /** Of a fallback batch: the run from whose snapshot it was drawn. */
  readonly snapshotRunId: string | null;
}

/** Runs whose tables one statement looks into. */
const RUNS_AT_ONCE = 100;
const KEY = [
  ['week', 'text'],
  ['id', 'uuid'],
] as const;

/**
 * What was decided on a customer in every run that recorded decisions, superseded attempts too, and their draws into fallback
 * batches, the newest week first; the key is week and the id of run or batch. Looks the customer up in the tables of some runs at a
 * time: a query on the whole would plan for and lock the tables of all campaigns and years.
 */
export async function listHistory(
  db: Transaction,
  customer: string,
  campaign: string | null,
  { first, after }: Slice,
): Promise<readonly PastDecision[]> {
  const found: PastDecision[] = [];
  let key = after;
  while (found.length <= first) {
    const runs = await sources(db, customer, campaign, key, Math.min(RUNS_AT_ONCE, first + 1));
    const last = runs.at(-1);
    if (last === undefined) break;
    found.push(...(await decisionsIn(db, runs, customer)));
    key = [last.week, last.id];
  }
  return found.slice(0, first + 1);
}

/** In how many runs there is a decision on a customer, and in how many fallback batches they are. */
export async function countHistory(
  db: Transaction,
  customer: string,
  campaign: string | null,
): Promise<number> {
  let count = 0;
  let key: Slice['after'] = null;
  for (;;) {
    const runs = await sources(db, customer, campaign, key, RUNS_AT_ONCE);
    const last = runs.at(-1);
    if (last === undefined) return count;
    count += (await decisionsIn(db, runs, customer)).length;
    key = [last.week, last.id];
  }
}

async function sources(
  db: Transaction,
  customer: string,
  campaign: string | null,
  after: Slice['after'],
  limit: number,
): Promise<readonly Source[]> {
  const parameters: unknown[] = [limit, customer];
  const ofCampaign = campaign === null ? '' : ` and campaign = $${parameters.push(campaign)}`;
  return db.query(
    `select id, week, snapshot_run_id as "snapshotRunId" from (
       select id, week, null::uuid as snapshot_run_id from run where decision_root is not null${ofCampaign}
       union all
       select id, week, snapshot_run_id from batch join recipient on batch_id = id
       where fallback and snapshot_run_id is not null and customer = $2${ofCampaign}) as source
     where true${afterKey(KEY, '<', after, parameters)}
     order by week desc, id desc limit $1`,
    parameters,
  );
}

async function decisionsIn(
  db: Transaction,
  found: readonly Source[],
  customer: string,
): Promise<readonly PastDecision[]> {
  const branches = found
    .filter(({ snapshotRunId }) => snapshotRunId === null)
    .map(
      ({ id }) =>
        `select ${COLUMNS} from ${partitionOf('decision', id)} where run_id = '${id}' and customer = $1`,
    );
  const rows: StoredDecision[] =
    branches.length === 0 ? [] : await db.query(branches.join(' union all '), [customer]);
  const byRun = new Map(rows.map((row) => [row.run_id, row]));
  return found.flatMap(({ id, week, snapshotRunId }): PastDecision[] => {
    if (snapshotRunId !== null) return [{ ...drawnDecision({ batch: id, snapshotRunId }, customer), week }];
    const row = byRun.get(id);
    return row === undefined ? [] : [{ ...decisionOf(row), week }];
  });
}
