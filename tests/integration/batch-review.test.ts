import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { digestOfJson } from '../../src/audit/digest.ts';
import { batchContent } from '../../src/domain/batch.ts';
import { ConfigVersionRow } from '../../src/store/config-version.row.ts';
import { RecipientRow } from '../../src/store/recipient.row.ts';
import type { RunRow } from '../../src/store/run.row.ts';
import { approveBatch, holdBatch, rejectBatch } from '../../src/use-cases/decide-batch.ts';
import { removeFromBatch, reviewSample } from '../../src/use-cases/review-batch.ts';
import { submitBatch } from '../../src/use-cases/submit-batch.ts';
import { auditEntries, entriesOf } from '../support/audit-entries.ts';
import { BatchWorld } from '../support/batch-world.ts';
import { refusalOf } from '../support/refusals.ts';
import { CARLA, MARK, OLGA, person } from '../support/service-harness.ts';
import { SMALL } from '../support/small-campaign.ts';

let world: BatchWorld;
beforeAll(async () => {
  world = await BatchWorld.start({ explorationSize: 8 });
});
afterAll(() => world?.stop());
beforeEach(() => world.nextWeek());

describe('the review sample', () => {
  it('has one of each quarter of the scores of both arms', async () => {
    const { id: batchId } = await world.batchOf(await world.decidedRun());
    const sample = new Set((await world.sampleOf(batchId)).map(({ customer }) => customer));
    const drawn = await world.harness.services.db.manager.findBy(RecipientRow, { batchId });
    for (const arm of ['MODEL', 'EXPLORATION'] as const) {
      const ranked = drawn.filter((r) => r.arm === arm).sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
      const quarter = ranked.length / 4;
      for (let part = 0; part < 4; part++) {
        const stratum = ranked.slice(part * quarter, (part + 1) * quarter);
        expect(stratum.filter(({ customer }) => sample.has(customer))).toHaveLength(1);
      }
    }
  });

  it('is the same when the week is run again, because it is drawn by the seed', async () => {
    const first = await world.decidedRun();
    const batchId = await world.harness.submit(first);
    await world.act(MARK, rejectBatch, { batchId, note: 'again' });
    const second = await world.harness.run(SMALL, world.week);
    expect(second.attempt).toBe(2);
    const facts = async (run: RunRow) =>
      (await world.sampleOf((await world.batchOf(run)).id)).map((s) => [s.position, s.customer]);
    expect(await facts(second)).toEqual(await facts(first));
  });

  it('takes verdicts by name, WRONG with a note, and a later one instead of an earlier', async () => {
    const { id: batchId } = await world.batchOf(await world.decidedRun());
    const [one] = await world.sampleOf(batchId);
    const customer = one?.customer ?? '';
    expect(one).toMatchObject({ verdict: 'PENDING', reviewer: null, reviewedAt: null });
    expect(await refusalOf(world.review(batchId, customer, 'PENDING'))).toBe('BAD_INPUT VERDICT');
    expect(await refusalOf(world.review(batchId, customer, 'WRONG'))).toBe('BAD_INPUT NOTE');
    expect(await refusalOf(world.review(batchId, customer, 'WRONG', '  '))).toBe('BAD_INPUT NOTE');
    expect(await refusalOf(world.review(batchId, customer, 'FINE', 'NL91ABNA0417164300'))).toBe(
      'BAD_INPUT NOTE',
    );
    await world.review(batchId, customer, 'WRONG', 'is a colleague');
    await world.review(batchId, customer, 'FINE');
    expect((await world.sampleOf(batchId))[0]).toMatchObject({
      verdict: 'FINE',
      reviewer: 'olga',
      reviewedAt: world.harness.now,
      note: null,
    });
    expect(await refusalOf(world.review(batchId, 'nobody', 'FINE'))).toBe('NOT_FOUND SAMPLE_ITEM');
    const unknown = '00000000-0000-7000-8000-000000000000';
    expect(await refusalOf(world.review(unknown, customer, 'FINE'))).toBe('NOT_FOUND BATCH');
    expect(
      await refusalOf(world.act(MARK, reviewSample, { batchId, customer, verdict: 'FINE', note: null })),
    ).toBe('FORBIDDEN batch.review');
  });

  it('is looked at by two people at once, neither of whom waits for the other', async () => {
    const { id: batchId } = await world.batchOf(await world.decidedRun());
    const [one, other] = await world.sampleOf(batchId);
    const { services, now } = world.harness;
    const underWay = services.db.transaction(async (tx) => {
      const review = { batchId, customer: one?.customer ?? '', verdict: 'FINE', note: null } as const;
      await reviewSample.handle({ tx, now, actor: OLGA.actor, services }, review);
      await world.review(batchId, other?.customer ?? '', 'FINE');
      throw new Error('thought better of it');
    });
    await expect(underWay).rejects.toThrow('thought better of it');
    const verdicts = (await world.sampleOf(batchId)).map(({ verdict }) => verdict);
    expect(verdicts.slice(0, 2)).toEqual(['PENDING', 'FINE']);
  });

  it('takes two verdicts at once on one customer one after the other', async () => {
    const { id: batchId } = await world.batchOf(await world.decidedRun());
    for (const { customer } of await world.sampleOf(batchId)) {
      await world.review(batchId, customer, 'WRONG', 'left the bank');
      const entries = await entriesOf(world.harness.services.db, () =>
        Promise.all([world.review(batchId, customer, 'FINE'), world.review(batchId, customer, 'FINE')]),
      );
      expect(entries.map(({ details }) => details.before)).toEqual(['WRONG', 'FINE']);
    }
  });
});

