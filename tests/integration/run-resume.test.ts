import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemRandomness } from '../../src/adapters/system/system-ports.ts';
import type { Randomness, Scorer } from '../../src/domain/ports.ts';
import { ScoringError } from '../../src/domain/ports.ts';
import { addWeeks, type IsoWeek, sundayOf } from '../../src/domain/week.ts';
import { isOutage } from '../../src/store/outage.ts';
import { RunRow } from '../../src/store/run.row.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { resumeRun } from '../../src/use-cases/resume-run.ts';
import { runWeek } from '../../src/use-cases/run-week.ts';
import { BATCH_ROWS } from '../../src/use-cases/score-snapshot.ts';
import { startRun } from '../../src/use-cases/start-run.ts';
import { auditEntries } from '../support/audit-entries.ts';
import { likelyScorer } from '../support/likely-scorer.ts';
import { faultsOf, readRecord } from '../support/run-record.ts';
import { OLGA, ServiceHarness } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';
import { type Place, Trap } from '../support/trap.ts';

/** Two services with the same campaign and seed: one runs undisturbed, what the other makes of it after a blow must be the same. */
let calm: ServiceHarness;
let struck: ServiceHarness;
let trap: Trap;
/** Customers enough for three batches of the scorer's. */
const THREE_BATCHES = 2 * BATCH_ROWS + 50;
/** As many connections as a pool has (data-source.ts). */
const POOLED = 10;
let week: IsoWeek = '2026-W01';
/** What the struck service's scorer does instead of answering its n-th batch. */
let onBatch: (n: number) => Promise<void> = async () => {};

const randomness: Randomness = {
  // The seed of the campaign is 32 bytes; salts stay random.
  bytes: (count) => (count === 32 ? new Uint8Array(32).fill(7) : systemRandomness.bytes(count)),
};
const scorer: Scorer = {
  async open(spec) {
    const session = await likelyScorer.open(spec);
    let n = 0;
    return {
      runtime: session.runtime,
      async score(matrix, rows) {
        const scores = session.score(matrix, rows);
        await onBatch(n++);
        return scores;
      },
      explain: (reference, rows) => session.explain(reference, rows),
      cuts: (reference) => session.cuts(reference),
      judge: (material, limits) => session.judge(material, limits),
      close: () => session.close(),
    };
  },
};

beforeAll(async () => {
  calm = await ServiceHarness.start({ randomness, scorer: likelyScorer });
  struck = await ServiceHarness.start({ randomness, scorer });
  const settings = { holdoutShare: 0.2, explorationSize: 3, capacity: 15, restWeeks: 2 };
  await installSmall(calm, settings);
  await installSmall(struck, settings);
  trap = await Trap.open(struck.database.ownerUrl);
});
afterAll(async () => {
  await trap.close();
  await calm.stop();
  await struck.stop();
});
beforeEach(() => {
  week = addWeeks(week, 1);
  onBatch = async () => {};
});
afterEach(() => trap.clear());

/** The week's run that nothing disturbed. */
let undisturbed: RunRow;

/** Delivers the week to both services and lets the calm one run. */
async function deliverBoth(count = 40): Promise<void> {
  const feed = {
    week,
    customers: customers(count, (n) => ({
      likely: (n % 20) / 20,
      opt_in: n % 7 !== 0,
      age: n % 11 === 0 ? null : 40,
    })),
    mailings: [['c1', sundayOf(week), 'newsletter']] as const,
    outcomes: [['c2', sundayOf(week), 12.5]] as const,
  };
  await deliver(calm, feed);
  await deliver(struck, feed);
  undisturbed = await runWeek(calm.services, (await start(calm)).id);
  expect(undisturbed.status).toBe('AWAITING_REVIEW');
}

const start = async ({ services }: ServiceHarness): Promise<RunRow> =>
  (await execute(services, OLGA, startRun, { campaign: SMALL, week, trigger: 'MANUAL' })).run;

