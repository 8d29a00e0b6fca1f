import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { handOffReleased } from '../../src/use-cases/hand-off.ts';
import { ServiceHarness } from '../support/service-harness.ts';
import { addReleasedBatch, applyShipped } from '../support/shipped-campaign.ts';
import { changeState } from '../support/state-change.ts';

let harness: ServiceHarness;

beforeEach(async () => {
  harness = await ServiceHarness.start();
});

afterEach(async () => {
  await harness.stop();
});

async function rows<T extends object>(sql: string): Promise<T[]> {
  return harness.services.db.query(sql);
}

const incidents = () => rows<{ kind: string; summary: string }>('select kind, summary from incident');

describe('handOffReleased', () => {
  const failingFor = (file: string) => ({
    deliver: vi.fn(async ({ name }: { name: string }) => {
      if (name.includes(file)) throw new Error('the mail tool is away');
    }),
  });

  it('gives the other batches when one cannot be given, and opens one incident until it can', async () => {
    const campaign = await applyShipped(harness);
    const stuck = await addReleasedBatch(harness, campaign, '2026-W10');
    const fine = await addReleasedBatch(harness, campaign, '2026-W11');
    const services = { ...harness.services, mailTool: failingFor(stuck) };
    for (const _ of [1, 2]) {
      await expect(handOffReleased(services)).rejects.toThrow('1 of');
    }
    expect(await rows('select batch_id from hand_off where delivered_at is not null')).toEqual([
      { batch_id: fine },
    ]);
    expect(await incidents()).toEqual([{ kind: 'HAND_OFF_FAILED', summary: expect.stringContaining(stuck) }]);
    expect(await handOffReleased(harness.services)).toBe(1);
    expect(await rows('select from hand_off where delivered_at is null')).toEqual([]);
  });

  it('gives a batch once when several give at once', async () => {
    const campaign = await applyShipped(harness);
    await addReleasedBatch(harness, campaign, '2026-W11');
    const services = { ...harness.services, mailTool: failingFor('none') };
    await Promise.all(Array.from({ length: 4 }, () => handOffReleased(services)));
    expect(services.mailTool.deliver).toHaveBeenCalledTimes(1);
  });

  it('opens one incident when several fail at once', async () => {
    const campaign = await applyShipped(harness);
    const stuck = await addReleasedBatch(harness, campaign, '2026-W11');
    const services = { ...harness.services, mailTool: failingFor(stuck) };
    const answers = await Promise.allSettled(Array.from({ length: 4 }, () => handOffReleased(services)));
    expect(answers.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    expect(await incidents()).toHaveLength(1);
  });

  it('never gives what is not what was released', async () => {
    const campaign = await applyShipped(harness);
    const batch = await addReleasedBatch(harness, campaign, '2026-W11');
    await changeState(harness.services.db, (tx) =>
      tx.query(
        `update recipient set removed_by = 'x', removed_at = now(), removal_note = 'x' where batch_id = $1`,
        [batch],
      ),
    );
    await expect(handOffReleased(harness.services)).rejects.toThrow(
      expect.objectContaining({
        errors: [expect.objectContaining({ message: expect.stringContaining('changed after its release') })],
      }),
    );
  });
});
