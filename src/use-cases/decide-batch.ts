import { judgeFourEyes, judgeStatus } from '../domain/batch.ts';
import { needNote } from '../domain/note.ts';
import { obey, refuse } from '../domain/refusal.ts';
import { BatchRow } from '../store/batch.row.ts';
import { currentDigest, handsIn, lockBatch } from '../store/batch.store.ts';
import { ConfigVersionRow } from '../store/config-version.row.ts';
import { RunRow } from '../store/run.row.ts';
import type { Transaction } from '../store/transaction.ts';
import { statusFacts } from './batch-facts.ts';
import type { Command, Facts } from './execute.ts';
import { evidenceOfBatch } from './read-review-evidence.ts';
import type { BatchInput, BatchNoteInput } from './review-batch.ts';

/** Approves what was submitted, by another person; the digest that was approved is the one that may be released. */
export const approveBatch: Command<BatchInput, BatchRow> = {
  action: 'batch.approve',
  permission: 'batch.approve',
  about: ({ batchId }) => ({ campaign: null, subject: batchId }),
  async handle({ tx, now, actor }, { batchId }) {
    const batch = await lockBatch(tx, batchId);
    obey(judgeStatus('approve', batch.status));
    obey(judgeFourEyes(actor.subject, await handsIn(tx, batch)));
    const alarms = (await evidenceOfBatch(tx, batch)).flatMap((evidence) => evidence.alarms);
    const digest = await currentDigest(tx, batch);
    if (digest !== batch.digest) {
      refuse(
        'CONFLICT',
        'SUBMITTED_DIGEST',
        'The batch is not the one that was submitted: its recipients or settings differ.',
      );
    }
    const changed = {
      status: 'APPROVED' as const,
      decidedBy: actor.subject,
      decidedAt: now,
      approvedDigest: digest,
    };
    await tx.update(BatchRow, { id: batchId }, changed);
    const approved = {
      ...(await digestsOf(tx, batch)),
      submittedBy: batch.submittedBy,
      alarms: alarms.map(({ measure }) => measure),
    };
    return {
      result: { ...batch, ...changed },
      facts: statusFacts(batch, changed.status, approved, digest),
    };
  },
};

/** Sends a batch away for good; its week may be run again. */
export const rejectBatch: Command<BatchNoteInput, BatchRow> = {
  action: 'batch.reject',
  permission: 'batch.reject',
  about: ({ batchId }) => ({ campaign: null, subject: batchId }),
  async handle({ tx, now, actor }, { batchId, note }) {
    const batch = await lockBatch(tx, batchId);
    obey(judgeStatus('reject', batch.status));
    needNote(note);
    obey(judgeFourEyes(actor.subject, [batch.submittedBy]));
    const changed = {
      status: 'REJECTED' as const,
      decidedBy: actor.subject,
      decidedAt: now,
      note,
      heldBy: null,
      heldFrom: null,
    };
    await tx.update(BatchRow, { id: batchId }, changed);
    if (batch.runId !== null)
      await tx.update(RunRow, { id: batch.runId, current: true }, { status: 'REJECTED' });
    return { result: { ...batch, ...changed }, facts: statusFacts(batch, changed.status, { reason: note }) };
  },
};

/** Stops a batch where it is until compliance lifts the hold or it is rejected. */
export const holdBatch: Command<BatchNoteInput, BatchRow> = {
  action: 'batch.hold',
  permission: 'batch.hold',
  about: ({ batchId }) => ({ campaign: null, subject: batchId }),
  async handle({ tx, actor }, { batchId, note }) {
    const batch = await lockBatch(tx, batchId);
    obey(judgeStatus('hold', batch.status));
    needNote(note);
    const changed = { status: 'HELD' as const, heldBy: actor.subject, heldFrom: batch.status, note };
    await tx.update(BatchRow, { id: batchId }, changed);
    const held = { from: batch.status, reason: note };
    return { result: { ...batch, ...changed }, facts: statusFacts(batch, changed.status, held) };
  },
};

/** Lets a held batch go on from where it was. */
export const liftHold: Command<BatchNoteInput, BatchRow> = {
  action: 'batch.lift',
  permission: 'batch.hold',
  about: ({ batchId }) => ({ campaign: null, subject: batchId }),
  async handle({ tx }, { batchId, note }) {
    const batch = await lockBatch(tx, batchId);
    obey(judgeStatus('lift', batch.status));
    needNote(note);
    const changed = { status: batch.heldFrom ?? 'IN_REVIEW', heldBy: null, heldFrom: null, note };
    await tx.update(BatchRow, { id: batchId }, changed);
    const lifted = { to: changed.status, reason: note };
    return { result: { ...batch, ...changed }, facts: statusFacts(batch, changed.status, lifted) };
  },
};

/** What was decided on rests on these. */
async function digestsOf(tx: Transaction, { runId }: BatchRow): Promise<NonNullable<Facts['details']>> {
  if (runId === null) return { manifest: null, configDigest: null };
  const run = await tx.findOneByOrFail(RunRow, { id: runId });
  const config = await tx.findOneByOrFail(ConfigVersionRow, { id: run.configId });
  return { manifest: run.manifestDigest, configDigest: config.digest };
}
