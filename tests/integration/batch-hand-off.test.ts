import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HandOffFile } from '../../src/domain/ports.ts';
import { recipientsOf } from '../../src/store/batch.store.ts';
import { handOffReleased } from '../../src/use-cases/hand-off.ts';
import { releaseBatch } from '../../src/use-cases/release-batch.ts';
import { auditEntries } from '../support/audit-entries.ts';
import { BatchWorld } from '../support/batch-world.ts';
import { OLGA } from '../support/service-harness.ts';
import { SMALL } from '../support/small-campaign.ts';

let world: BatchWorld;
beforeAll(async () => {
  world = await BatchWorld.start({ explorationSize: 6, restWeeks: 4 });
});
afterAll(() => world?.stop());
beforeEach(() => world.nextWeek());

describe('a released batch', () => {
  it('goes to the mail tool as a file and a manifest that names its digest, and leaves no drafts', async () => {
    const run = await world.decidedRun();
    const batchId = await world.harness.release(run);
    const file = `${SMALL}-${world.week}-${batchId}`;
    expect(await world.outbox(batchId)).toEqual([`${file}.csv`, `${file}.json`]);
    const content = await readFile(join(world.harness.folder, 'outbox', SMALL, `${file}.csv`), 'utf8');
    const lines = (await recipientsOf(world.harness.services.db.manager, batchId)).map(
      ({ customer, arm }) => `${customer},${arm},${SMALL}\n`,
    );
    expect(lines).toHaveLength(26);
    expect(content).toBe(`party_id,arm,flow\n${lines.join('')}`);
    const manifest: unknown = JSON.parse(
      await readFile(join(world.harness.folder, 'outbox', SMALL, `${file}.json`), 'utf8'),
    );
    const batch = await world.batchOf(run);
    expect(manifest).toEqual({
      format: 'hand-off/1',
      campaign: SMALL,
      week: world.week,
      batch: batchId,
      approvedDigest: batch.approvedDigest,
      file: `${file}.csv`,
      rows: 26,
      sha256: createHash('sha256').update(content).digest('hex'),
    });
    expect(batch).toMatchObject({
      status: 'RELEASED',
      releasedBy: 'olga',
      decidedBy: 'mark',
      submittedBy: 'olga',
    });
    expect(await world.rows('select status from run where id = $1', run.id)).toEqual([
      { status: 'RELEASED' },
    ]);
    const [handOff] = await world.rows(
      'select digest, rows, delivered_at from hand_off where batch_id = $1',
      batchId,
    );
    expect(handOff).toEqual({
      digest: `sha256:${createHash('sha256').update(content).digest('hex')}`,
      rows: 26,
      delivered_at: world.harness.now,
    });
  });

  it('is handed over once, however often and by however many it is released', async () => {
    const batchId = await world.harness.approve(await world.decidedRun());
    const released = await Promise.all(
      Array.from({ length: 4 }, () => world.act(OLGA, releaseBatch, { batchId })),
    );
    expect(released.map(({ status }) => status)).toEqual(new Array(4).fill('RELEASED'));
    await Promise.all([handOffReleased(world.harness.services), handOffReleased(world.harness.services)]);
    await world.act(OLGA, releaseBatch, { batchId });
    await handOffReleased(world.harness.services);
    expect(world.mail.delivered).toHaveLength(1);
    expect(await world.rows('select 1 from hand_off where batch_id = $1', batchId)).toHaveLength(1);
    const log = (await auditEntries(world.harness.services.db)).filter(({ subject }) => subject === batchId);
    expect(
      log.filter(({ action }) => action === 'batch.release').map(({ details }) => details.again ?? false),
    ).toEqual([false, true, true, true, true]);
    expect(log.filter(({ action }) => action === 'batch.handOff')).toHaveLength(1);
  });
});

describe('a mail tool that fails', () => {
  it('gets the same bytes later, and somebody is told meanwhile', async () => {
    const run = await world.decidedRun();
    const batchId = await world.harness.approve(run);
    await world.act(OLGA, releaseBatch, { batchId });
    const offered: HandOffFile[] = [];
    world.mail.onDelivery = (file, moment) => {
      if (moment === 'after') return;
      offered.push(file);
      if (offered.length < 3) throw new Error('the mail tool is away');
    };
    await expect(handOffReleased(world.harness.services)).rejects.toThrow(AggregateError);
    await expect(handOffReleased(world.harness.services)).rejects.toThrow(AggregateError);
    expect(await world.outbox(batchId)).toEqual([]);
    const incidents = await world.rows('select kind, resolved_at from incident where run_id = $1', run.id);
    expect(incidents).toEqual([{ kind: 'HAND_OFF_FAILED', resolved_at: null }]);
    expect(await handOffReleased(world.harness.services)).toBe(1);
    expect(await world.outbox(batchId)).toHaveLength(2);
    expect(offered[2]).toEqual(offered[0]);
    expect(await handOffReleased(world.harness.services)).toBe(0);
  });

  it('that took the file and was cut off gets it again, and has it once', async () => {
    const batchId = await world.harness.approve(await world.decidedRun());
    await world.act(OLGA, releaseBatch, { batchId });
    world.mail.onDelivery = (_, moment) => {
      if (moment === 'after' && world.mail.delivered.length === 1) throw new Error('killed');
    };
    await expect(handOffReleased(world.harness.services)).rejects.toThrow(AggregateError);
    const before = await world.outbox(batchId);
    expect(before).toHaveLength(2);
    expect(await world.rows('select delivered_at from hand_off where batch_id = $1', batchId)).toEqual([
      { delivered_at: null },
    ]);
    await handOffReleased(world.harness.services);
    expect(world.mail.delivered).toHaveLength(2);
    expect(world.mail.delivered[1]).toEqual(world.mail.delivered[0]);
    expect(await world.outbox(batchId)).toEqual(before);
  });
});
