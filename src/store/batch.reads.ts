import { In, type SelectQueryBuilder } from 'typeorm';
import {
  type BatchStatus,
  type RecipientStatus,
  recipientStatus,
  type SampleVerdict,
} from '../domain/batch.ts';
import { BatchRow } from './batch.row.ts';
import { HandOffRow } from './hand-off.row.ts';
import { RecipientRow } from './recipient.row.ts';
import { SampleItemRow } from './sample-item.row.ts';
import { isUuid, readDown, type Slice } from './slice.ts';
import type { Transaction } from './transaction.ts';

export interface BatchFilter {
  readonly campaign: string;
  readonly statuses: readonly BatchStatus[] | null;
}

export async function batchById(db: Transaction, id: string): Promise<BatchRow | null> {
  return isUuid(id) ? db.findOneBy(BatchRow, { id }) : null;
}

/** Batches, the newest first; the key is the instant of drawing and the id. */
export async function listBatches(
  db: Transaction,
  filter: BatchFilter,
  slice: Slice,
): Promise<readonly BatchRow[]> {
  return readDown(filtered(db, filter), ['batch.createdAt', 'batch.id'], slice);
}

export async function countBatches(db: Transaction, filter: BatchFilter): Promise<number> {
  return filtered(db, filter).getCount();
}

function filtered(db: Transaction, { campaign, statuses }: BatchFilter): SelectQueryBuilder<BatchRow> {
  const query = db.createQueryBuilder(BatchRow, 'batch').where('batch.campaign = :campaign', { campaign });
  if (statuses !== null) query.andWhere('batch.status = any (:statuses)', { statuses });
  return query;
}

export async function batchesOfRuns(
  db: Transaction,
  runIds: readonly string[],
): Promise<readonly BatchRow[]> {
  return db.findBy(BatchRow, { runId: In(runIds) });
}

export async function batchesById(db: Transaction, ids: readonly string[]): Promise<readonly BatchRow[]> {
  return db.findBy(BatchRow, { id: In(ids) });
}

/** How far the review of a batch is, in numbers. */
export interface ReviewCounts {
  readonly batchId: string;
  readonly pending: number;
  readonly fine: number;
  readonly wrong: number;
  readonly removed: number;
  readonly dropped: number;
}

export async function reviewsOf(
  db: Transaction,
  batchIds: readonly string[],
): Promise<readonly ReviewCounts[]> {
  return db.query(
    `select batch_id as "batchId",
            count(*) filter (where verdict = 'PENDING')::int as pending,
            count(*) filter (where verdict = 'FINE')::int as fine,
            count(*) filter (where verdict = 'WRONG')::int as wrong,
            count(*) filter (where removed_by is not null)::int as removed,
            count(*) filter (where dropped is not null)::int as dropped
     from recipient left join sample_item using (batch_id, customer)
     where batch_id = any ($1) group by batch_id`,
    [batchIds],
  );
}

/**
 * What became of customers who were proposed for mailing, by customer.
 * @param source the run that proposed them, or the fallback batch into which they were drawn
 */
export async function recipientStatuses(
  db: Transaction,
  source: string,
  customers: readonly string[],
): Promise<ReadonlyMap<string, RecipientStatus>> {
  const rows: { customer: string; status: BatchStatus; removed: boolean; dropped: boolean }[] =
    await db.query(
      `select r.customer, b.status, r.removed_by is not null as removed, r.dropped is not null as dropped
     from recipient r join batch b on b.id = r.batch_id where (b.run_id = $1 or b.id = $1 and b.fallback) and r.customer = any ($2)`,
      [source, customers],
    );
  return new Map(rows.map((row) => [row.customer, recipientStatus(row.status, row)]));
}

/** The files of batches that the mail tool has. */
export async function handOffsOf(
  db: Transaction,
  batchIds: readonly string[],
): Promise<readonly HandOffRow[]> {
  return db
    .createQueryBuilder(HandOffRow, 'handOff')
    .where('handOff.batchId = any (:batchIds) and handOff.deliveredAt is not null', { batchIds })
    .getMany();
}

/** Everyone who was drawn into a batch, by customer, which is the key; removed and dropped ones too. */
export async function listRecipients(
  db: Transaction,
  batchId: string,
  { first, after }: Slice,
): Promise<readonly RecipientRow[]> {
  const query = db
    .createQueryBuilder(RecipientRow, 'recipient')
    .where('recipient.batchId = :batchId', { batchId })
    .orderBy('recipient.customer')
    .limit(first + 1);
  if (after !== null) query.andWhere('recipient.customer > :customer', { customer: after[0] });
  return query.getMany();
}

export async function countRecipients(db: Transaction, batchId: string): Promise<number> {
  return db.countBy(RecipientRow, { batchId });
}

/** A recipient drawn for review, with what the reviewer found. */
export interface SampledRecipient {
  readonly recipient: RecipientRow;
  readonly verdict: SampleVerdict;
  readonly reviewer: string | null;
  readonly note: string | null;
}

/** The review sample of a batch in the order in which it was drawn. */
export async function sampleOf(db: Transaction, batchId: string): Promise<readonly SampledRecipient[]> {
  const items = await db.find(SampleItemRow, { where: { batchId }, order: { position: 'ASC' } });
  const recipients = await db.findBy(RecipientRow, {
    batchId,
    customer: In(items.map(({ customer }) => customer)),
  });
  const byCustomer = new Map(recipients.map((recipient) => [recipient.customer, recipient]));
  return items.flatMap(({ customer, verdict, reviewer, note }) => {
    const recipient = byCustomer.get(customer);
    return recipient === undefined ? [] : [{ recipient, verdict, reviewer, note }];
  });
}
