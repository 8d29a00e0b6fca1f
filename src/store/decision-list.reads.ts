import { ARMS, type Arm, OUTCOMES, type Outcome, REASONS, type Reason } from '../domain/decision.ts';
import { COLUMNS, decisionOf, type RecordedDecision } from './decision.reads.ts';
import type { StoredDecision } from './decision-codec.ts';
import { erasedCount } from './erasure.reads.ts';
import type { RunRow } from './run.row.ts';
import type { Slice } from './slice.ts';
import { partitionOf } from './snapshot.store.ts';
import type { Transaction } from './transaction.ts';

/** Which decisions of a run; what is null is not asked. A decision has a reason when it is among all of its reasons. */
export interface DecisionFilter {
  readonly outcomes: readonly Outcome[] | null;
  readonly reasons: readonly Reason[] | null;
  readonly arms: readonly Arm[] | null;
}

/** The decisions of a run by customer, which is the key; the run must have recorded them. */
export async function listDecisions(
  db: Transaction,
  runId: string,
  filter: DecisionFilter,
  { first, after }: Slice,
): Promise<readonly RecordedDecision[]> {
  const { where, parameters } = conditions(runId, filter);
  const later = after === null ? '' : ` and customer > $${parameters.push(after[0])}`;
  const rows: StoredDecision[] = await db.query(
    `select ${COLUMNS} from ${partitionOf('decision', runId)}
     where ${where}${later} order by customer limit $${parameters.push(first + 1)}`,
    parameters,
  );
  return rows.map(decisionOf);
}

/** How many decisions of that kind a run recorded. */
export async function countDecisions(
  db: Transaction,
  { id, snapshotRows, decisionRoot }: RunRow,
  filter: DecisionFilter,
): Promise<number> {
  if (decisionRoot === null) return 0;
  if (Object.values(filter).every((asked) => asked === null)) {
    // Every customer of the snapshot has a decision, until they are erased.
    const erased = await erasedCount(db, 'decision', id);
    return erased.allSince === null ? (snapshotRows ?? 0) - erased.rows : 0;
  }
  const { where, parameters } = conditions(id, filter);
  const [row]: { decisions: number }[] = await db.query(
    `select count(*)::int as decisions from ${partitionOf('decision', id)} where ${where}`,
    parameters,
  );
  return row?.decisions ?? 0;
}

/** The decisions of a run on these customers, in no order. */
export async function decisionsOn(
  db: Transaction,
  runId: string,
  customers: readonly string[],
): Promise<readonly RecordedDecision[]> {
  const rows: StoredDecision[] = await db.query(
    `select ${COLUMNS} from ${partitionOf('decision', runId)} where run_id = $1 and customer = any ($2)`,
    [runId, customers],
  );
  return rows.map(decisionOf);
}

/** The codes stand in the text, not beside it: how rare they are decides whether to walk the key or to sort what was found. */
function conditions(runId: string, { outcomes, reasons, arms }: DecisionFilter) {
  const codes = (words: readonly string[], chosen: readonly string[]) =>
    `'{${chosen.map((word) => words.indexOf(word)).join()}}'::smallint[]`;
  const parts = ['run_id = $1'];
  if (outcomes !== null) parts.push(`outcome = any (${codes(OUTCOMES, outcomes)})`);
  if (arms !== null) parts.push(`arm = any (${codes(ARMS, arms)})`);
  if (reasons !== null) parts.push(`reasons && ${codes(REASONS, reasons)}`);
  return { where: parts.join(' and '), parameters: [runId] as unknown[] };
}
