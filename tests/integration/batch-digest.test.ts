import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { digestOfJson } from '../../src/audit/digest.ts';
import { batchContent } from '../../src/domain/batch.ts';
import { ConfigVersionRow } from '../../src/store/config-version.row.ts';
import { approveBatch } from '../../src/use-cases/decide-batch.ts';
import { handOffReleased } from '../../src/use-cases/hand-off.ts';
import { releaseBatch } from '../../src/use-cases/release-batch.ts';
import { removeFromBatch } from '../../src/use-cases/review-batch.ts';
import { auditEntries } from '../support/audit-entries.ts';
import { BatchWorld } from '../support/batch-world.ts';
import { refusalOf } from '../support/refusals.ts';
import { MARK, OLGA } from '../support/service-harness.ts';
import { SMALL } from '../support/small-campaign.ts';
import { changeRows } from '../support/state-change.ts';

let world: BatchWorld;
beforeAll(async () => {
  world = await BatchWorld.start({ explorationSize: 6, restWeeks: 4 });
});
afterAll(() => world?.stop());
beforeEach(() => world.nextWeek());

/** Adds a customer to a batch behind its back. */
const ONE_MORE = `insert into recipient (batch_id, customer, arm, row_no, salt)
  values ($1, $2, 'MODEL', 9999, decode(repeat('ab', 16), 'hex'))`;

describe('a batch that is not the one that was approved', () => {
  const changed = async (batchId: string, sql: string, ...parameters: unknown[]) => {
    expect(await changeRows(world.owner, sql, [batchId, ...parameters])).toMatchObject({ rowCount: 1 });
  };

  it.each<[string, (batchId: string) => Promise<void>]>([
    [
      'another arm',
      (batchId) =>
        changed(
          batchId,
          `update recipient set arm = case arm when 'MODEL' then 'EXPLORATION' else 'MODEL' end where batch_id = $1 and customer = $2`,
          world.id(24),
        ),
    ],
    ['one more', (batchId) => changed(batchId, ONE_MORE, 'friend')],
    [
      'one put back',
      (batchId) =>
        changed(
          batchId,
          'update recipient set removed_by = null, removed_at = null, removal_note = null where batch_id = $1 and customer = $2',
          world.id(23),
        ),
    ],
    [
      'one taken out',
      (batchId) =>
        changed(
          batchId,
          `update recipient set removed_by = 'x', removed_at = now(), removal_note = 'x' where batch_id = $1 and customer = $2`,
          world.id(24),
        ),
    ],
    [
      'another run record',
      (batchId) =>
        changed(
          batchId,
          `update run set manifest_digest = $2 where id = (select run_id from batch where id = $1)`,
          `sha256:${'0'.repeat(64)}`,
        ),
    ],
    ['another week', (batchId) => changed(batchId, 'update batch set week = $2 where id = $1', '2020-W01')],
  ])('is refused, and nothing of it goes: %s', async (_, tamper) => {
    const run = await world.decidedRun();
    const { id: batchId } = await world.batchOf(run);
    await world.act(OLGA, removeFromBatch, { batchId, customer: world.id(23), note: 'asked us to' });
    await world.harness.approve(run);
    await tamper(batchId);
    expect(await refusalOf(world.act(OLGA, releaseBatch, { batchId }))).toBe('CONFLICT APPROVED_DIGEST');
    await world.expectNothingReleased(batchId);
    const [last] = (await auditEntries(world.harness.services.db)).slice(-1);
    expect(last).toMatchObject({
      action: 'batch.release',
      refusal: { code: 'CONFLICT', rule: 'APPROVED_DIGEST' },
    });
  });

  it('is refused when it is approved, too', async () => {
    const batchId = await world.harness.submit(await world.decidedRun());
    await changed(batchId, ONE_MORE, 'friend');
    expect(await refusalOf(world.act(MARK, approveBatch, { batchId }))).toBe('CONFLICT SUBMITTED_DIGEST');
  });

  it('is not handed over when it was changed after the release', async () => {
    const batchId = await world.harness.approve(await world.decidedRun());
    await world.act(OLGA, releaseBatch, { batchId });
    await changed(batchId, ONE_MORE, 'friend');
    await expect(handOffReleased(world.harness.services)).rejects.toThrow(AggregateError);
    expect(await world.outbox(batchId)).toEqual([]);
    await changeRows(world.owner, `delete from recipient where customer = 'friend'`);
    await handOffReleased(world.harness.services);
    expect(await world.outbox(batchId)).toHaveLength(2);
  });

  it('no customer is in two released batches of a week, even when the record says that they are of different ones', async () => {
    const first = world.week;
    await world.harness.release(await world.decidedRun());
    const same = world.people(60);
    world.nextWeek(6);
    const run = await world.decidedRun(same);
    const batch = await world.batchOf(run);
    const config = await world.harness.services.db.manager.findOneByOrFail(ConfigVersionRow, {
      id: run.configId,
    });
    const digest = digestOfJson(
      batchContent({
        campaign: SMALL,
        week: first,
        manifestDigest: run.manifestDigest,
        configDigest: config.digest,
        leaves: await world.leavesOf(batch.id),
      }),
    );
    await changed(batch.id, 'update batch set week = $2, digest = $3 where id = $1', first, digest);
    await world.harness.approve(run);
    expect(await refusalOf(world.act(OLGA, releaseBatch, { batchId: batch.id }))).toBe(
      'CONFLICT ONE_BATCH_A_WEEK',
    );
    await world.expectNothingReleased(batch.id);
  });
});
