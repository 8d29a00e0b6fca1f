import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OutboxMailTool } from '../../src/adapters/mail/outbox-mail-tool.ts';
import { digestOfJson } from '../../src/audit/digest.ts';
import { batchContent } from '../../src/domain/batch.ts';
import type { HandOffFile } from '../../src/domain/ports.ts';
import { addDays, addWeeks, type IsoWeek, sundayOf } from '../../src/domain/week.ts';
import type { BatchRow } from '../../src/store/batch.row.ts';
import { recipientsOf } from '../../src/store/batch.store.ts';
import { ConfigVersionRow } from '../../src/store/config-version.row.ts';
import { RecipientRow } from '../../src/store/recipient.row.ts';
import { RunRow } from '../../src/store/run.row.ts';
import { SampleItemRow } from '../../src/store/sample-item.row.ts';
import { approveBatch } from '../../src/use-cases/decide-batch.ts';
import { type Caller, execute } from '../../src/use-cases/execute.ts';
import { handOffReleased } from '../../src/use-cases/hand-off.ts';
import { addToQuietList, recordOptOut } from '../../src/use-cases/protect-customer.ts';
import { releaseBatch } from '../../src/use-cases/release-batch.ts';
import { removeFromBatch } from '../../src/use-cases/review-batch.ts';
import { auditEntries, entriesOf } from '../support/audit-entries.ts';
import { likelyScorer } from '../support/likely-scorer.ts';
import { refusalOf } from '../support/refusals.ts';
import { decisionsOf } from '../support/run-record.ts';
import { MARK, OLGA, ServiceHarness } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';
import { changeRows } from '../support/state-change.ts';

let harness: ServiceHarness;
let owner: pg.Client;
/** Each test has a week and customers of its own. */
let week: IsoWeek = '2025-W01';
/** What the mail tool does before it takes a file, and after. */
let onDelivery: (file: HandOffFile, moment: 'before' | 'after') => void = () => {};
const delivered: HandOffFile[] = [];

