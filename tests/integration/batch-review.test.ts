import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { digestOfJson } from '../../src/audit/digest.ts';
import { type BatchStatus, batchContent } from '../../src/domain/batch.ts';
import { RefusalError } from '../../src/domain/refusal.ts';
import { addWeeks, type IsoWeek } from '../../src/domain/week.ts';
import { BatchRow } from '../../src/store/batch.row.ts';
import { ConfigVersionRow } from '../../src/store/config-version.row.ts';
import { RecipientRow } from '../../src/store/recipient.row.ts';
import type { RunRow } from '../../src/store/run.row.ts';
import { SampleItemRow } from '../../src/store/sample-item.row.ts';
import { approveBatch, holdBatch, liftHold, rejectBatch } from '../../src/use-cases/decide-batch.ts';
import { type Caller, execute } from '../../src/use-cases/execute.ts';
import { releaseBatch } from '../../src/use-cases/release-batch.ts';
import { removeFromBatch, reviewSample } from '../../src/use-cases/review-batch.ts';
import { submitBatch } from '../../src/use-cases/submit-batch.ts';
import { auditEntries, entriesOf } from '../support/audit-entries.ts';
import { likelyScorer } from '../support/likely-scorer.ts';
import { refusalOf } from '../support/refusals.ts';
import { CARLA, MARK, OLGA, person, ServiceHarness } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';
import { changeRows } from '../support/state-change.ts';

let harness: ServiceHarness;
let week: IsoWeek = '2025-W01';
/** People who may do everything that any of them may. */
const EVERYTHING = ['olga', 'mark', 'piet'].map((subject) =>
  person(subject, 'OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER'),
);

beforeAll(async () => {
  harness = await ServiceHarness.start({ scorer: likelyScorer });
  await installSmall(harness, { capacity: 20, explorationSize: 8, sampleSize: 8 });
});
afterAll(() => harness.stop());
beforeEach(() => {
  week = addWeeks(week, 1);
});

const act = <I, R>(caller: Caller, command: Parameters<typeof execute<I, R>>[2], input: I) =>
  execute(harness.services, caller, command, input);
const id = (n: number) => `${week}-c${n}`;

async function decidedRun(count = 60): Promise<RunRow> {
  const likely = (n: number) => (n <= 24 ? 0.5 + n / 100 : 0.1 + n / 1000);
  await deliver(harness, {
    week,
    customers: customers(count, (n) => ({ party_id: id(n), likely: likely(n) })),
  });
  return harness.run(SMALL, week);
}
const batchOf = async (run: RunRow) => harness.batchOf(run);
const sampleOf = (batchId: string) =>
  harness.services.db.manager.find(SampleItemRow, { where: { batchId }, order: { position: 'ASC' } });
const review = (
  batchId: string,
  customer: string,
  verdict: 'FINE' | 'WRONG' | 'PENDING',
  note: string | null = null,
) => act(OLGA, reviewSample, { batchId, customer, verdict, note });
const reviewAll = async (batchId: string) => {
  for (const { customer } of await sampleOf(batchId)) await review(batchId, customer, 'FINE');
};

