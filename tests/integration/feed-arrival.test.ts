import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addWeeks } from '../../src/domain/week.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { runWeek } from '../../src/use-cases/run-week.ts';
import { startRun } from '../../src/use-cases/start-run.ts';
import { customers, FeedWorld, withCell } from '../support/feed-world.ts';
import { OLGA } from '../support/service-harness.ts';

const PLAIN = 'plain';

let world: FeedWorld;
beforeAll(async () => {
  world = await FeedWorld.start();
  await world.install(PLAIN, {});
});
afterAll(() => world.stop());

describe('when and how often a feed comes', () => {
  it('late: the week halts and its next attempt runs', async () => {
    world.week = addWeeks(world.week, 1);
    const missing = await world.harness.run(PLAIN, world.week);
    await world.expectHalted(
      missing,
      `FEED_PRESENT: the feed of ${world.week} has not been delivered: there is no feed.json for it`,
    );
    const folder = await world.deliver(PLAIN, { files: { 'customers.csv': customers() } });
    await rm(join(folder, 'feed.json'));
    // Without the manifest a delivery is not complete, however much of it is there.
    expect(await world.harness.run(PLAIN, world.week)).toMatchObject({ status: 'HALTED', attempt: 2 });
    await world.deliver(PLAIN, { files: { 'customers.csv': customers() } });
    expect(await world.harness.run(PLAIN, world.week)).toMatchObject({
      status: 'AWAITING_REVIEW',
      attempt: 3,
      snapshotRows: 20,
    });
    expect(await world.count(`run where week = $1 and status = 'SUPERSEDED'`, world.week)).toBe(2);
  });

  it('twice: the run of the week is the answer, whatever the second delivery holds', async () => {
    const first = await world.run(PLAIN, { files: { 'customers.csv': customers() } });
    await world.deliver(PLAIN, { files: { 'customers.csv': customers(undefined, 5) } });
    const again = await execute(world.harness.services, OLGA, startRun, {
      campaign: PLAIN,
      week: world.week,
      trigger: 'MANUAL',
    });
    expect(again).toMatchObject({ started: false, run: { id: first.id, attempt: 1, snapshotRows: 20 } });
    expect(await world.harness.run(PLAIN, world.week)).toMatchObject({
      id: first.id,
      snapshotDigest: first.snapshotDigest,
    });
  });

  it('corrected after a halt: the next attempt uses it, and both stay on record', async () => {
    const first = await world.run(PLAIN, { files: { 'customers.csv': withCell('party_id', 'c2') } });
    expect(first).toMatchObject({ status: 'HALTED', attempt: 1 });
    await world.deliver(PLAIN, { files: { 'customers.csv': customers() } });
    expect(await world.harness.run(PLAIN, world.week)).toMatchObject({
      status: 'AWAITING_REVIEW',
      attempt: 2,
    });
    expect(await world.count('run_check where run_id = $1', first.id)).toBeGreaterThan(0);
  });

  it('once, taken up by two processes: it halts once', async () => {
    world.week = addWeeks(world.week, 1);
    await world.deliver(PLAIN, {
      files: { 'customers.csv': withCell('age', 'x'.repeat(9)) },
      manifest: { week: '2008-W23' },
    });
    const { run } = await execute(world.harness.services, OLGA, startRun, {
      campaign: PLAIN,
      week: world.week,
      trigger: 'MANUAL',
    });
    const both = await Promise.all([
      runWeek(world.harness.services, run.id),
      runWeek(world.harness.services, run.id),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['HALTED', 'HALTED']);
    await world.expectHalted(
      both[0] ?? run,
      `FEED_MANIFEST: feed.json, week is 2008-W23 where ${world.week} is due`,
    );
  });
});