beforeAll(async () => {
  harness = await ServiceHarness.start({
    scorer: likelyScorer,
    mailTool: {
      async deliver(file) {
        onDelivery(file, 'before');
        delivered.push(file);
        await new OutboxMailTool(join(harness.folder, 'outbox')).deliver(file);
        onDelivery(file, 'after');
      },
    },
  });
  await installSmall(harness, { capacity: 20, explorationSize: 6, sampleSize: 8, restWeeks: 4 });
  owner = new pg.Client({ connectionString: harness.database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await harness.stop();
});
beforeEach(() => {
  week = addWeeks(week, 1);
  onDelivery = () => {};
  delivered.length = 0;
});

const act = <I, R>(caller: Caller, command: Parameters<typeof execute<I, R>>[2], input: I) =>
  execute(harness.services, caller, command, input);
const id = (n: number) => `${week}-c${n}`;
const people = (count: number) =>
  customers(count, (n) => ({ party_id: id(n), likely: n <= 24 ? 0.5 + n / 100 : 0.3 }));

/** A run of the week whose batch waits: 20 of the model, 6 for exploration. */
async function decidedRun(): Promise<RunRow> {
  await deliver(harness, { week, customers: people(60) });
  const run = await harness.run(SMALL, week);
  expect(run.status).toBe('AWAITING_REVIEW');
  return run;
}

const batchOf = (run: RunRow): Promise<BatchRow> => harness.batchOf(run);
const rows = (sql: string, ...parameters: unknown[]): Promise<Record<string, unknown>[]> =>
  harness.services.db.query(sql, parameters);
const leavesOf = async (batchId: string): Promise<string[]> =>
  (
    await harness.services.db.query(
      `select encode(leaf, 'hex') as leaf from recipient where batch_id = $1 and removed_by is null`,
      [batchId],
    )
  ).map(({ leaf }: { leaf: string }) => leaf);
/** Adds a customer to a batch behind its back. */
const ONE_MORE = `insert into recipient (batch_id, customer, arm, row_no, salt)
  values ($1, $2, 'MODEL', 9999, decode(repeat('ab', 16), 'hex'))`;
const recipients = (batchId: string) => recipientsOf(harness.services.db.manager, batchId);

/** What is in the outbox of this week's batch. */
async function outbox(batchId: string): Promise<string[]> {
  const names = await readdir(join(harness.folder, 'outbox', SMALL)).catch(() => []);
  return names.filter((name) => name.includes(batchId)).sort();
}

async function expectNothingReleased(batchId: string): Promise<void> {
  expect(await rows('select status from batch where id = $1', batchId)).toEqual([{ status: 'APPROVED' }]);
  expect(await rows('select 1 from hand_off where batch_id = $1', batchId)).toEqual([]);
  expect(await rows('select 1 from released_recipient where batch_id = $1', batchId)).toEqual([]);
  expect(await rows('select 1 from contact where batch_id = $1', batchId)).toEqual([]);
  expect(await rows('select 1 from recipient where batch_id = $1 and dropped is not null', batchId)).toEqual(
    [],
  );
  await handOffReleased(harness.services);
  expect(await outbox(batchId)).toEqual([]);
}

describe('a released batch', () => {
  it('goes to the mail tool as a file and a manifest that names its digest, and leaves no drafts', async () => {
    const run = await decidedRun();
    const batchId = await harness.release(run);
    const file = `${SMALL}-${week}-${batchId}`;
    expect(await outbox(batchId)).toEqual([`${file}.csv`, `${file}.json`]);
    const content = await readFile(join(harness.folder, 'outbox', SMALL, `${file}.csv`), 'utf8');
    const lines = (await recipients(batchId)).map(({ customer, arm }) => `${customer},${arm},${SMALL}\n`);
    expect(lines).toHaveLength(26);
    expect(content).toBe(`party_id,arm,flow\n${lines.join('')}`);
    const manifest: unknown = JSON.parse(
      await readFile(join(harness.folder, 'outbox', SMALL, `${file}.json`), 'utf8'),
    );
    const batch = await batchOf(run);
    expect(manifest).toEqual({
      format: 'hand-off/1',
      campaign: SMALL,
      week,
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
    expect(await rows('select status from run where id = $1', run.id)).toEqual([{ status: 'RELEASED' }]);
    const [handOff] = await rows(
      'select digest, rows, delivered_at from hand_off where batch_id = $1',
      batchId,
    );
    expect(handOff).toEqual({
      digest: `sha256:${createHash('sha256').update(content).digest('hex')}`,
      rows: 26,
      delivered_at: harness.now,
    });
  });

  it('is handed over once, however often and by however many it is released', async () => {
    const batchId = await harness.approve(await decidedRun());
    const released = await Promise.all(Array.from({ length: 4 }, () => act(OLGA, releaseBatch, { batchId })));
    expect(released.map(({ status }) => status)).toEqual(new Array(4).fill('RELEASED'));
    await Promise.all([handOffReleased(harness.services), handOffReleased(harness.services)]);
    await act(OLGA, releaseBatch, { batchId });
    await handOffReleased(harness.services);
    expect(delivered).toHaveLength(1);
    expect(await rows('select 1 from hand_off where batch_id = $1', batchId)).toHaveLength(1);
    const log = (await auditEntries(harness.services.db)).filter(({ subject }) => subject === batchId);
    expect(
      log.filter(({ action }) => action === 'batch.release').map(({ details }) => details.again ?? false),
    ).toEqual([false, true, true, true, true]);
    expect(log.filter(({ action }) => action === 'batch.handOff')).toHaveLength(1);
  });

  it('is not released before another person approved it', async () => {
    const run = await decidedRun();
    const { id: batchId } = await batchOf(run);
    expect(await refusalOf(act(OLGA, releaseBatch, { batchId }))).toBe('INVALID_STATE BATCH_STATUS');
    await harness.submit(run);
    expect(await refusalOf(act(OLGA, releaseBatch, { batchId }))).toBe('INVALID_STATE BATCH_STATUS');
    await act(MARK, approveBatch, { batchId });
    expect(await refusalOf(act(MARK, releaseBatch, { batchId }))).toBe('FORBIDDEN batch.release');
    await expectNothingReleased(batchId);
  });

  it('becomes contact history: in the flow, then resting, then free again', async () => {
    const first = week;
    await harness.release(await decidedRun());
    const asOf = sundayOf(week);
    const flow = await rows(
      `select sent_on::text as on, mailing, count(*)::int from contact where campaign = $1 and customer like $2 group by 1, 2 order by 1`,
      SMALL,
      `${week}-%`,
    );
    expect(flow).toEqual([
      { on: addDays(asOf, 1), mailing: 'small/day-0', count: 26 },
      { on: addDays(asOf, 8), mailing: 'small/day-7', count: 26 },
      { on: addDays(asOf, 15), mailing: 'small/day-14', count: 26 },
    ]);
    const mailed = new Set(
      (await rows('select customer from contact where customer like $1', `${week}-%`)).map((r) => r.customer),
    );
    const same = people(60);
    const reasonsIn = async (weeksLater: number) => {
      week = addWeeks(first, weeksLater);
      await deliver(harness, { week, customers: same });
      const run = await harness.run(SMALL, week);
      const found = (await decisionsOf(harness.services.db, run.id)).filter(({ customer }) =>
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

describe('a batch that is not the one that was approved', () => {
  const changed = async (batchId: string, sql: string, ...parameters: unknown[]) => {
    expect(await changeRows(owner, sql, [batchId, ...parameters])).toMatchObject({ rowCount: 1 });
  };

  it.each<[string, (batchId: string) => Promise<void>]>([
    [
      'another arm',
      (batchId) =>
        changed(
          batchId,
          `update recipient set arm = case arm when 'MODEL' then 'EXPLORATION' else 'MODEL' end where batch_id = $1 and customer = $2`,
          id(24),
        ),
    ],
    ['one more', (batchId) => changed(batchId, ONE_MORE, 'friend')],
    [
      'one put back',
      (batchId) =>
        changed(
          batchId,
          'update recipient set removed_by = null, removed_at = null, removal_note = null where batch_id = $1 and customer = $2',
          id(23),
        ),
    ],
    [
      'one taken out',
      (batchId) =>
        changed(
          batchId,
          `update recipient set removed_by = 'x', removed_at = now(), removal_note = 'x' where batch_id = $1 and customer = $2`,
          id(24),
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
    const run = await decidedRun();
    const { id: batchId } = await batchOf(run);
    await act(OLGA, removeFromBatch, { batchId, customer: id(23), note: 'asked us to' });
    await harness.approve(run);
    await tamper(batchId);
    expect(await refusalOf(act(OLGA, releaseBatch, { batchId }))).toBe('CONFLICT APPROVED_DIGEST');
    await expectNothingReleased(batchId);
    const [last] = (await auditEntries(harness.services.db)).slice(-1);
    expect(last).toMatchObject({
      action: 'batch.release',
      refusal: { code: 'CONFLICT', rule: 'APPROVED_DIGEST' },
    });
  });

  it('is refused when it is approved, too', async () => {
    const batchId = await harness.submit(await decidedRun());
    await changed(batchId, ONE_MORE, 'friend');
    expect(await refusalOf(act(MARK, approveBatch, { batchId }))).toBe('CONFLICT SUBMITTED_DIGEST');
  });

  it('is not handed over when it was changed after the release', async () => {
    const batchId = await harness.approve(await decidedRun());
    await act(OLGA, releaseBatch, { batchId });
    await changed(batchId, ONE_MORE, 'friend');
    await expect(handOffReleased(harness.services)).rejects.toThrow(AggregateError);
    expect(await outbox(batchId)).toEqual([]);
    await changeRows(owner, `delete from recipient where customer = 'friend'`);
    await handOffReleased(harness.services);
    expect(await outbox(batchId)).toHaveLength(2);
  });

  it('no customer is in two released batches of a week, even when the record says that they are of different ones', async () => {
    const first = week;
    await harness.release(await decidedRun());
    const same = people(60);
    week = addWeeks(week, 6);
    await deliver(harness, { week, customers: same });
    const run = await harness.run(SMALL, week);
    const batch = await batchOf(run);
    const config = await harness.services.db.manager.findOneByOrFail(ConfigVersionRow, { id: run.configId });
    const digest = digestOfJson(
      batchContent({
        campaign: SMALL,
        week: first,
        manifestDigest: run.manifestDigest,
        configDigest: config.digest,
        leaves: await leavesOf(batch.id),
      }),
    );
    await changed(batch.id, 'update batch set week = $2, digest = $3 where id = $1', first, digest);
    await harness.approve(run);
    expect(await refusalOf(act(OLGA, releaseBatch, { batchId: batch.id }))).toBe('CONFLICT ONE_BATCH_A_WEEK');
    await expectNothingReleased(batch.id);
  });
});

describe('customers who were protected since the approval', () => {
  it('are dropped at the release, and listed; the others go', async () => {
    const run = await decidedRun();
    const { id: batchId } = await batchOf(run);
    await act(OLGA, removeFromBatch, { batchId, customer: id(20), note: 'asked us to' });
    await harness.approve(run);
    const quiet = (n: number, until: string) =>
      act(OLGA, addToQuietList, { campaign: SMALL, customer: id(n), until, reason: 'a complaint' });
    await act(OLGA, recordOptOut, { customer: id(24), note: 'by telephone' });
    await act(OLGA, recordOptOut, { customer: id(20), note: 'by telephone' });
    await act(OLGA, recordOptOut, { customer: 'somebody-else', note: 'said so by phone' });
    await quiet(23, '2026-11-16');
    await quiet(22, '2027-11-16');
    await quiet(24, '2027-11-16');
    // On a quiet list until a day that has passed when the batch is released.
    await quiet(21, '2026-11-16');
    await changeRows(owner, `update quiet_list set until = '2026-11-15' where customer = $1`, [id(21)]);
    await act(OLGA, releaseBatch, { batchId });
    await handOffReleased(harness.services);
    const listed = await rows(
      'select customer, dropped from recipient where batch_id = $1 and dropped is not null order by customer',
      batchId,
    );
    expect(listed).toEqual([
      { customer: id(22), dropped: 'QUIET_LIST' },
      { customer: id(23), dropped: 'QUIET_LIST' },
      { customer: id(24), dropped: 'OPTED_OUT' },
    ]);
    const sent = delivered.map(({ content }) => Buffer.from(content).toString('utf8')).join('');
    for (const n of [20, 22, 23, 24]) expect(sent).not.toContain(`${id(n)},`);
    expect(sent).toContain(`${id(21)},MODEL`);
    expect(sent.trim().split('\n')).toHaveLength(1 + 26 - 4);
    expect(
      await rows('select 1 from contact where customer = any($1)', [id(20), id(22), id(23), id(24)]),
    ).toEqual([]);
    const [released] = (await auditEntries(harness.services.db)).filter(
      ({ action, subject }) => action === 'batch.release' && subject === batchId,
    );
    expect(released?.details).toMatchObject({ released: 22, dropped: 3 });
  });

  it('are judged by the day of the release, whatever the database thinks it is', async () => {
    const run = await decidedRun();
    const batchId = await harness.approve(run);
    await act(OLGA, addToQuietList, {
      campaign: SMALL,
      customer: id(24),
      until: '2026-11-20',
      reason: 'a complaint',
    });
    const { now } = harness;
    harness.now = new Date('2026-11-21T00:00:00Z');
    await act(OLGA, releaseBatch, { batchId }).finally(() => {
      harness.now = now;
    });
    expect(
      await rows('select 1 from recipient where batch_id = $1 and dropped is not null', batchId),
    ).toEqual([]);
    await handOffReleased(harness.services);
  });

  it('may be all of them', async () => {
    await deliver(harness, { week, customers: people(1) });
    const run = await harness.run(SMALL, week);
    const batchId = await harness.approve(run);
    await act(OLGA, recordOptOut, { customer: id(1), note: 'by telephone' });
    await act(OLGA, releaseBatch, { batchId });
    await handOffReleased(harness.services);
    expect(delivered.map(({ content }) => Buffer.from(content).toString('utf8'))).toEqual([
      'party_id,arm,flow\n',
    ]);
  });
});

describe('a mail tool that fails', () => {
  it('gets the same bytes later, and somebody is told meanwhile', async () => {
    const run = await decidedRun();
    const batchId = await harness.approve(run);
    await act(OLGA, releaseBatch, { batchId });
    const offered: HandOffFile[] = [];
    onDelivery = (file, moment) => {
      if (moment === 'after') return;
      offered.push(file);
      if (offered.length < 3) throw new Error('the mail tool is away');
    };
    await expect(handOffReleased(harness.services)).rejects.toThrow(AggregateError);
    await expect(handOffReleased(harness.services)).rejects.toThrow(AggregateError);
    expect(await outbox(batchId)).toEqual([]);
    const incidents = await rows('select kind, resolved_at from incident where run_id = $1', run.id);
    expect(incidents).toEqual([{ kind: 'HAND_OFF_FAILED', resolved_at: null }]);
    expect(await handOffReleased(harness.services)).toBe(1);
    expect(await outbox(batchId)).toHaveLength(2);
    expect(offered[2]).toEqual(offered[0]);
    expect(await handOffReleased(harness.services)).toBe(0);
  });

  it('that took the file and was cut off gets it again, and has it once', async () => {
    const batchId = await harness.approve(await decidedRun());
    await act(OLGA, releaseBatch, { batchId });
    onDelivery = (_, moment) => {
      if (moment === 'after' && delivered.length === 1) throw new Error('killed');
    };
    await expect(handOffReleased(harness.services)).rejects.toThrow(AggregateError);
    const before = await outbox(batchId);
    expect(before).toHaveLength(2);
    expect(await rows('select delivered_at from hand_off where batch_id = $1', batchId)).toEqual([
      { delivered_at: null },
    ]);
    await handOffReleased(harness.services);
    expect(delivered).toHaveLength(2);
    expect(delivered[1]).toEqual(delivered[0]);
    expect(await outbox(batchId)).toEqual(before);
  });
});

describe('the log of a batch', () => {
  it('has one entry for each act, and says nothing of people but their pseudonyms', async () => {
    const secret = 'Mevrouw De Vries, Dorpsstraat 1';
    const run = await decidedRun();
    const { id: batchId } = await batchOf(run);
    const entries = await entriesOf(harness.services.db, async () => {
      await act(OLGA, removeFromBatch, { batchId, customer: id(24), note: secret });
      await harness.approve(run);
      await act(OLGA, recordOptOut, { customer: id(23), note: secret });
      await act(OLGA, addToQuietList, {
        campaign: SMALL,
        customer: id(22),
        until: '2027-01-01',
        reason: secret,
      });
      await act(OLGA, releaseBatch, { batchId });
      await handOffReleased(harness.services);
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
    const { digest, approvedDigest } = await batchOf(run);
    expect(entries.find(({ action }) => action === 'batch.approve')?.digest).toBe(digest);
    expect(entries.find(({ action }) => action === 'batch.release')?.digest).toBe(approvedDigest);
    expect(await harness.services.db.manager.countBy(RecipientRow, { batchId })).toBe(26);
    expect(await harness.services.db.manager.countBy(SampleItemRow, { batchId })).toBe(8);
  });
});