describe('removing a customer', () => {
  it('needs a note, changes the size and the digest, and is done once', async () => {
    const run = await world.decidedRun();
    const before = await world.batchOf(run);
    const batchId = before.id;
    expect(
      await refusalOf(world.act(OLGA, removeFromBatch, { batchId, customer: world.id(24), note: ' ' })),
    ).toBe('BAD_INPUT NOTE');
    expect(
      await refusalOf(world.act(OLGA, removeFromBatch, { batchId, customer: 'nobody-here', note: 'x' })),
    ).toBe('NOT_FOUND RECIPIENT');
    await world.act(OLGA, removeFromBatch, { batchId, customer: world.id(24), note: 'asked us to' });
    expect(
      await refusalOf(world.act(OLGA, removeFromBatch, { batchId, customer: world.id(24), note: 'again' })),
    ).toBe('INVALID_STATE NOT_REMOVED');
    const after = await world.batchOf(run);
    expect(after.size).toBe(before.size - 1);
    expect(after.digest).not.toBe(before.digest);
    expect(
      await world.harness.services.db.manager.findOneByOrFail(RecipientRow, {
        batchId,
        customer: world.id(24),
      }),
    ).toMatchObject({
      removedBy: 'olga',
      removedAt: world.harness.now,
      removalNote: 'asked us to',
    });
    const config = await world.harness.services.db.manager.findOneByOrFail(ConfigVersionRow, {
      id: run.configId,
    });
    const leaves = await world.leavesOf(batchId);
    expect(leaves).toHaveLength(after.size);
    expect(after.digest).toBe(
      digestOfJson(
        batchContent({
          campaign: SMALL,
          week: world.week,
          manifestDigest: run.manifestDigest,
          configDigest: config.digest,
          leaves,
        }),
      ),
    );
    expect(run.manifestDigest).toMatch(/^sha256:/);
  });
});

describe('submitting', () => {
  it('waits until all of the sample was looked at and whoever is WRONG is out', async () => {
    const { id: batchId } = await world.batchOf(await world.decidedRun());
    const submit = () => world.act(OLGA, submitBatch, { batchId });
    expect(await refusalOf(submit())).toBe('INVALID_STATE SAMPLE_REVIEWED');
    const [first, second, ...rest] = await world.sampleOf(batchId);
    for (const { customer } of rest) await world.review(batchId, customer, 'FINE');
    await world.review(batchId, first?.customer ?? '', 'WRONG', 'is a colleague');
    expect(await refusalOf(submit())).toBe('INVALID_STATE SAMPLE_REVIEWED');
    await world.act(OLGA, removeFromBatch, {
      batchId,
      customer: second?.customer ?? '',
      note: 'asked us to',
    });
    expect(await refusalOf(submit())).toBe('INVALID_STATE WRONG_REMOVED');
    await world.act(OLGA, removeFromBatch, {
      batchId,
      customer: first?.customer ?? '',
      note: 'is a colleague',
    });
    expect(await submit()).toMatchObject({
      status: 'SUBMITTED',
      submittedBy: 'olga',
      submittedAt: world.harness.now,
    });
    // Nothing moves in a batch that was handed on.
    const customer = rest[0]?.customer ?? '';
    expect(await refusalOf(world.review(batchId, customer, 'FINE'))).toBe('INVALID_STATE BATCH_STATUS');
    expect(await refusalOf(world.act(OLGA, removeFromBatch, { batchId, customer, note: 'late' }))).toBe(
      'INVALID_STATE BATCH_STATUS',
    );
    expect(await refusalOf(submit())).toBe('INVALID_STATE BATCH_STATUS');
  });
});

describe('the log', () => {
  it('has one entry for each act and each refused attempt', async () => {
    const { db } = world.harness.services;
    const { id: batchId } = await world.batchOf(await world.decidedRun());
    const [first] = await world.sampleOf(batchId);
    const entries = await entriesOf(db, async () => {
      await refusalOf(world.act(MARK, submitBatch, { batchId }));
      await refusalOf(world.act(OLGA, submitBatch, { batchId }));
      await world.review(batchId, first?.customer ?? '', 'FINE', 'a note of the reviewer');
      await world.reviewAll(batchId);
      await world.act(OLGA, submitBatch, { batchId });
      await refusalOf(
        world.act(person('olga', 'OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER'), approveBatch, { batchId }),
      );
      await world.act(CARLA, holdBatch, { batchId, note: 'a complaint' });
    });
    expect(entries.map((e) => [e.actor, e.role, e.action, e.subject, e.refusal?.rule ?? null])).toEqual([
      ['mark', null, 'batch.submit', batchId, 'batch.submit'],
      ['olga', 'OPERATOR', 'batch.submit', batchId, 'SAMPLE_REVIEWED'],
      ...new Array(9).fill(['olga', 'OPERATOR', 'batch.review', batchId, null]),
      ['olga', 'OPERATOR', 'batch.submit', batchId, null],
      ['olga', 'MARKETEER', 'batch.approve', batchId, 'ANOTHER_PERSON'],
      ['carla', 'COMPLIANCE_REVIEWER', 'batch.hold', batchId, null],
    ]);
    expect(JSON.stringify(entries)).not.toContain('a note of the reviewer');
    expect(await auditEntries(db)).toEqual(expect.arrayContaining([...entries]));
  });
});