/** Everything that a run left, but for ids, salts, instants, and what depends on those. */
async function outcomeOf({ services: { db } }: ServiceHarness, runId: string) {
  const rows = (sql: string): Promise<unknown> => db.query(sql, [runId]);
  const run = await db.manager.findOneByOrFail(RunRow, { id: runId });
  const record = await readRecord(db, runId);
  expect(faultsOf(record)).toEqual([]);
  return {
    run: [run.status, run.step, run.attempt, run.current, run.asOf, run.snapshotRows, run.rejectedRows],
    decisions: record.decisions.map(({ salt: _, ...decision }) => decision),
    funnel: record.funnel,
    snapshot: await rows(
      `select row_no, customer, numbers, texts, quiet, opted_out, flow_starts, mails from snapshot_row where run_id = $1 order by row_no`,
    ),
    files: await rows(
      'select name, digest, rows, rejected from run_feed_file where run_id = $1 order by name',
    ),
    checks: await rows(
      'select position, name, verdict, measured, "limit", message, subject from run_check where run_id = $1 order by position',
    ),
    measures: await rows(
      'select name, subject, value from run_measure where run_id = $1 order by name, subject',
    ),
    prices: await rows('select count(*)::int from fund_price where run_id = $1'),
    rejected: await rows('select file, line, field, rule from rejected_row where run_id = $1'),
    leaves: await rows('select block, length(hashes) from decision_leaf where run_id = $1 order by block'),
    batch: await rows('select status, size, fallback from batch where run_id = $1'),
    recipients: await rows(
      'select r.customer, arm, score, s.position, verdict from recipient r join batch b on b.id = batch_id left join sample_item s using (batch_id, customer) where run_id = $1 order by r.customer',
    ),
    explanations: await rows('select customer, facts from explanation where run_id = $1 order by customer'),
    contacts: await db.query('select customer, mailing from contact where sent_on = $1', [run.asOf]),
    conversions: await db.query('select customer, amount from conversion where converted_on = $1', [
      run.asOf,
    ]),
    log: (await auditEntries(db)).filter(({ subject }) => subject === runId).map(({ action }) => action),
  };
}

/** All decisions of a large run as one text's digest. */
async function decisionsIn({ services: { db } }: ServiceHarness, runId: string): Promise<string> {
  const [{ digest }] = await db.query(
    `select md5(string_agg(concat_ws(' ', row_no, customer, outcome, arm, reasons, score, rank), ',' order by row_no)) as digest
     from decision where run_id = $1`,
    [runId],
  );
  return digest;
}

/** The partitions there are, and whether each belongs to a run that has one. */
async function leftovers({ services: { db } }: ServiceHarness): Promise<unknown> {
  return db.query(
    `select c.relname from pg_class c
     where c.relkind = 'r' and c.relname ~ '^(snapshot_row|decision)_[0-9a-f]{32}$'
       and not exists (select from pg_inherits where inhrelid = c.oid)
     union all
     select id::text from run where (snapshot_digest is not null) <> (to_regclass('snapshot_row_' || replace(id::text, '-', '')) is not null)
                                 or (decision_root is not null) <> (to_regclass('decision_' || replace(id::text, '-', '')) is not null)`,
  );
}

async function expectAsCalm(runId: string): Promise<void> {
  expect(await outcomeOf(struck, runId)).toEqual(await outcomeOf(calm, undisturbed.id));
  expect(await leftovers(struck)).toEqual([]);
}

const name = (place: Place) =>
  `${place.step}: ${'table' in place ? `${place.event ?? 'insert'} ${place.table}` : 'copyInto' in place ? `COPY into ${place.copyInto}` : `seal ${place.sealing}`}`;

