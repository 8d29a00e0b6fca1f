import { digestOf } from '../audit/digest.ts';
import { type BatchRecipient, judgeStatus, mailFile } from '../domain/batch.ts';
import { reasonsOf, sendDay } from '../domain/eligibility.ts';
import { howMany } from '../domain/how-many.ts';
import { obey, refuse } from '../domain/refusal.ts';
import { dateIn, isoDate } from '../domain/week.ts';
import { BatchRow } from '../store/batch.row.ts';
import { currentDigest, lockBatch, recipientsOf } from '../store/batch.store.ts';
import { campaignOf, configAt } from '../store/campaign.store.ts';
import { flowMailing, noteContacts } from '../store/contact.store.ts';
import { shareCampaign } from '../store/engine-pause.store.ts';
import { HandOffRow } from '../store/hand-off.row.ts';
import {
  claimRecipients,
  type Dropped,
  laterDecidedWeek,
  markDropped,
  protectedRecipients,
} from '../store/release.store.ts';
import { RunRow } from '../store/run.row.ts';
import type { Transaction } from '../store/transaction.ts';
import { statusFacts } from './batch-facts.ts';
import { assertGoing } from './engine.ts';
import type { Act, Command } from './execute.ts';
import { judgeAfresh } from './judge-afresh.ts';
import type { BatchInput } from './review-batch.ts';

/**
 * Releases an approved batch: what was approved is what goes, or nothing does; whoever opted out or came on the quiet list
 * since is dropped. The file is handed over afterwards (hand-off.ts). Releasing again changes nothing.
 */
export const releaseBatch: Command<BatchInput, BatchRow> = {
  action: 'batch.release',
  permission: 'batch.release',
  about: ({ batchId }) => ({ campaign: null, subject: batchId }),
  async handle(act, { batchId }) {
    const { tx, now, actor } = act;
    const batch = await lockBatch(tx, batchId);
    if (batch.status === 'RELEASED') {
      return {
        result: batch,
        facts: { campaign: batch.campaign, subject: batchId, digest: batch.digest, details: { again: true } },
      };
    }
    obey(judgeStatus('release', batch.status));
    const digest = await currentDigest(tx, batch);
    if (digest !== batch.approvedDigest) {
      refuse(
        'CONFLICT',
        'APPROVED_DIGEST',
        'The batch is not the one that was approved: its recipients or settings differ.',
      );
    }
    await needTurn(tx, batch);
    const dropped = await dropRecipients(tx, batch, now);
    const recipients = await recipientsOf(tx, batchId);
    const released = { status: 'RELEASED' as const, releasedBy: actor.subject, releasedAt: now };
    await tx.update(BatchRow, { id: batchId }, released);
    if (batch.runId !== null) await tx.update(RunRow, { id: batch.runId }, { status: 'RELEASED' });
    await claim(tx, batch, recipients);
    await noteFlow(tx, batch, recipients, now);
    const handOff = await openHandOff(act, batch, recipients);
    const done = {
      approvedBy: batch.decidedBy,
      released: recipients.length,
      dropped,
      file: handOff.file,
      fileDigest: handOff.digest,
    };
    return {
      result: { ...batch, ...released },
      facts: statusFacts(batch, released.status, done, digest),
    };
  },
};

/** While the engine is paused nothing leaves, and once a later week was decided its customers were judged anew. */
async function needTurn(tx: Transaction, batch: BatchRow): Promise<void> {
  await shareCampaign(tx, batch.campaign);
  await assertGoing(tx, batch.campaign, batch.fallback ? 'FALLBACK_MAIL' : 'MAIL');
  const later = await laterDecidedWeek(tx, batch);
  if (later === null) return;
  refuse(
    'INVALID_STATE',
    'WEEK_PASSED',
    `${later} has been decided since: who is in this batch of ${batch.week} may have been mailed, have objected or have bought.`,
  );
}

/** Marks who must not be mailed any more; answers how many. */
async function dropRecipients(tx: Transaction, batch: BatchRow, now: Date): Promise<number> {
  const listed = await protectedRecipients(tx, batch, dateIn('UTC', now));
  await markDropped(tx, batch.id, listed);
  const barred = await barredOf(tx, batch, now);
  await markDropped(tx, batch.id, barred);
  return listed.length + barred.length;
}

/** Of a batch that was drawn while the engine was off, every rule is applied anew: weeks may lie between the snapshot and this day. */
async function barredOf(tx: Transaction, batch: BatchRow, now: Date): Promise<readonly Dropped[]> {
  if (!batch.fallback || batch.snapshotRunId === null) return [];
  const campaign = await campaignOf(tx, batch.campaign);
  const today = dateIn(campaign.definition.timeZone, now);
  const { settings: config } = await configAt(tx, batch.campaign, now);
  const run = await tx.findOneByOrFail(RunRow, { id: batch.snapshotRunId });
  const recipients = new Set((await recipientsOf(tx, batch.id)).map(({ customer }) => customer));
  const barred: Dropped[] = [];
  for await (const [customer, reasons] of judgeAfresh(tx, { campaign, run, config, today })) {
    const [reason] = recipients.has(customer) ? reasonsOf(reasons) : [];
    if (reason !== undefined) barred.push([customer, reason]);
  }
  return barred;
}

/** No customer is in two released batches of a week: the table's key says so, this says it first and kindly. */
async function claim(tx: Transaction, batch: BatchRow, recipients: readonly BatchRecipient[]): Promise<void> {
  const twice = await claimRecipients(tx, batch, recipients);
  if (twice === 0) return;
  refuse(
    'CONFLICT',
    'ONE_BATCH_A_WEEK',
    `A batch of ${batch.week} that was released already has ${howMany(twice, 'customer')} of this one.`,
  );
}

/** The flow's messages become part of the contact history, as planned. */
async function noteFlow(
  tx: Transaction,
  batch: BatchRow,
  recipients: readonly BatchRecipient[],
  now: Date,
): Promise<void> {
  const { definition } = await campaignOf(tx, batch.campaign);
  const run = batch.runId === null ? null : await tx.findOneByOrFail(RunRow, { id: batch.runId });
  const asOf = batch.fallback ? dateIn(definition.timeZone, now) : run?.asOf;
  if (asOf == null) throw new Error(`batch ${batch.id} has no day to count from`);
  const first = sendDay(asOf);
  const contacts = [0, ...definition.flowDays].flatMap((day) =>
    recipients.map(({ customer }) => ({
      customer,
      sentOn: isoDate(first + day),
      mailing: flowMailing(batch.campaign, day),
    })),
  );
  await noteContacts(tx, contacts, { campaign: batch.campaign, batchId: batch.id });
}

async function openHandOff({ tx }: Act, batch: BatchRow, recipients: readonly BatchRecipient[]) {
  const handOff = {
    batchId: batch.id,
    file: `${batch.campaign}-${batch.week}-${batch.id}.csv`,
    digest: digestOf(mailFile(batch.campaign, recipients)),
    rows: recipients.length,
  };
  await tx.insert(HandOffRow, handOff);
  return handOff;
}
