import { digestOf } from '../audit/digest.ts';
import { mailFile } from '../domain/batch.ts';
import { BatchRow } from '../store/batch.row.ts';
import { recipientsOf, undelivered } from '../store/batch.store.ts';
import { HandOffRow } from '../store/hand-off.row.ts';
import { record } from './execute.ts';
import { openIncident } from './incidents.ts';
import { ENGINE } from './run-step.ts';
import type { Services } from './services.ts';

/**
 * Gives released batches to the mail tool, those that it does not have yet. Cut off between giving and noting, the same
 * file is given again, which the mail tool takes as once. Answers how many were given; throws when the mail tool does.
 */
export async function handOffReleased(services: Services): Promise<number> {
  const waiting = await undelivered(services.db.manager);
  for (const { batchId } of waiting) await handOff(services, batchId);
  return waiting.length;
}

async function handOff(services: Services, batchId: string): Promise<void> {
  await services.db.transaction(async (tx) => {
    const row = await tx.findOne(HandOffRow, { where: { batchId }, lock: { mode: 'pessimistic_write' } });
    if (row === null || row.deliveredAt !== null) return;
    const batch = await tx.findOneByOrFail(BatchRow, { id: batchId });
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
    const details = { file: row.file, rows: row.rows };
    await record(tx, {
      now,
      caller: ENGINE,
      role: 'OPERATOR',
      action: 'batch.handOff',
      facts: { campaign: batch.campaign, subject: batchId, digest: row.digest, details },
    });
  });
}

/** Opens an incident about what could not be handed over, once per batch. */
export async function reportFailedHandOff(services: Services): Promise<void> {
  await services.db.transaction(async (tx) => {
    const late: { batch_id: string; campaign: string; run_id: string | null; file: string }[] =
      await tx.query(
        `select h.batch_id, b.campaign, b.run_id, h.file from hand_off h join batch b on b.id = h.batch_id
       where h.delivered_at is null and not exists (
         select from incident i where i.kind = 'HAND_OFF_FAILED' and i.resolved_at is null and i.summary like '%' || h.file || '%')`,
      );
    for (const { campaign, run_id, file } of late) {
      await openIncident(tx, services, {
        kind: 'HAND_OFF_FAILED',
        campaign,
        runId: run_id,
        summary: `${file} was released and could not be handed to the mail tool`,
      });
    }
  });
}
