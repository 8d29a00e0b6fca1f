import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addDays, addWeeks, sundayOf } from '../../src/domain/week.ts';
import { RecipientRow } from '../../src/store/recipient.row.ts';
import { SampleItemRow } from '../../src/store/sample-item.row.ts';
import { approveBatch } from '../../src/use-cases/decide-batch.ts';
import { handOffReleased } from '../../src/use-cases/hand-off.ts';
import { addToQuietList, recordOptOut } from '../../src/use-cases/protect-customer.ts';
import { releaseBatch } from '../../src/use-cases/release-batch.ts';
import { removeFromBatch } from '../../src/use-cases/review-batch.ts';
import { auditEntries, entriesOf } from '../support/audit-entries.ts';
import { BatchWorld } from '../support/batch-world.ts';
import { refusalOf } from '../support/refusals.ts';
import { decisionsOf } from '../support/run-record.ts';
import { MARK, OLGA } from '../support/service-harness.ts';
import { SMALL } from '../support/small-campaign.ts';
import { changeRows } from '../support/state-change.ts';

let world: BatchWorld;
beforeAll(async () => {
  world = await BatchWorld.start({ explorationSize: 6, restWeeks: 4 });
});
afterAll(() => world?.stop());
beforeEach(() => world.nextWeek());

describe('a released batch', () => {
  it('is not released before another person approved it', async () => {
    const run = await world.decidedRun();
    const { id: batchId } = await world.batchOf(run);
    expect(await refusalOf(world.act(OLGA, releaseBatch, { batchId }))).toBe('INVALID_STATE BATCH_STATUS');
    await world.harness.submit(run);
    expect(await refusalOf(world.act(OLGA, releaseBatch, { batchId }))).toBe('INVALID_STATE BATCH_STATUS');
    await world.act(MARK, approveBatch, { batchId });
    expect(await refusalOf(world.act(MARK, releaseBatch, { batchId }))).toBe('FORBIDDEN batch.release');
    await world.expectNothingReleased(batchId);
  });

  it('becomes contact history: in the flow, then resting, then free again', async () => {
    const first = world.week;
    await world.harness.release(await world.decidedRun());
    const asOf = sundayOf(world.week);
    const flow = await world.rows(
      `select sent_on::text as on, mailing, count(*)::int from contact where campaign = $1 and customer like $2 group by 1, 2 order by 1`,
      SMALL,
      `${world.week}-%`,
    );
    expect(flow).toEqual([
      { on: addDays(asOf, 1), mailing: 'small/day-0', count: 26 },
      { on: addDays(asOf, 8), mailing: 'small/day-7', count: 26 },
      { on: addDays(asOf, 15), mailing: 'small/day-14', count: 26 },
    ]);
    const mailed = new Set(
      (await world.rows('select customer from contact where customer like $1', `${world.week}-%`)).map(
        (r) => r.customer,
      ),
    );
    const same = world.people(60);
    const reasonsIn = async (weeksLater: number) => {
      world.week = addWeeks(first, weeksLater);
      const run = await world.decidedRun(same);
      const found = (await decisionsOf(world.harness.services.db, run.id)).filter(({ customer }) =>
        mailed.has(customer),
      );
      return [...new Set(found.map(({ reasons }) => reasons.join()))];
    };
    // The flow's own messages fall on the days on which the next weeks would begin.
    expect(await reasonsIn(1)).toEqual(['IN_FLOW,RECENTLY_MAILED,CONTACT_PRESSURE']);
    expect(await reasonsIn(2)).toEqual(['IN_FLOW,RECENTLY_MAILED,CONTACT_PRESSURE']);
    expect(await reasonsIn(3)).toEqual(['RECENTLY_MAILED']);
    expect(await reasonsIn(4)).not.toContain('RECENTLY_MAILED');
  });
});