const PLACES: readonly Place[] = [
  { step: 'RECEIVE', table: 'fund_price' },
  { step: 'RECEIVE', table: 'contact' },
  { step: 'RECEIVE', table: 'conversion' },
  { step: 'RECEIVE', copyInto: 'snapshot_row' },
  { step: 'RECEIVE', sealing: 'snapshot_row' },
  { step: 'RECEIVE', table: 'run_check' },
  { step: 'RECEIVE', table: 'run', event: 'update' },
  { step: 'RECEIVE', table: 'audit_staged' },
  { step: 'DECIDE', copyInto: 'decision' },
  { step: 'DECIDE', sealing: 'decision' },
  { step: 'DECIDE', table: 'decision_leaf' },
  { step: 'DECIDE', table: 'run_funnel' },
  { step: 'DECIDE', table: 'run', event: 'update' },
  { step: 'DECIDE', table: 'audit_staged' },
  { step: 'EXPLAIN', table: 'explanation' },
  { step: 'EXPLAIN', table: 'run', event: 'update' },
  { step: 'EXPLAIN', table: 'audit_staged' },
  { step: 'DRAW', table: 'batch' },
  { step: 'DRAW', table: 'recipient' },
  { step: 'DRAW', table: 'sample_item' },
  { step: 'DRAW', table: 'run', event: 'update' },
];

describe('a run whose database goes away in the middle of a step', () => {
  it.each(PLACES.map((place) => [name(place), place] as const))('%s', async (_, place) => {
    await deliverBoth();
    const { id } = await start(struck);
    await trap.lay(place, 'ended');
    const error: unknown = await runWeek(struck.services, id).catch((reason: unknown) => reason);
    expect(isOutage(error), String(error)).toBe(true);
    const cut = await struck.services.db.manager.findOneByOrFail(RunRow, { id });
    expect([cut.step, cut.status]).not.toContain('FAILED');
    expect(cut.step).toBe(place.step);
    await trap.clear();
    expect((await runWeek(struck.services, id)).status).toBe('AWAITING_REVIEW');
    await expectAsCalm(id);
    expect(await struck.services.db.query('select 1 from incident')).toEqual([]);
  });

  it('goes on also when it goes away in every step, more than once', async () => {
    await deliverBoth();
    const { id } = await start(struck);
    for (const place of PLACES.filter((_, i) => i % 4 === 3)) {
      await trap.lay(place, 'ended');
      await expect(runWeek(struck.services, id)).rejects.toThrow();
      await trap.clear();
    }
    await runWeek(struck.services, id);
    await expectAsCalm(id);
  });
});

describe('a run that meets a fault', () => {
  const FAULTS = PLACES.filter((place) => ['copyInto', 'sealing'].some((kind) => kind in place)).concat(
    PLACES.filter(
      (place) =>
        'table' in place && ['run_check', 'run_funnel', 'explanation', 'sample_item'].includes(place.table),
    ),
  );

  it.each(FAULTS.map((place) => [name(place), place] as const))(
    '%s: has failed, says so, and goes on when it is resumed',
    async (_, place) => {
      await deliverBoth();
      const { services } = struck;
      const { id } = await start(struck);
      await trap.lay(place, 'failed');
      await expect(runWeek(services, id)).rejects.toThrow('struck');
      await trap.clear();
      const failed = await services.db.manager.findOneByOrFail(RunRow, { id });
      expect(failed).toMatchObject({ status: 'FAILED', step: place.step, current: true });
      expect(failed.finishedAt).not.toBeNull();
      expect(await leftovers(struck)).toEqual([]);
      const incidents: unknown = await services.db.query(
        'select kind, summary from incident where run_id = $1',
        [id],
      );
      expect(incidents).toEqual([
        {
          kind: 'RUN_FAILED',
          summary: `small ${week} failed at step ${place.step}: a fault; the log of the process says which`,
        },
      ]);
      // It does not go on by itself.
      expect((await runWeek(services, id)).status).toBe('FAILED');

      await execute(services, OLGA, resumeRun, { runId: id });
      expect(await runWeek(services, id)).toMatchObject({ status: 'AWAITING_REVIEW', trigger: 'RESUME' });
      const [after, expected] = [await outcomeOf(struck, id), await outcomeOf(calm, undisturbed.id)];
      expect({ ...after, log: [] }).toEqual({ ...expected, log: [] });
      expect(after.log.filter((action) => !expected.log.includes(action))).toEqual([
        'run.fail',
        'run.resume',
      ]);
      expect(after.log.filter((action) => expected.log.includes(action))).toEqual(expected.log);
      expect(await leftovers(struck)).toEqual([]);
    },
  );
});

