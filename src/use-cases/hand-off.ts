import { digestOf } from '../audit/digest.ts';
import { mailFile } from '../domain/batch.ts';
import { BatchRow } from '../store/batch.row.ts';
import { recipientsOf, undelivered } from '../store/batch.store.ts';
import { HandOffRow } from '../store/hand-off.row.ts';
import { isIncidentOpen } from '../store/incident.reads.ts';
import { isGoing } from './engine.ts';
import { record } from './execute.ts';
import { openIncident } from './incidents.ts';
import { ENGINE } from './run-step.ts';
import type { Services } from './services.ts';

/**
 * Gives released batches to the mail tool, those that it does not have yet. Cut off between giving and noting, the same file is given
 * again, which the mail tool takes as once. What a pause keeps back waits. Answers how many were given. A batch that could not be
 * given does not keep the others back: it gets an incident, and AggregateError is thrown at the end.
 */
export async function handOffReleased(services: Services): Promise<number> {
  const waiting = await undelivered(services.db.manager);
  const failures: unknown[] = [];
  let given = 0;
  for (const { batchId } of waiting) {
    try {
      if (await handOff(services, batchId)) given += 1;
    } catch (error) {
      failures.push(error);
      await reportFailedHandOff(services, batchId);
    }
  }
  if (failures.length > 0) {
    throw new AggregateError(
      failures,
      `${failures.length} of ${waiting.length} batches were not handed over`,
    );
  }
  return given;
}

/** False when another process gave it meanwhile, or a pause keeps it back. */
async function handOff(services: Services, batchId: string): Promise<boolean> {
  return services.db.transaction(async (tx) => {
    const row = await tx.findOne(HandOffRow, { where: { batchId }, lock: { mode: 'pessimistic_write' } });
    if (row === null || row.deliveredAt !== null) return false;
    const batch = await tx.findOneByOrFail(BatchRow, { id: batchId });
    if (!(await isGoing(tx, batch.campaign, batch.fallback ? 'FALLBACK_MAIL' : 'MAIL'))) return false;
    const content = mailFile(batch.campaign, await recipientsOf(tx, batchId));
    if (digestOf(content) !== row.digest)
      throw new Error(`the recipients of batch ${batchId} changed after its release`);
    const manifest = {
      format: 'hand-off/1',
      campaign: batch.campaign,
      week: batch.week,
      batch: batchId,
      approvedDigest: batch.approvedDigest,
      file: row.file,
      rows: row.rows,
      sha256: row.digest.slice('sha256:'.length),
    };
    await services.mailTool.deliver({
      campaign: batch.campaign,
      name: row.file,
      content: Buffer.from(content),
      manifest: Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`),
    });
    const now = services.clock.now();
    await tx.update(HandOffRow, { batchId }, { deliveredAt: now });
    const details = { file: row.file, rows: row.rows, approvedDigest: batch.approvedDigest };
    await record(tx, {
      now,
      caller: ENGINE,
      role: 'OPERATOR',
      action: 'batch.handOff',
      facts: { campaign: batch.campaign, subject: batchId, digest: row.digest, details },
    });
    return true;
  });
}

/** Opens an incident about a batch that could not be handed over, unless one is open. */
async function reportFailedHandOff(services: Services, batchId: string): Promise<void> {
  await services.db.transaction(async (tx) => {
    // Of two processes that failed with it, the second finds the incident of the first.
    const row = await tx.findOne(HandOffRow, { where: { batchId }, lock: { mode: 'pessimistic_write' } });
    if (row === null || row.deliveredAt !== null) return;
    const summary = `${row.file} was released and could not be handed to the mail tool`;
    if (await isIncidentOpen(tx, { kind: 'HAND_OFF_FAILED', summary })) return;
    const { campaign, runId } = await tx.findOneByOrFail(BatchRow, { id: batchId });
    await openIncident(tx, services, { kind: 'HAND_OFF_FAILED', campaign, runId, summary });
  });
}
