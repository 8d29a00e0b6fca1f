import { judgeSample, judgeStatus } from '../domain/batch.ts';
import { obey } from '../domain/refusal.ts';
import { judgeAlarms } from '../domain/review-evidence.ts';
import { BatchRow } from '../store/batch.row.ts';
import { lockBatch } from '../store/batch.store.ts';
import { sampleStates } from '../store/review.reads.ts';
import { statusFacts } from './batch-facts.ts';
import type { Command } from './execute.ts';
import { openIncident } from './incidents.ts';
import { evidenceOfBatch } from './read-review-evidence.ts';
import type { BatchInput } from './review-batch.ts';

/**
 * Hands a reviewed batch over to whoever approves. A review that looks like rubber-stamping opens an incident, or, beyond a limit
 * that halts, is not handed over.
 */
export const submitBatch: Command<BatchInput, BatchRow> = {
  action: 'batch.submit',
  permission: 'batch.submit',
  about: ({ batchId }) => ({ campaign: null, subject: batchId }),
  async handle({ tx, now, actor, services }, { batchId }) {
    const batch = await lockBatch(tx, batchId);
    obey(judgeStatus('submit', batch.status));
    obey(judgeSample(await sampleStates(tx, batchId)));
    const alarms = (await evidenceOfBatch(tx, batch)).flatMap((evidence) => evidence.alarms);
    obey(judgeAlarms(alarms));
    if (alarms.length > 0) {
      await openIncident(tx, services, {
        kind: 'RUBBER_STAMPING',
        campaign: batch.campaign,
        runId: batch.runId,
        summary: `the batch of ${batch.campaign} ${batch.week} was submitted although ${alarms.map(({ message }) => message).join('; ')}`,
      });
    }
    const changed = { status: 'SUBMITTED' as const, submittedBy: actor.subject, submittedAt: now };
    await tx.update(BatchRow, { id: batchId }, changed);
    return {
      result: { ...batch, ...changed },
      facts: statusFacts(batch, changed.status, { alarms: alarms.map(({ measure }) => measure) }),
    };
  },
};
