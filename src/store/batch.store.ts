import { hash } from 'node:crypto';
import { type EntityManager, IsNull } from 'typeorm';
import { digestOfJson } from '../audit/digest.ts';
import { type BatchRecipient, batchContent, fallbackContent, recipientText } from '../domain/batch.ts';
import type { Randomness } from '../domain/ports.ts';
import { refuse } from '../domain/refusal.ts';
import { BatchRow } from './batch.row.ts';
import { HandOffRow } from './hand-off.row.ts';
import { isUuid } from './slice.ts';
import { SALT_BYTES } from './snapshot.store.ts';

/** A batch, held for this transaction; refuses NOT_FOUND. */
export function lockBatch(tx: EntityManager, id: string): Promise<BatchRow> {
  return batchHeld(tx, id, 'pessimistic_write');
}

/** A batch that stays as it is until the transaction ends, whoever else holds it so; refuses NOT_FOUND. */
export function shareBatch(tx: EntityManager, id: string): Promise<BatchRow> {
  return batchHeld(tx, id, 'pessimistic_read');
}

async function batchHeld(
  tx: EntityManager,
  id: string,
  mode: 'pessimistic_write' | 'pessimistic_read',
): Promise<BatchRow> {
  const batch = isUuid(id) ? await tx.findOne(BatchRow, { where: { id }, lock: { mode } }) : null;
  return batch ?? refuse('NOT_FOUND', 'BATCH', 'There is no such batch.');
}

/** Records a batch with everyone who was drawn into it, in their order, and sets its digest. */
export async function insertBatch(
  tx: EntityManager,
  batch: BatchRow,
  recipients: readonly (BatchRecipient & { readonly score: number | null })[],
  randomness: Randomness,
): Promise<void> {
  const salts = randomness.bytes(recipients.length * SALT_BYTES);
  const drawn = recipients.map((recipient, row) => ({
    ...recipient,
    salt: Buffer.from(salts.subarray(row * SALT_BYTES, (row + 1) * SALT_BYTES)).toString('hex'),
  }));
  batch.digest = await contentDigest(tx, batch, drawn.map(leafOf));
  await tx.insert(BatchRow, batch);
  await tx.query(
    `insert into recipient (batch_id, customer, arm, score, salt, row_no)
     select $1, customer, arm, score, decode(salt, 'hex'), place - 1
     from unnest($2::text[], $3::text[], $4::float8[], $5::text[]) with ordinality as t (customer, arm, score, salt, place)`,
    [
      batch.id,
      drawn.map(({ customer }) => customer),
      drawn.map(({ arm }) => arm),
      drawn.map(({ score }) => score),
      drawn.map(({ salt }) => salt),
    ],
  );
}

/** Records whom a reviewer is to look at, in their order. */
export async function insertSample(
  tx: EntityManager,
  batchId: string,
  sample: readonly string[],
): Promise<void> {
  await tx.query(
    `insert into sample_item (batch_id, customer, position) select $1, c, n from unnest($2::text[]) with ordinality as t (c, n)`,
    [batchId, sample],
  );
}

/** Who is in a batch of a campaign that is neither released nor rejected. */
export async function customersInOpenBatches(
  tx: EntityManager,
  campaign: string,
): Promise<ReadonlySet<string>> {
  const rows: { customer: string }[] = await tx.query(
    `select customer from recipient join batch on batch.id = batch_id
     where campaign = $1 and status not in ('RELEASED', 'REJECTED') and removed_by is null`,
    [campaign],
  );
  return new Set(rows.map(({ customer }) => customer));
}

/** Who is to be mailed: in the batch, not removed, not dropped; by customer. */
export async function recipientsOf(tx: EntityManager, batchId: string): Promise<readonly BatchRecipient[]> {
  return tx.query(
    `select customer, arm from recipient where batch_id = $1 and removed_by is null and dropped is null order by customer`,
    [batchId],
  );
}

/**
 * The digest of what stands in the database now: of everyone who was not removed, the dropped too, from what their rows say, and
 * of the recipients that were erased from the leaves that they left.
 */
export async function currentDigest(tx: EntityManager, batch: BatchRow): Promise<string> {
  const recipients: SaltedRecipient[] = await tx.query(
    `select customer, arm, encode(salt, 'hex') as salt from recipient where batch_id = $1 and removed_by is null`,
    [batch.id],
  );
  const erased: { leaf: string }[] = await tx.query(
    `select encode(hash, 'hex') as leaf from erased_row where owner_id = $1 and kind = 'recipient' and hash is not null`,
    [batch.id],
  );
  const leaves = [...recipients.map(leafOf), ...erased.map(({ leaf }) => leaf)];
  return contentDigest(tx, batch, leaves);
}

/** `salt` in lower-case hex. */
interface SaltedRecipient extends BatchRecipient {
  readonly salt: string;
}

const leafOf = (recipient: SaltedRecipient) => hash('sha256', recipientText(recipient, recipient.salt));

/** The digest of a batch: of what it stands on and of these leaves. */
async function contentDigest(tx: EntityManager, batch: BatchRow, leaves: readonly string[]): Promise<string> {
  const { campaign, week, runId, fallback, snapshotRunId, configId } = batch;
  const [sources]: { manifest: string | null; snapshot: string | null; config: string | null }[] =
    await tx.query(
      `select run.manifest_digest as manifest, run.snapshot_digest as snapshot, config_version.digest as config
     from run left join config_version on config_version.id = coalesce($2, run.config_id) where run.id = $1`,
      [runId ?? snapshotRunId, configId ?? null],
    );
  const configDigest = sources?.config ?? '';
  const content = fallback
    ? fallbackContent({ campaign, week, snapshotDigest: sources?.snapshot ?? null, configDigest, leaves })
    : batchContent({ campaign, week, manifestDigest: sources?.manifest ?? null, configDigest, leaves });
  return digestOfJson(content);
}

/** Who had a hand in a batch before it was to be approved. */
export async function handsIn(tx: EntityManager, batch: BatchRow): Promise<readonly (string | null)[]> {
  const rows: { person: string }[] = await tx.query(
    `select removed_by as person from recipient where batch_id = $1 and removed_by is not null
     union select reviewer from sample_item where batch_id = $1 and reviewer is not null`,
    [batch.id],
  );
  return [batch.submittedBy, batch.drawnBy, ...rows.map(({ person }) => person)];
}

/** Files of released batches that the mail tool does not have yet. */
export async function undelivered(tx: EntityManager): Promise<readonly HandOffRow[]> {
  return tx.findBy(HandOffRow, { deliveredAt: IsNull() });
}