describe('the review sample', () => {
  it('has one of each quarter of the scores of both arms', async () => {
    const { id: batchId } = await batchOf(await decidedRun());
    const sample = new Set((await sampleOf(batchId)).map(({ customer }) => customer));
    const drawn = await harness.services.db.manager.findBy(RecipientRow, { batchId });
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
    const first = await decidedRun();
    const batchId = await harness.submit(first);
    await act(MARK, rejectBatch, { batchId, note: 'again' });
    const second = await harness.run(SMALL, week);
    expect(second.attempt).toBe(2);
    const facts = async (run: RunRow) =>
      (await sampleOf((await batchOf(run)).id)).map((s) => [s.position, s.customer]);
    expect(await facts(second)).toEqual(await facts(first));
  });

  it('takes verdicts by name, WRONG with a note, and a later one instead of an earlier', async () => {
    const { id: batchId } = await batchOf(await decidedRun());
    const [one] = await sampleOf(batchId);
    const customer = one?.customer ?? '';
    expect(one).toMatchObject({ verdict: 'PENDING', reviewer: null, reviewedAt: null });
    expect(await refusalOf(review(batchId, customer, 'PENDING'))).toBe('BAD_INPUT VERDICT');
    expect(await refusalOf(review(batchId, customer, 'WRONG'))).toBe('BAD_INPUT NOTE');
    expect(await refusalOf(review(batchId, customer, 'WRONG', '  '))).toBe('BAD_INPUT NOTE');
    await review(batchId, customer, 'WRONG', 'is a colleague');
    await review(batchId, customer, 'FINE');
    expect((await sampleOf(batchId))[0]).toMatchObject({
      verdict: 'FINE',
      reviewer: 'olga',
      reviewedAt: harness.now,
      note: null,
    });
    expect(await refusalOf(review(batchId, 'nobody', 'FINE'))).toBe('NOT_FOUND SAMPLE_ITEM');
    const unknown = '00000000-0000-7000-8000-000000000000';
    expect(await refusalOf(review(unknown, customer, 'FINE'))).toBe('NOT_FOUND BATCH');
    expect(await refusalOf(act(MARK, reviewSample, { batchId, customer, verdict: 'FINE', note: null }))).toBe(
      'FORBIDDEN batch.review',
    );
  });
});

