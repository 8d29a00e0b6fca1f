import { digestOf } from '../audit/digest.ts';
import { judgeStatus, type SampleVerdict } from '../domain/batch.ts';
import { checkNote, needNote } from '../domain/note.ts';
import { obey, refuse } from '../domain/refusal.ts';
import { BatchRow } from '../store/batch.row.ts';
import { currentDigest, lockBatch, shareBatch } from '../store/batch.store.ts';
import { customerName } from '../store/customer-pseudonym.store.ts';
import { RecipientRow } from '../store/recipient.row.ts';
import { SampleItemRow } from '../store/sample-item.row.ts';
import { sourceOf } from './batch-facts.ts';
import type { Command } from './execute.ts';

export interface BatchInput {
  readonly batchId: string;
}
export interface BatchNoteInput extends BatchInput {
  readonly note: string;
}

/** Notes what the reviewer found of a customer of the sample. */
export const reviewSample: Command<
  BatchInput & { customer: string; verdict: SampleVerdict; note: string | null },
  BatchRow
> = {
  action: 'batch.review',
  permission: 'batch.review',
  about: ({ batchId }) => ({ campaign: null, subject: batchId }),
  async handle({ tx, now, actor, services }, { batchId, customer, verdict, note }) {
    // Before the batch: whoever erases a customer holds them first and their batches next.
    const name = await customerName(tx, services.randomness, customer);
    const batch = await shareBatch(tx, batchId);
    obey(judgeStatus('review', batch.status));
    if (verdict === 'PENDING') refuse('BAD_INPUT', 'VERDICT', 'A verdict is FINE or WRONG.');
    checkNote(note);
    if (verdict === 'WRONG') needNote(note ?? '');
    const item = await tx.findOne(SampleItemRow, {
      where: { batchId, customer },
      lock: { mode: 'pessimistic_write' },
    });
    if (item === null)
      return refuse('NOT_FOUND', 'SAMPLE_ITEM', 'The customer is not in the sample of this batch.');
    const reviewed = { verdict, note, reviewer: actor.subject, reviewedAt: now };
    await tx.update(SampleItemRow, { batchId, customer }, reviewed);
    const reason = note === null ? null : digestOf(note);
    return {
      result: batch,
      facts: {
        campaign: batch.campaign,
        subject: batchId,
        details: { customer: name, verdict, before: item.verdict, after: verdict, reason },
      },
    };
  },
};

/** Takes a customer out of a batch, with the reason why; the batch's digest changes with it. */
export const removeFromBatch: Command<BatchNoteInput & { customer: string }, BatchRow> = {
  action: 'batch.remove',
  permission: 'batch.remove',
  about: ({ batchId }) => ({ campaign: null, subject: batchId }),
  async handle({ tx, now, actor, services }, { batchId, customer, note }) {
    const name = await customerName(tx, services.randomness, customer);
    const batch = await lockBatch(tx, batchId);
    obey(judgeStatus('remove', batch.status));
    needNote(note);
    const recipient = await tx.findOneBy(RecipientRow, { batchId, customer });
    if (recipient === null) return refuse('NOT_FOUND', 'RECIPIENT', 'The customer is not in this batch.');
    if (recipient.removedBy !== null)
      refuse('INVALID_STATE', 'NOT_REMOVED', 'The customer was removed before.');
    await tx.update(
      RecipientRow,
      { batchId, customer },
      { removedBy: actor.subject, removedAt: now, removalNote: note },
    );
    const changed = { size: batch.size - 1, digest: await currentDigest(tx, batch) };
    await tx.update(BatchRow, { id: batchId }, changed);
    return {
      result: { ...batch, ...changed },
      facts: {
        campaign: batch.campaign,
        subject: batchId,
        digest: changed.digest,
        details: {
          ...sourceOf(batch),
          customer: name,
          before: batch.digest,
          after: changed.digest,
          size: changed.size,
          reason: digestOf(note),
        },
      },
    };
  },
};
