import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BatchStatus } from '../../src/domain/batch.ts';
import { RefusalError } from '../../src/domain/refusal.ts';
import { BatchRow } from '../../src/store/batch.row.ts';
import { RecipientRow } from '../../src/store/recipient.row.ts';
import type { RunRow } from '../../src/store/run.row.ts';
import { approveBatch, holdBatch, liftHold, rejectBatch } from '../../src/use-cases/decide-batch.ts';
import type { Caller } from '../../src/use-cases/execute.ts';
import { releaseBatch } from '../../src/use-cases/release-batch.ts';
import { removeFromBatch, reviewSample } from '../../src/use-cases/review-batch.ts';
import { submitBatch } from '../../src/use-cases/submit-batch.ts';
import { BatchWorld } from '../support/batch-world.ts';
import { refusalOf } from '../support/refusals.ts';
import { CARLA, MARK, OLGA, person } from '../support/service-harness.ts';
import { SMALL } from '../support/small-campaign.ts';
import { changeRows } from '../support/state-change.ts';

/** People who may do everything that any of them may. */
const ALL_ROLES = ['olga', 'mark', 'piet'].map((subject) =>
  person(subject, 'OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER'),
);

let world: BatchWorld;
beforeAll(async () => {
  world = await BatchWorld.start({ explorationSize: 8 });
});
afterAll(() => world?.stop());
beforeEach(() => world.nextWeek());

describe('four eyes', () => {
  const [olga, mark, piet] = ALL_ROLES as [Caller, Caller, Caller];

  it('whoever reviewed, removed or submitted does not approve', async () => {
    const { id: batchId } = await world.batchOf(await world.decidedRun());
    const [first, ...rest] = await world.sampleOf(batchId);
    await world.act(mark, reviewSample, {
      batchId,
      customer: first?.customer ?? '',
      verdict: 'FINE',
      note: null,
    });
    for (const { customer } of rest) await world.review(batchId, customer, 'FINE');
    await world.act(piet, removeFromBatch, { batchId, customer: world.id(24), note: 'asked us to' });
    await world.act(olga, submitBatch, { batchId });
    for (const caller of [olga, mark, piet]) {
      expect(await refusalOf(world.act(caller, approveBatch, { batchId }))).toBe('FOUR_EYES ANOTHER_PERSON');
    }
    expect(await refusalOf(world.act(olga, rejectBatch, { batchId, note: 'mine' }))).toBe(
      'FOUR_EYES ANOTHER_PERSON',
    );
    const nina = person('nina', 'MARKETEER');
    expect(await world.act(nina, approveBatch, { batchId })).toMatchObject({
      status: 'APPROVED',
      decidedBy: 'nina',
    });
  });

  it('random people doing random things never release what one of them did alone', async () => {
    const run = await world.decidedRun();
    const { id: batchId, digest, size } = await world.batchOf(run);
    const { owner } = world;
    const [one, two, ...others] = await world.sampleOf(batchId);
    for (const item of others)
      await changeRows(owner, 'delete from sample_item where batch_id = $1 and customer = $2', [
        batchId,
        item.customer,
      ]);
    const sample: [string, string] = [one?.customer ?? '', two?.customer ?? ''];
    const restore = async () => {
      for (const table of ['contact', 'released_recipient', 'hand_off']) {
        await changeRows(owner, `delete from ${table} where batch_id = $1`, [batchId]);
      }
      await changeRows(owner, `update run set status = 'AWAITING_REVIEW' where id = $1`, [run.id]);
      await changeRows(
        owner,
        `update batch set status = 'IN_REVIEW', size = $2, digest = $3, submitted_by = null, submitted_at = null, decided_by = null,
           decided_at = null, approved_digest = null, held_by = null, held_from = null, released_by = null, released_at = null
         where id = $1`,
        [batchId, size, digest],
      );
      await changeRows(
        owner,
        'update recipient set removed_by = null, removed_at = null, removal_note = null where batch_id = $1',
        [batchId],
      );
      await changeRows(
        owner,
        `update sample_item set verdict = 'PENDING', reviewer = null, reviewed_at = null where batch_id = $1`,
        [batchId],
      );
    };
    const input = { batchId, note: 'so it is' };
    const acts: Readonly<Record<string, (who: Caller, customer: string) => Promise<unknown>>> = {
      review: (who, customer) => world.act(who, reviewSample, { ...input, customer, verdict: 'FINE' }),
      remove: (who, customer) => world.act(who, removeFromBatch, { ...input, customer }),
      submit: (who) => world.act(who, submitBatch, { batchId }),
      approve: (who) => world.act(who, approveBatch, { batchId }),
      reject: (who) => world.act(who, rejectBatch, input),
      hold: (who) => world.act(who, holdBatch, input),
      lift: (who) => world.act(who, liftHold, input),
      release: (who) => world.act(who, releaseBatch, { batchId }),
    };
    const statuses = new Set<BatchStatus>();
    const attempt = async (name: string, who: Caller, customer: string) => {
      await acts[name]?.(who, customer).catch((error: unknown) => {
        if (!(error instanceof RefusalError)) throw error;
      });
      const batch = await world.harness.services.db.manager.findOneByOrFail(BatchRow, { id: batchId });
      statuses.add(batch.status);
      if (batch.status !== 'RELEASED' && batch.status !== 'APPROVED') return;
      const reviewers = (await world.sampleOf(batchId)).map(({ reviewer }) => reviewer);
      const removers = (await world.harness.services.db.manager.findBy(RecipientRow, { batchId })).map(
        (r) => r.removedBy,
      );
      expect([batch.submittedBy, ...reviewers, ...removers]).not.toContain(batch.decidedBy);
      expect(batch.submittedBy).not.toBeNull();
      expect(batch.decidedBy).not.toBeNull();
      expect(batch.approvedDigest).toBe(batch.digest);
    };
    const step = fc.tuple(
      // Steps of the way are likelier than turnings, or few would arrive.
      fc.constantFrom(
        'review',
        'review',
        'review',
        'remove',
        'submit',
        'submit',
        'approve',
        'approve',
        'reject',
        'hold',
        'lift',
        'release',
      ),
      fc.constantFrom(...ALL_ROLES),
      fc.constantFrom(...sample),
    );
    // The whole way by two people, so that a release is among what is seen whatever the seed.
    const [first, second] = ALL_ROLES as [Caller, Caller, Caller];
    const straight: [string, Caller, string][] = [
      ...sample.map((customer): [string, Caller, string] => ['review', first, customer]),
      ['submit', first, sample[0]],
      ['approve', second, sample[0]],
      ['release', second, sample[0]],
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        await restore();
        for (const [name, who, customer] of steps) await attempt(name, who, customer);
        // And whoever is left tries to bring it home.
        for (const name of ['lift', 'submit', 'approve', 'release']) {
          for (const who of ALL_ROLES) await attempt(name, who, sample[0]);
        }
      }),
      { numRuns: 25, examples: [[straight]] },
    );
    expect(statuses).toContain('RELEASED');
    expect(statuses).toContain('APPROVED');
  });
});