describe('removing a customer', () => {
  it('needs a note, changes the size and the digest, and is done once', async () => {
    const run = await decidedRun();
    const before = await batchOf(run);
    const batchId = before.id;
    expect(await refusalOf(act(OLGA, removeFromBatch, { batchId, customer: id(24), note: ' ' }))).toBe(
      'BAD_INPUT NOTE',
    );
    expect(await refusalOf(act(OLGA, removeFromBatch, { batchId, customer: 'nobody-here', note: 'x' }))).toBe(
      'NOT_FOUND RECIPIENT',
    );
    await act(OLGA, removeFromBatch, { batchId, customer: id(24), note: 'asked us to' });
    expect(await refusalOf(act(OLGA, removeFromBatch, { batchId, customer: id(24), note: 'again' }))).toBe(
      'INVALID_STATE NOT_REMOVED',
    );
    const after = await batchOf(run);
    expect(after.size).toBe(before.size - 1);
    expect(after.digest).not.toBe(before.digest);
    expect(
      await harness.services.db.manager.findOneByOrFail(RecipientRow, { batchId, customer: id(24) }),
    ).toMatchObject({
      removedBy: 'olga',
      removedAt: harness.now,
      removalNote: 'asked us to',
    });
    const config = await harness.services.db.manager.findOneByOrFail(ConfigVersionRow, { id: run.configId });
    const left: { leaf: string }[] = await harness.services.db.query(
      `select encode(leaf, 'hex') as leaf from recipient where batch_id = $1 and removed_by is null`,
      [batchId],
    );
    const leaves = left.map(({ leaf }) => leaf);
    expect(leaves).toHaveLength(after.size);
    expect(after.digest).toBe(
      digestOfJson(
        batchContent({
          campaign: SMALL,
          week,
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
    const { id: batchId } = await batchOf(await decidedRun());
    const submit = () => act(OLGA, submitBatch, { batchId });
    expect(await refusalOf(submit())).toBe('INVALID_STATE SAMPLE_REVIEWED');
    const [first, second, ...rest] = await sampleOf(batchId);
    for (const { customer } of rest) await review(batchId, customer, 'FINE');
    await review(batchId, first?.customer ?? '', 'WRONG', 'is a colleague');
    expect(await refusalOf(submit())).toBe('INVALID_STATE SAMPLE_REVIEWED');
    await act(OLGA, removeFromBatch, { batchId, customer: second?.customer ?? '', note: 'asked us to' });
    expect(await refusalOf(submit())).toBe('INVALID_STATE WRONG_REMOVED');
    await act(OLGA, removeFromBatch, { batchId, customer: first?.customer ?? '', note: 'is a colleague' });
    expect(await submit()).toMatchObject({
      status: 'SUBMITTED',
      submittedBy: 'olga',
      submittedAt: harness.now,
    });
    // Nothing moves in a batch that was handed on.
    const customer = rest[0]?.customer ?? '';
    expect(await refusalOf(review(batchId, customer, 'FINE'))).toBe('INVALID_STATE BATCH_STATUS');
    expect(await refusalOf(act(OLGA, removeFromBatch, { batchId, customer, note: 'late' }))).toBe(
      'INVALID_STATE BATCH_STATUS',
    );
    expect(await refusalOf(submit())).toBe('INVALID_STATE BATCH_STATUS');
  });
});

describe('four eyes', () => {
  const [olga, mark, piet] = EVERYTHING as [Caller, Caller, Caller];

  it('whoever reviewed, removed or submitted does not approve', async () => {
    const { id: batchId } = await batchOf(await decidedRun());
    const [first, ...rest] = await sampleOf(batchId);
    await act(mark, reviewSample, { batchId, customer: first?.customer ?? '', verdict: 'FINE', note: null });
    for (const { customer } of rest) await review(batchId, customer, 'FINE');
    await act(piet, removeFromBatch, { batchId, customer: id(24), note: 'asked us to' });
    await act(olga, submitBatch, { batchId });
    for (const caller of [olga, mark, piet]) {
      expect(await refusalOf(act(caller, approveBatch, { batchId }))).toBe('FOUR_EYES ANOTHER_PERSON');
    }
    expect(await refusalOf(act(olga, rejectBatch, { batchId, note: 'mine' }))).toBe(
      'FOUR_EYES ANOTHER_PERSON',
    );
    const nina = person('nina', 'MARKETEER');
    expect(await act(nina, approveBatch, { batchId })).toMatchObject({
      status: 'APPROVED',
      decidedBy: 'nina',
    });
  });

  it('random people doing random things never release what one of them did alone', async () => {
    const run = await decidedRun();
    const { id: batchId, digest, size } = await batchOf(run);
    const owner = new pg.Client({ connectionString: harness.database.ownerUrl });
    await owner.connect();
    const [one, two, ...others] = await sampleOf(batchId);
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
      review: (who, customer) => act(who, reviewSample, { ...input, customer, verdict: 'FINE' }),
      remove: (who, customer) => act(who, removeFromBatch, { ...input, customer }),
      submit: (who) => act(who, submitBatch, { batchId }),
      approve: (who) => act(who, approveBatch, { batchId }),
      reject: (who) => act(who, rejectBatch, input),
      hold: (who) => act(who, holdBatch, input),
      lift: (who) => act(who, liftHold, input),
      release: (who) => act(who, releaseBatch, { batchId }),
    };
    const statuses = new Set<BatchStatus>();
    const attempt = async (name: string, who: Caller, customer: string) => {
      await acts[name]?.(who, customer).catch((error: unknown) => {
        if (!(error instanceof RefusalError)) throw error;
      });
      const batch = await harness.services.db.manager.findOneByOrFail(BatchRow, { id: batchId });
      statuses.add(batch.status);
      if (batch.status !== 'RELEASED' && batch.status !== 'APPROVED') return;
      const reviewers = (await sampleOf(batchId)).map(({ reviewer }) => reviewer);
      const removers = (await harness.services.db.manager.findBy(RecipientRow, { batchId })).map(
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
      fc.constantFrom(...EVERYTHING),
      fc.constantFrom(...sample),
    );
    // The whole way by two people, so that a release is among what is seen whatever the seed.
    const [first, second] = EVERYTHING as [Caller, Caller, Caller];
    const straight: [string, Caller, string][] = [
      ...sample.map((customer): [string, Caller, string] => ['review', first, customer]),
      ['submit', first, sample[0]],
      ['approve', second, sample[0]],
      ['release', second, sample[0]],
    ];
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
          await restore();
          for (const [name, who, customer] of steps) await attempt(name, who, customer);
          // And whoever is left tries to bring it home.
          for (const name of ['lift', 'submit', 'approve', 'release']) {
            for (const who of EVERYTHING) await attempt(name, who, sample[0]);
          }
        }),
        { numRuns: 25, examples: [[straight]] },
      );
    } finally {
      await owner.end();
    }
    expect(statuses).toContain('RELEASED');
    expect(statuses).toContain('APPROVED');
  });
});

