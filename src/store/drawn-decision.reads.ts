import type { BatchStatus } from '../domain/batch.ts';
import type { EligibilityReason } from '../domain/decision.ts';
import type { MailOutcome } from '../domain/explanation.ts';
import type { IsoWeek } from '../domain/week.ts';
import { type FoundRecipient, mailOf } from './asked-decision.reads.ts';
import type { RecordedDecision } from './decision.reads.ts';
import { queryPrepared, type Statement } from './prepared.ts';
import { partitionOf } from './snapshot.store.ts';
import type { Transaction } from './transaction.ts';

/** Stands for the row of what no run decided. */
const NO_ROW = -1;

/** A customer's place in a fallback batch. */
export interface DrawnCustomer {
  readonly batch: string;
  readonly drawnAt: Date;
  /** Of the run from whose snapshot they were drawn. */
  readonly snapshotRunId: string;
  readonly configId: string;
  readonly dropped: EligibilityReason | null;
  readonly mail: MailOutcome;
}

/** The newest fallback batch of a week in which a customer is. */
const DRAWN: Statement = {
  name: 'drawn_customer',
  text: `
    select b.id as batch, b.created_at as "drawnAt", b.snapshot_run_id as "snapshotRunId", b.config_id as "configId", p.dropped,
           b.status, case when b.status <> 'REJECTED' then b.decided_at end as "approvedAt", b.released_at as "releasedAt",
           p.removed_by as "removedBy", p.removed_at as "removedAt", p.removal_note as "removalNote"
    from batch b join recipient p on p.batch_id = b.id and p.customer = $3
    where b.campaign = $1 and b.week = $2 and b.fallback and b.snapshot_run_id is not null
    order by b.created_at desc, b.id desc limit 1`,
};

interface Found extends Omit<DrawnCustomer, 'mail'>, Omit<FoundRecipient, 'batch' | 'dropped'> {
  readonly status: BatchStatus;
}

/** Looks a customer up in the fallback batches of a week; undefined where they are in none. Several were drawn: the newest counts. */
export async function drawnCustomer(
  tx: Transaction,
  campaign: string,
  week: IsoWeek,
  customer: string,
): Promise<DrawnCustomer | undefined> {
  const [found] = await queryPrepared<Found>(tx, DRAWN, [campaign, week, customer]);
  if (found === undefined) return undefined;
  const { batch, drawnAt, snapshotRunId, configId, dropped, status } = found;
  const mail = mailOf({ ...found, batch: status, dropped: dropped !== null });
  return { batch, drawnAt, snapshotRunId, configId, dropped, mail };
}

/** What is said of a customer of a fallback batch where a decision is asked for: no run decided it, chance did. */
export function drawnDecision(
  { batch, snapshotRunId }: Pick<DrawnCustomer, 'batch' | 'snapshotRunId'>,
  customer: string,
): RecordedDecision {
  return {
    runId: snapshotRunId,
    customer,
    row: NO_ROW,
    salt: new Uint8Array(),
    outcome: 'MAIL',
    arm: 'EXPLORATION',
    reasons: ['RANDOM_EXPLORATION'],
    score: null,
    rank: null,
    fallbackBatch: batch,
  };
}

/** The number of a customer's frozen row in a snapshot; undefined where it was erased. */
export async function frozenRowOf(
  tx: Transaction,
  runId: string,
  customer: string,
): Promise<number | undefined> {
  const [row]: { row: number }[] = await tx.query(
    `select row_no as row from ${partitionOf('snapshot_row', runId)} where customer = $1`,
    [customer],
  );
  return row?.row;
}
