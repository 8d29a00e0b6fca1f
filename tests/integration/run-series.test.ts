import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addWeeks, mondayOf } from '../../src/domain/week.ts';
import type { RunRow } from '../../src/store/run.row.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { reproduceRun } from '../../src/use-cases/reproduce-run.ts';
import { faultsOf, type RunRecord, readRecord } from '../support/run-record.ts';
import { OLGA, ServiceHarness, SHARED, sharedIsThere } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL, type SmallCustomer } from '../support/small-campaign.ts';

/** Weeks with the most rows of expected.json, and the crash of October 2008 among them. */
const WEEKS = [
  '2008-W18',
  '2008-W19',
  '2008-W20',
  '2008-W21',
  '2008-W25',
  '2008-W28',
  '2008-W29',
  '2008-W31',
  '2008-W34',
  '2008-W41',
  '2009-W18',
  '2009-W19',
];
const CRASH = '2008-W41';
/** After weeks in which nobody was above the threshold, 125 are. */
const SPIKE = '2009-W18';

interface Expected {
  readonly rows: readonly {
    readonly week: string;
    readonly party_id: string;
    readonly probability: number;
  }[];
}

describe.skipIf(!sharedIsThere)('a series of weeks of real customers', () => {
  let harness: ServiceHarness;
  const records = new Map<string, RunRecord>();
  const runs = new Map<string, RunRow>();

  beforeAll(async () => {
    harness = await ServiceHarness.start();
    execFileSync(process.execPath, [
      realpathSync(join(SHARED, 'tools/make-feeds.mjs')),
      join(harness.folder, 'inbox'),
    ]);
    const campaign = await harness.install(
      join(SHARED, 'campaigns/term-deposit'),
      join(SHARED, 'models/uci-boosted-2'),
    );
    for (const week of WEEKS) {
      const run = await harness.run(campaign, week);
      runs.set(week, run);
      if (week === CRASH) continue;
      records.set(week, await readRecord(harness.services.db, run.id));
      if (run.status === 'AWAITING_REVIEW') await harness.release(run);
    }
  }, 150_000);
  afterAll(() => harness?.stop());

  it('keeps every rule in every week', () => {
    expect([...records.values()].flatMap(faultsOf)).toEqual([]);
    // Weeks of nothing would keep every rule too.
    const sum = (of: (record: RunRecord) => number) =>
      [...records.values()].reduce((n, record) => n + of(record), 0);
    expect(sum(({ funnel }) => funnel.considered)).toBeGreaterThan(20_000);
    expect(sum(({ funnel }) => funnel.mailed)).toBeGreaterThan(400);
    expect(sum(({ funnel }) => funnel.heldOut)).toBeGreaterThan(5);
  });

  it('gives the scores that the model builder gave', () => {
    const { rows }: Expected = JSON.parse(
      readFileSync(join(SHARED, 'models/uci-boosted-2/expected.json'), 'utf8'),
    );
    let compared = 0;
    for (const { week, party_id, probability } of rows) {
      const decision = records.get(week)?.decisions.find(({ customer }) => customer === party_id);
      if (decision === undefined || decision.outcome === 'NOT_ELIGIBLE') continue;
      compared++;
      expect(Math.abs((decision.score ?? Number.NaN) - probability)).toBeLessThan(1e-6);
    }
    expect(compared).toBeGreaterThan(120);
  });

  it('comes to the same decisions when it is executed again, to the last bit', async () => {
    const verdicts = new Map<string, unknown>();
    for (const [week, { run }] of records) {
      const { verdict, compared } = await execute(harness.services, OLGA, reproduceRun, { runId: run.id });
      verdicts.set(week, { verdict, compared });
    }
    expect(verdicts).toEqual(
      new Map(
        [...records].map(([week, { run }]) => [week, { verdict: 'IDENTICAL', compared: run.snapshotRows }]),
      ),
    );
    expect(verdicts.size).toBe(WEEKS.length - 1);
  });

  it('halts after deciding in the week of the spike: the record is whole, and there is no batch', async () => {
    const { db } = harness.services;
    const halted = [...records.values()].filter(({ run }) => run.status === 'HALTED');
    expect(halted.map(({ run }) => run.week)).toEqual([SPIKE]);
    const [run] = halted.map((record) => record.run);
    expect(
      await db.query(`select name from run_check where run_id = $1 and verdict = 'HALT'`, [run?.id]),
    ).toEqual([{ name: 'VOLUME_SPIKE' }]);
    expect(await db.query('select 1 from batch where run_id = $1', [run?.id])).toEqual([]);
    expect(await db.query('select kind from incident where run_id = $1', [run?.id])).toEqual([
      { kind: 'CHECK_HALTED' },
    ]);
  });

  it('halts in the week of the crash, before anyone is scored', async () => {
    const run = runs.get(CRASH);
    expect(run).toMatchObject({ status: 'HALTED', step: 'DONE', decisionRoot: null, manifest: null });
    const halting: unknown = await harness.services.db.query(
      `select name, subject, measured from run_check where run_id = $1 and verdict = 'HALT' order by position`,
      [run?.id],
    );
    expect(halting).toEqual([
      expect.objectContaining({ name: 'MARKET_BAND', subject: 'the week' }),
      expect.objectContaining({ name: 'MARKET_BAND', subject: 'four weeks' }),
    ]);
    const { db } = harness.services;
    expect(await db.query('select 1 from run_funnel where run_id = $1', [run?.id])).toEqual([]);
    expect(await db.query('select 1 from batch where run_id = $1', [run?.id])).toEqual([]);
    expect(await db.query('select kind from incident where run_id = $1', [run?.id])).toEqual([
      { kind: 'CHECK_HALTED' },
    ]);
  });
});

