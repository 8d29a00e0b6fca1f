import { hash } from 'node:crypto';
import { type EntityManager, IsNull } from 'typeorm';
import { digestOfJson } from '../audit/digest.ts';
import { type BatchRecipient, batchContent, recipientText } from '../domain/batch.ts';
import type { Randomness } from '../domain/ports.ts';
import { refuse } from '../domain/refusal.ts';
import { BatchRow } from './batch.row.ts';
import { HandOffRow } from './hand-off.row.ts';
import { isUuid } from './slice.ts';
import { SALT_BYTES } from './snapshot.store.ts';

/** A batch, held for this transaction; refuses NOT_FOUND. */
export async function lockBatch(tx: EntityManager, id: string): Promise<BatchRow> {
  const batch = isUuid(id)
    ? await tx.findOne(BatchRow, { where: { id }, lock: { mode: 'pessimistic_write' } })
    : null;
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
  batch.digest = digestOfJson(batchContent({ ...(await sourcesOf(tx, batch)), leaves: drawn.map(leafOf) }));
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
  return digestOfJson(batchContent({ ...(await sourcesOf(tx, batch)), leaves }));
}

/** `salt` in lower-case hex. */
interface SaltedRecipient extends BatchRecipient {
  readonly salt: string;
}

const leafOf = (recipient: SaltedRecipient) => hash('sha256', recipientText(recipient, recipient.salt));

/** What a batch stands on. */
async function sourcesOf(tx: EntityManager, { campaign, week, runId }: BatchRow) {
  const [sources]: { manifest_digest: string; config_digest: string }[] = await tx.query(
    `select run.manifest_digest, config_version.digest as config_digest
     from run join config_version on config_version.id = run.config_id where run.id = $1`,
    [runId],
  );
  return {
    campaign,
    week,
    manifestDigest: sources?.manifest_digest ?? null,
    configDigest: sources?.config_digest ?? '',
  };
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