describe('customers who were protected since the approval', () => {
  it('are dropped at the release, and listed; the others go', async () => {
    const run = await world.decidedRun();
    const { id: batchId } = await world.batchOf(run);
    await world.act(OLGA, removeFromBatch, { batchId, customer: world.id(20), note: 'asked us to' });
    await world.harness.approve(run);
    const quiet = (n: number, until: string) =>
      world.act(OLGA, addToQuietList, {
        campaign: SMALL,
        customer: world.id(n),
        until,
        reason: 'a complaint',
      });
    await world.act(OLGA, recordOptOut, { customer: world.id(24), note: 'by telephone' });
    await world.act(OLGA, recordOptOut, { customer: world.id(20), note: 'by telephone' });
    await world.act(OLGA, recordOptOut, { customer: 'somebody-else', note: 'said so by phone' });
    await quiet(23, '2026-11-16');
    await quiet(22, '2027-11-16');
    await quiet(24, '2027-11-16');
    // On a quiet list until a day that has passed when the batch is released.
    await quiet(21, '2026-11-16');
    await changeRows(world.owner, `update quiet_list set until = '2026-11-15' where customer = $1`, [
      world.id(21),
    ]);
    await world.act(OLGA, releaseBatch, { batchId });
    await handOffReleased(world.harness.services);
    const listed = await world.rows(
      'select customer, dropped from recipient where batch_id = $1 and dropped is not null order by customer',
      batchId,
    );
    expect(listed).toEqual([
      { customer: world.id(22), dropped: 'QUIET_LIST' },
      { customer: world.id(23), dropped: 'QUIET_LIST' },
      { customer: world.id(24), dropped: 'OPTED_OUT' },
    ]);
    const sent = world.mail.delivered.map(({ content }) => Buffer.from(content).toString('utf8')).join('');
    for (const n of [20, 22, 23, 24]) expect(sent).not.toContain(`${world.id(n)},`);
    expect(sent).toContain(`${world.id(21)},MODEL`);
    expect(sent.trim().split('\n')).toHaveLength(1 + 26 - 4);
    expect(
      await world.rows('select 1 from contact where customer = any($1)', [
        world.id(20),
        world.id(22),
        world.id(23),
        world.id(24),
      ]),
    ).toEqual([]);
    const [released] = (await auditEntries(world.harness.services.db)).filter(
      ({ action, subject }) => action === 'batch.release' && subject === batchId,
    );
    expect(released?.details).toMatchObject({ released: 22, dropped: 3 });
  });

  it('are judged by the day of the release, whatever the database thinks it is', async () => {
    const run = await world.decidedRun();
    const batchId = await world.harness.approve(run);
    await world.act(OLGA, addToQuietList, {
      campaign: SMALL,
      customer: world.id(24),
      until: '2026-11-20',
      reason: 'a complaint',
    });
    const { now } = world.harness;
    world.harness.now = new Date('2026-11-21T00:00:00Z');
    await world.act(OLGA, releaseBatch, { batchId }).finally(() => {
      world.harness.now = now;
    });
    expect(
      await world.rows('select 1 from recipient where batch_id = $1 and dropped is not null', batchId),
    ).toEqual([]);
    await handOffReleased(world.harness.services);
  });

  it('may be all of them', async () => {
    const run = await world.decidedRun(world.people(1));
    const batchId = await world.harness.approve(run);
    await world.act(OLGA, recordOptOut, { customer: world.id(1), note: 'by telephone' });
    await world.act(OLGA, releaseBatch, { batchId });
    await handOffReleased(world.harness.services);
    expect(world.mail.delivered.map(({ content }) => Buffer.from(content).toString('utf8'))).toEqual([
      'party_id,arm,flow\n',
    ]);
  });
});

describe('the log of a batch', () => {
  it('has one entry for each act, and says nothing of people but their pseudonyms', async () => {
    const secret = 'Mevrouw De Vries, Dorpsstraat 1';
    const run = await world.decidedRun();
    const { id: batchId } = await world.batchOf(run);
    const entries = await entriesOf(world.harness.services.db, async () => {
      await world.act(OLGA, removeFromBatch, { batchId, customer: world.id(24), note: secret });
      await world.harness.approve(run);
      await world.act(OLGA, recordOptOut, { customer: world.id(23), note: secret });
      await world.act(OLGA, addToQuietList, {
        campaign: SMALL,
        customer: world.id(22),
        until: '2027-01-01',
        reason: secret,
      });
      await world.act(OLGA, releaseBatch, { batchId });
      await handOffReleased(world.harness.services);
    });
    expect(entries.map(({ action, actor }) => `${actor} ${action}`)).toEqual([
      'olga batch.remove',
      ...new Array(8).fill('olga batch.review'),
      'olga batch.submit',
      'mark batch.approve',
      'olga customer.optOut',
      'olga customer.quiet',
      'olga batch.release',
      'engine batch.handOff',
    ]);
    expect(JSON.stringify(entries)).not.toContain('Vries');
    const { digest, approvedDigest } = await world.batchOf(run);
    expect(entries.find(({ action }) => action === 'batch.approve')?.digest).toBe(digest);
    expect(entries.find(({ action }) => action === 'batch.release')?.digest).toBe(approvedDigest);
    expect(await world.harness.services.db.manager.countBy(RecipientRow, { batchId })).toBe(26);
    expect(await world.harness.services.db.manager.countBy(SampleItemRow, { batchId })).toBe(8);
  });
});