describe('a series of weeks of a small campaign', () => {
  const FIRST = '2026-W30';
  const PEOPLE = 300;
  let harness: ServiceHarness;
  const records: RunRecord[] = [];

  /** The n-th customer in a week: one in so many is barred by this or that, or lacks something. */
  const change =
    (week: number) =>
    (n: number): Partial<SmallCustomer> => ({
      likely: n % 41 === 0 ? null : ((n * 37 + week * 11) % 100) / 100,
      age: n % 43 === 0 ? null : 15 + (n % 70),
      is_private: n % 29 !== 0,
      holds_product: n % 31 === 0,
      opt_in: n % 23 === 0 ? null : n % 19 !== 0,
      opted_out: n % 37 === week,
      deceased: n % 97 === 0,
      fraud_flag: n % 89 === 0,
      relationship_ended: n % 83 === 0,
      address_bounced: n % 79 === 0,
    });

  beforeAll(async () => {
    harness = await ServiceHarness.start();
    const { now } = harness;
    // The evaluation begins with the settings.
    harness.now = new Date(`${mondayOf(FIRST)}T09:00:00Z`);
    await installSmall(harness, {
      threshold: 0.6,
      capacity: 40,
      holdoutShare: 0.2,
      explorationSize: 10,
      restWeeks: 3,
      maxMailsPer14Days: 2,
    });
    harness.now = now;
    for (let n = 0; n < 6; n++) {
      const week = addWeeks(FIRST, n);
      const mailings = [['c50', '2026-08-03', 'newsletter']] as const;
      await deliver(harness, {
        week,
        customers: customers(PEOPLE, change(n)),
        ...(n === 1 ? { mailings } : {}),
      });
      const run = await harness.run(SMALL, week);
      records.push(await readRecord(harness.services.db, run.id));
      await harness.release(run);
    }
  });
  afterAll(() => harness?.stop());

  it('keeps every rule in every week', () => {
    expect(records.flatMap(faultsOf)).toEqual([]);
  });

  it('scores each customer as the model does, in float32', () => {
    for (const [n, { decisions }] of records.entries()) {
      for (const { row, score } of decisions) {
        if (score !== null) expect(score).toBe(Math.fround(change(n)(row + 1).likely ?? Number.NaN));
      }
    }
  });

  it('meets every outcome, and every reason but those of the quiet list', () => {
    const found = new Set(
      records.flatMap(({ decisions }) => decisions.flatMap(({ outcome, reasons }) => [outcome, ...reasons])),
    );
    for (const word of [
      'MAIL HELD_OUT NOT_CHOSEN NOT_ELIGIBLE',
      'ABOVE_THRESHOLD BELOW_THRESHOLD CAPACITY RANDOM_HOLDOUT RANDOM_EXPLORATION',
      'NOT_PRIVATE HOLDS_PRODUCT NO_OPT_IN OPTED_OUT UNDER_AGE AGE_OUT_OF_RANGE DECEASED FRAUD_FLAG NOT_A_CUSTOMER',
      'ADDRESS_BOUNCED IN_FLOW RECENTLY_MAILED CONTACT_PRESSURE DATA_INCOMPLETE',
    ].flatMap((words) => words.split(' '))) {
      expect(found).toContain(word);
    }
  });

  it('lets nobody who was mailed be mailed again within the rest', () => {
    const mailed = records.map(
      ({ decisions }) =>
        new Set(decisions.filter(({ outcome }) => outcome === 'MAIL').map(({ customer }) => customer)),
    );
    mailed.forEach((week, n) => {
      for (const before of mailed.slice(Math.max(0, n - 2), n)) {
        expect([...week].filter((customer) => before.has(customer))).toEqual([]);
      }
    });
    // And after the rest some are.
    expect([...mailed[3]!].filter((customer) => mailed[0]?.has(customer)).length).toBeGreaterThan(0);
  });

  it('holds the same people out for as long as an evaluation lasts', () => {
    const of = (arm: string) =>
      new Set(
        records.flatMap(({ decisions }) =>
          decisions.filter((d) => d.arm === arm).map(({ customer }) => customer),
        ),
      );
    const mailed = of('MODEL');
    expect(of('HOLDOUT').size).toBeGreaterThan(5);
    expect([...of('HOLDOUT')].filter((customer) => mailed.has(customer))).toEqual([]);
  });

  it('has one batch a week, with those whom the decisions mail', async () => {
    for (const { run, decisions, funnel } of records) {
      const { id, size, status } = await harness.batchOf(run);
      const recipients: unknown = await harness.services.db.query(
        'select customer, arm, score from recipient where batch_id = $1 order by customer',
        [id],
      );
      const mailed = decisions.filter(({ outcome }) => outcome === 'MAIL');
      expect(recipients).toEqual(
        mailed
          .map(({ customer, arm, score }) => ({ customer, arm, score }))
          .sort((a, b) => (a.customer < b.customer ? -1 : 1)),
      );
      expect({ size, status }).toEqual({ size: funnel.mailed, status: 'RELEASED' });
    }
  });
});
