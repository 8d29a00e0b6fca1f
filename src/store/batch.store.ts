import { type EntityManager, IsNull } from 'typeorm';
import { digestOfJson } from '../audit/digest.ts';
import { type BatchRecipient, batchContent } from '../domain/batch.ts';
import { refuse } from '../domain/refusal.ts';
import { BatchRow } from './batch.row.ts';
import { HandOffRow } from './hand-off.row.ts';
import { isUuid } from './slice.ts';

/** A batch, held for this transaction; refuses NOT_FOUND. */
export async function lockBatch(tx: EntityManager, id: string): Promise<BatchRow> {
  const batch = isUuid(id)
    ? await tx.findOne(BatchRow, { where: { id }, lock: { mode: 'pessimistic_write' } })
    : null;
  return batch ?? refuse('NOT_FOUND', 'BATCH', 'There is no such batch.');
}

/** Who is to be mailed: in the batch, not removed, not dropped; by customer. */
export async function recipientsOf(tx: EntityManager, batchId: string): Promise<readonly BatchRecipient[]> {
  return tx.query(
    `select customer, arm from recipient where batch_id = $1 and removed_by is null and dropped is null order by customer`,
    [batchId],
  );
}

/** The digest of what stands in the database now. */
export async function currentDigest(
  tx: EntityManager,
  batch: BatchRow,
  recipients: readonly BatchRecipient[],
): Promise<string> {
  const [sources]: { manifest_digest: string; config_digest: string }[] = await tx.query(
    `select run.manifest_digest, config_version.digest as config_digest
     from run join config_version on config_version.id = run.config_id where run.id = $1`,
    [batch.runId],
  );
  return digestOfJson(
    batchContent({
      campaign: batch.campaign,
      week: batch.week,
      manifestDigest: sources?.manifest_digest ?? null,
      configDigest: sources?.config_digest ?? '',
      recipients,
    }),
  );
}

/** Who had a hand in a batch before it was to be approved. */
export async function handsIn(tx: EntityManager, batch: BatchRow): Promise<readonly (string | null)[]> {
  const rows: { person: string }[] = await tx.query(
    `select removed_by as person from recipient where batch_id = $1 and removed_by is not null
     union select reviewer from sample_item where batch_id = $1 and reviewer is not null`,
    [batch.id],
  );
  return [batch.submittedBy, ...rows.map(({ person }) => person)];
}

/** Files of released batches that the mail tool does not have yet. */
export async function undelivered(tx: EntityManager): Promise<readonly HandOffRow[]> {
  return tx.findBy(HandOffRow, { deliveredAt: IsNull() });
}