describe('rejecting and holding', () => {
  it('rejects for good, with a note, and the week may be run again', async () => {
    const run = await decidedRun();
    const batchId = await harness.submit(run);
    expect(await refusalOf(act(MARK, rejectBatch, { batchId, note: '' }))).toBe('BAD_INPUT NOTE');
    expect(await refusalOf(act(OLGA, rejectBatch, { batchId, note: 'no' }))).toBe('FORBIDDEN batch.reject');
    expect(await act(MARK, rejectBatch, { batchId, note: 'wrong text' })).toMatchObject({
      status: 'REJECTED',
      decidedBy: 'mark',
      note: 'wrong text',
    });
    for (const command of [submitBatch, approveBatch, releaseBatch]) {
      expect(await refusalOf(act(EVERYTHING[2] ?? OLGA, command, { batchId }))).toBe(
        'INVALID_STATE BATCH_STATUS',
      );
    }
    expect((await harness.run(SMALL, week)).attempt).toBe(2);
  });

  it.each<[BatchStatus, (run: RunRow) => Promise<unknown>]>([
    ['IN_REVIEW', async () => {}],
    ['SUBMITTED', (run) => harness.submit(run)],
    ['APPROVED', (run) => harness.approve(run)],
  ])('compliance holds a batch that is %s, and lets it go on from there', async (status, bring) => {
    const run = await decidedRun();
    await bring(run);
    const { id: batchId } = await batchOf(run);
    const note = 'a complaint came in';
    expect(await refusalOf(act(MARK, holdBatch, { batchId, note }))).toBe('FORBIDDEN batch.hold');
    expect(await refusalOf(act(CARLA, holdBatch, { batchId, note: '' }))).toBe('BAD_INPUT NOTE');
    expect(await refusalOf(act(CARLA, liftHold, { batchId, note }))).toBe('INVALID_STATE BATCH_STATUS');
    await act(CARLA, holdBatch, { batchId, note });
    expect(await batchOf(run)).toMatchObject({ status: 'HELD', heldBy: 'carla', heldFrom: status });
    for (const command of [submitBatch, approveBatch, releaseBatch]) {
      expect(await refusalOf(act(EVERYTHING[2] ?? OLGA, command, { batchId }))).toBe(
        'INVALID_STATE BATCH_STATUS',
      );
    }
    expect(await refusalOf(act(OLGA, liftHold, { batchId, note }))).toBe('FORBIDDEN batch.hold');
    await act(CARLA, liftHold, { batchId, note: 'it was nothing' });
    expect(await batchOf(run)).toMatchObject({ status, heldBy: null, heldFrom: null });
    if (status === 'APPROVED') expect((await act(OLGA, releaseBatch, { batchId })).status).toBe('RELEASED');
  });

  it('rejects a batch that is held, and one that was approved', async () => {
    const held = await decidedRun();
    const heldBatch = (await batchOf(held)).id;
    await act(CARLA, holdBatch, { batchId: heldBatch, note: 'a complaint' });
    expect((await act(MARK, rejectBatch, { batchId: heldBatch, note: 'a complaint' })).status).toBe(
      'REJECTED',
    );
    week = addWeeks(week, 1);
    const approved = await harness.approve(await decidedRun());
    const other = person('nina', 'MARKETEER');
    expect(await act(other, rejectBatch, { batchId: approved, note: 'second thoughts' })).toMatchObject({
      status: 'REJECTED',
      decidedBy: 'nina',
    });
  });
});

describe('the log', () => {
  it('has one entry for each act and each refused attempt', async () => {
    const { db } = harness.services;
    const { id: batchId } = await batchOf(await decidedRun());
    const [first] = await sampleOf(batchId);
    const entries = await entriesOf(db, async () => {
      await refusalOf(act(MARK, submitBatch, { batchId }));
      await refusalOf(act(OLGA, submitBatch, { batchId }));
      await review(batchId, first?.customer ?? '', 'FINE', 'a note of the reviewer');
      await reviewAll(batchId);
      await act(OLGA, submitBatch, { batchId });
      await refusalOf(act(EVERYTHING[0] ?? OLGA, approveBatch, { batchId }));
      await act(CARLA, holdBatch, { batchId, note: 'a complaint' });
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