describe('a run whose model dies', () => {
  it.each([
    ['at the first batch', 0],
    ['at the second of three, while the next is under way', 1],
    ['at the last', 2],
  ])('%s: has failed, and goes on when it is resumed', async (_, batch) => {
    await deliverBoth(THREE_BATCHES);
    const { services } = struck;
    const { id } = await start(struck);
    onBatch = async (n) => {
      if (n >= batch) throw new ScoringError('the model process ended');
    };
    await expect(runWeek(services, id)).rejects.toThrow('the model process ended');
    expect(await services.db.manager.findOneByOrFail(RunRow, { id })).toMatchObject({
      status: 'FAILED',
      step: 'DECIDE',
    });
    expect(await leftovers(struck)).toEqual([]);
    onBatch = async () => {};
    await execute(services, OLGA, resumeRun, { runId: id });
    expect((await runWeek(services, id)).status).toBe('AWAITING_REVIEW');
    expect(await decisionsIn(struck, id)).toBe(await decisionsIn(calm, undisturbed.id));
  });

  it('and whose database goes away while a batch is being scored can be gone on with', async () => {
    await deliverBoth(THREE_BATCHES);
    const { id } = await start(struck);
    onBatch = async (n) => {
      if (n !== 1) return;
      await trap.owner.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'waarom'`,
      );
    };
    const error: unknown = await runWeek(struck.services, id).catch((reason: unknown) => reason);
    expect(isOutage(error), String(error)).toBe(true);
    onBatch = async () => {};
    expect((await reachedAgain(() => runWeek(struck.services, id))).status).toBe('AWAITING_REVIEW');
    expect(await decisionsIn(struck, id)).toBe(await decisionsIn(calm, undisturbed.id));
    const actions = (await auditEntries(struck.services.db)).filter(({ subject }) => subject === id);
    expect(actions.map(({ action }) => action)).not.toContain('run.fail');
  });
});

/**
 * Tries as the jobs do, anew after an outage. The pool may hand out a connection that the server has ended before this process has read
 * so: each such connection costs one try, and only that.
 */
async function reachedAgain<R>(attempt: () => Promise<R>): Promise<R> {
  for (let dead = 0; dead < POOLED; dead++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isOutage(error)) throw error;
    }
  }
  return attempt();
}

describe('a run that is carried on twice at once', () => {
  it('takes each step once', async () => {
    await deliverBoth();
    const { id } = await start(struck);
    const ended = await Promise.all(Array.from({ length: 4 }, () => runWeek(struck.services, id)));
    expect(ended.map(({ status }) => status)).toEqual(new Array(4).fill('AWAITING_REVIEW'));
    await expectAsCalm(id);
  });

  it('fails once when all of them meet the fault', async () => {
    await deliverBoth();
    const { services } = struck;
    const { id } = await start(struck);
    await trap.lay({ step: 'DECIDE', table: 'run_funnel' }, 'failed');
    await Promise.allSettled(Array.from({ length: 4 }, () => runWeek(services, id)));
    await trap.clear();
    expect(await services.db.query('select kind from incident where run_id = $1', [id])).toEqual([
      { kind: 'RUN_FAILED' },
    ]);
    const log = (await auditEntries(services.db)).filter(({ subject }) => subject === id);
    expect(log.map(({ action }) => action)).toEqual(['run.start', 'run.receive', 'run.fail']);
    await Promise.allSettled(
      Array.from({ length: 3 }, () => execute(services, OLGA, resumeRun, { runId: id })),
    );
    await Promise.all(Array.from({ length: 3 }, () => runWeek(services, id)));
    const actions = (await auditEntries(services.db))
      .filter(({ subject, refusal }) => subject === id && refusal === null)
      .map(({ action }) => action);
    expect(actions).toEqual([
      'run.start',
      'run.receive',
      'run.fail',
      'run.resume',
      'run.decide',
      'run.explain',
      'run.draw',
    ]);
  });
});
