import { COLUMNS, decisionOf, type RecordedDecision, type StoredDecision } from './decision.reads.ts';
import { afterKey, type Slice } from './slice.ts';
import { partitionOf } from './snapshot.store.ts';
import type { Transaction } from './transaction.ts';

/** A decision of a customer's history, with the week of its run. */
export interface PastDecision extends RecordedDecision {
  readonly week: string;
}

interface RecordedRun {
  readonly id: string;
  readonly week: string;
}

/** Runs whose tables one statement looks into. */
const RUNS_AT_ONCE = 100;
const KEY = [
  ['week', 'text'],
  ['id', 'uuid'],
] as const;

/**
 * What was decided on a customer in every run that recorded decisions, superseded attempts too, the newest week first; the
 * key is week and run id. Looks the customer up in the tables of some runs at a time: a query on the whole would plan for and
 * lock the tables of all campaigns and years.
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
    const runs = await recordedRuns(db, campaign, key, Math.min(RUNS_AT_ONCE, first + 1));
    const last = runs.at(-1);
    if (last === undefined) break;
    found.push(...(await decisionsIn(db, runs, customer)));
    key = [last.week, last.id];
  }
  return found.slice(0, first + 1);
}

/** In how many runs there is a decision on a customer. */
export async function countHistory(
  db: Transaction,
  customer: string,
  campaign: string | null,
): Promise<number> {
  let count = 0;
  let key: Slice['after'] = null;
  for (;;) {
    const runs = await recordedRuns(db, campaign, key, RUNS_AT_ONCE);
    const last = runs.at(-1);
    if (last === undefined) return count;
    count += (await decisionsIn(db, runs, customer)).length;
    key = [last.week, last.id];
  }
}

async function recordedRuns(
  db: Transaction,
  campaign: string | null,
  after: Slice['after'],
  limit: number,
): Promise<readonly RecordedRun[]> {
  const parameters: unknown[] = [limit];
  const ofCampaign = campaign === null ? '' : ` and campaign = $${parameters.push(campaign)}`;
  return db.query(
    `select id, week from run where decision_root is not null${ofCampaign}${afterKey(KEY, '<', after, parameters)}
     order by week desc, id desc limit $1`,
    parameters,
  );
}

async function decisionsIn(
  db: Transaction,
  runs: readonly RecordedRun[],
  customer: string,
): Promise<readonly PastDecision[]> {
  const branches = runs.map(
    ({ id }) =>
      `select ${COLUMNS} from ${partitionOf('decision', id)} where run_id = '${id}' and customer = $1`,
  );
  const rows: StoredDecision[] = await db.query(branches.join(' union all '), [customer]);
  const byRun = new Map(rows.map((row) => [row.run_id, row]));
  return runs.flatMap(({ id, week }) => {
    const row = byRun.get(id);
    return row === undefined ? [] : [{ ...decisionOf(row), week }];
  });
}
