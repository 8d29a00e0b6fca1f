import { type Decision, OUTCOMES } from '../domain/decision.ts';
import { type StoredDecision, wordsOf } from './decision-codec.ts';
import { queryPrepared } from './prepared.ts';
import { partitionOf } from './snapshot.store.ts';
import type { Database, Transaction } from './transaction.ts';

type Reader = Pick<Database, 'query'>;

/** A decision with its place in the run's Merkle tree and the salt of its leaf. */
export interface RecordedDecision extends Decision {
  readonly runId: string;
  readonly row: number;
  readonly salt: Uint8Array;
  /** Of whoever was drawn into a fallback batch, which no run decided: its id, and `runId` is of the snapshot that it was drawn from. */
  readonly fallbackBatch?: string;
}

/** The columns of a StoredDecision. */
export const COLUMNS = 'run_id, row_no, customer, salt, outcome, arm, reasons, score, rank';

/** Throws where the record holds a code that no release ever wrote. */
export function decisionOf(stored: StoredDecision): RecordedDecision {
  const { run_id: runId, row_no: row, customer, salt, score, rank } = stored;
  const words = wordsOf(stored);
  if (words === undefined) throw new RangeError(`run ${runId}, row ${row}: a code that means nothing`);
  return { runId, row, customer, salt, ...words, score, rank };
}

/** The decision on a customer in a run, by a prepared statement. */
export async function decisionIn(
  tx: Transaction,
  runId: string,
  customer: string,
): Promise<RecordedDecision | undefined> {
  const name = partitionOf('decision', runId);
  const text = `select ${COLUMNS} from ${name} where run_id = $1 and customer = $2`;
  const rows = await queryPrepared<StoredDecision>(tx, { name, text }, [runId, customer]);
  return rows.map(decisionOf)[0];
}

/** Whom a run decided on at some rows, by row; nobody where the row was erased. */
export async function customersAt(
  db: Reader,
  runId: string,
  rows: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const found: { row: number; customer: string }[] = await db.query(
    `select row_no as row, customer from ${partitionOf('decision', runId)} where run_id = $1 and row_no = any ($2)`,
    [runId, rows],
  );
  return new Map(found.map(({ row, customer }) => [row, customer]));
}

/** Stands in the text of a statement: plans are generic (data-source.ts), and only by a constant is the index of the chosen found to do. */
export const IS_MAILED = `outcome = ${OUTCOMES.indexOf('MAIL')}`;

/** The decisions of a run on everyone who is to be mailed, in the order of their rows. */
export async function mailedIn(db: Reader, runId: string): Promise<readonly RecordedDecision[]> {
  const rows: StoredDecision[] = await db.query(
    `select ${COLUMNS} from ${partitionOf('decision', runId)} where ${IS_MAILED} order by row_no`,
  );
  return rows.map(decisionOf);
}

/** Two decisions worth showing: the best score that is mailed, and who had the most reasons against. */
export async function decisionsToShow(db: Reader, runId: string): Promise<readonly RecordedDecision[]> {
  const partition = partitionOf('decision', runId);
  const rows: StoredDecision[] = await db.query(
    `(select ${COLUMNS} from ${partition} where ${IS_MAILED} order by rank limit 1)
     union all (select ${COLUMNS} from ${partition} where outcome = $1 order by cardinality(reasons) desc, customer limit 1)`,
    [OUTCOMES.indexOf('NOT_ELIGIBLE')],
  );
  return rows.map(decisionOf);
}