describe('rejecting and holding', () => {
  it('rejects for good, with a note, and the week may be run again', async () => {
    const run = await world.decidedRun();
    const batchId = await world.harness.submit(run);
    expect(await refusalOf(world.act(MARK, rejectBatch, { batchId, note: '' }))).toBe('BAD_INPUT NOTE');
    expect(await refusalOf(world.act(OLGA, rejectBatch, { batchId, note: 'no' }))).toBe(
      'FORBIDDEN batch.reject',
    );
    expect(await world.act(MARK, rejectBatch, { batchId, note: 'wrong text' })).toMatchObject({
      status: 'REJECTED',
      decidedBy: 'mark',
      note: 'wrong text',
    });
    for (const command of [submitBatch, approveBatch, releaseBatch]) {
      expect(await refusalOf(world.act(ALL_ROLES[2] ?? OLGA, command, { batchId }))).toBe(
        'INVALID_STATE BATCH_STATUS',
      );
    }
    expect((await world.harness.run(SMALL, world.week)).attempt).toBe(2);
  });

  it.each<[BatchStatus, (run: RunRow) => Promise<unknown>]>([
    ['IN_REVIEW', async () => {}],
    ['SUBMITTED', (run) => world.harness.submit(run)],
    ['APPROVED', (run) => world.harness.approve(run)],
  ])('compliance holds a batch that is %s, and lets it go on from there', async (status, bring) => {
    const run = await world.decidedRun();
    await bring(run);
    const { id: batchId } = await world.batchOf(run);
    const note = 'a complaint came in';
    expect(await refusalOf(world.act(MARK, holdBatch, { batchId, note }))).toBe('FORBIDDEN batch.hold');
    expect(await refusalOf(world.act(CARLA, holdBatch, { batchId, note: '' }))).toBe('BAD_INPUT NOTE');
    expect(await refusalOf(world.act(CARLA, liftHold, { batchId, note }))).toBe('INVALID_STATE BATCH_STATUS');
    await world.act(CARLA, holdBatch, { batchId, note });
    expect(await world.batchOf(run)).toMatchObject({ status: 'HELD', heldBy: 'carla', heldFrom: status });
    for (const command of [submitBatch, approveBatch, releaseBatch]) {
      expect(await refusalOf(world.act(ALL_ROLES[2] ?? OLGA, command, { batchId }))).toBe(
        'INVALID_STATE BATCH_STATUS',
      );
    }
    expect(await refusalOf(world.act(OLGA, liftHold, { batchId, note }))).toBe('FORBIDDEN batch.hold');
    await world.act(CARLA, liftHold, { batchId, note: 'it was nothing' });
    expect(await world.batchOf(run)).toMatchObject({ status, heldBy: null, heldFrom: null });
    if (status === 'APPROVED')
      expect((await world.act(OLGA, releaseBatch, { batchId })).status).toBe('RELEASED');
  });

  it('rejects a batch that is held, and one that was approved', async () => {
    const held = await world.decidedRun();
    const heldBatch = (await world.batchOf(held)).id;
    await world.act(CARLA, holdBatch, { batchId: heldBatch, note: 'a complaint' });
    expect((await world.act(MARK, rejectBatch, { batchId: heldBatch, note: 'a complaint' })).status).toBe(
      'REJECTED',
    );
    world.nextWeek();
    const approved = await world.harness.approve(await world.decidedRun());
    const other = person('nina', 'MARKETEER');
    expect(await world.act(other, rejectBatch, { batchId: approved, note: 'second thoughts' })).toMatchObject(
      {
        status: 'REJECTED',
        decidedBy: 'nina',
      },
    );
  });
});
