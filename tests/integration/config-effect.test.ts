import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { nextRunAt } from '../../src/domain/schedule.ts';
import { startDueRuns } from '../../src/jobs/start-due-runs.job.ts';
import { ConfigChangeRow } from '../../src/store/config-change.row.ts';
import { ConfigVersionRow } from '../../src/store/config-version.row.ts';
import { obstaclesNow } from '../../src/use-cases/config-standing.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { runWeek } from '../../src/use-cases/run-week.ts';
import { startRun } from '../../src/use-cases/start-run.ts';
import { ConfigActs } from '../support/config-acts.ts';
import { refusalOf } from '../support/refusals.ts';
import { CARLA, MARK, OLGA, ServiceHarness } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';
import { faultAfter, faultOf } from '../support/small-record.ts';

let harness: ServiceHarness;
let acts: ConfigActs;
beforeAll(async () => {
  harness = await ServiceHarness.start();
  harness.now = new Date('2026-10-01T09:00:00Z');
  await installSmall(harness);
  acts = new ConfigActs(harness);
});
afterAll(() => harness?.stop());
// Whatever an act did, the log says all of it.
afterEach(async () => expect(await faultOf(harness)).toBeNull());

describe('an override', () => {
  const hold = (feature: string, expires: string) => ({
    overrides: [{ feature, value: 0.95, reason: 'the source counts twice', expires }],
  });

  it('is of a feature that the live model has, and ends in the future', async () => {
    expect(await refusalOf(acts.propose(OLGA, hold('balance', '2026-11-01')))).toBe('BAD_INPUT SETTINGS');
    expect(await refusalOf(acts.propose(OLGA, hold('likely', '2026-10-01')))).toBe('BAD_INPUT SETTINGS');
    const change = await acts.propose(OLGA, hold('likely', '2026-10-02'));
    expect(change.needs).toContain('COMPLIANCE_REVIEWER');
    await acts.approve(MARK, change.id);
    // Its day has come before the last approval.
    harness.now = new Date('2026-10-02T09:00:00Z');
    expect(await refusalOf(acts.approve(CARLA, change.id))).toBe('INVALID_STATE OBSTACLES');
    await acts.withdraw(OLGA, change.id);
  });

  it('holds its feature until its day, judged by the feed’s, and no longer', async () => {
    harness.now = new Date('2026-10-12T09:00:00Z');
    const change = await acts.propose(OLGA, hold('likely', '2026-10-18'));
    await acts.approve(MARK, change.id);
    await acts.approve(CARLA, change.id);
    const mailed = async (week: string) => {
      await deliver(harness, { week, customers: customers(30, () => ({ likely: 0.1 })) });
      const { run } = await execute(harness.services, OLGA, startRun, {
        campaign: SMALL,
        week,
        trigger: 'MANUAL',
      });
      const done = await runWeek(harness.services, run.id);
      const [funnel]: { above: number }[] = await harness.services.db.query(
        'select above_threshold as above from run_funnel where run_id = $1',
        [done.id],
      );
      return funnel?.above;
    };
    // The feeds are of the Sundays 2026-10-11 and 2026-10-18.
    expect(await mailed('2026-W41')).toBe(30);
    harness.now = new Date('2026-10-19T09:00:00Z');
    expect(await mailed('2026-W42')).toBe(0);
  });
});

describe('an evaluation under way', () => {
  it('is cut only by who says that they know', async () => {
    const { number } = await acts.inForce();
    expect(await refusalOf(acts.propose(OLGA, { capacity: 44 }))).toBe('INVALID_STATE EVALUATION_LOSS');
    const change = await acts.propose(OLGA, { capacity: 44 }, { acceptsEvaluationLoss: true });
    expect(change.cutsEvaluation).toContain('Only 2 of 13 weeks have passed since 2026-W41');
    expect(change.impact.weeks.map(({ week }) => week)).toEqual(['2026-W41', '2026-W42']);
    await acts.approve(MARK, change.id);
    expect((await acts.inForce()).number).toBe(number + 1);
    // Under these settings nothing was decided yet.
    const next = await acts.propose(OLGA, { capacity: 45 });
    expect(next.cutsEvaluation).toBeNull();
    await acts.withdraw(OLGA, next.id);
  });

  it('that began after a change was proposed is not cut unknowingly either', async () => {
    const change = await acts.propose(OLGA, { capacity: 46 });
    harness.now = new Date('2026-10-26T09:00:00Z');
    await deliver(harness, { week: '2026-W43', customers: customers(20) });
    const run = await harness.run(SMALL, '2026-W43');
    expect(run.status).toBe('AWAITING_REVIEW');
    expect(await refusalOf(acts.approve(MARK, change.id))).toBe('INVALID_STATE EVALUATION_LOSS');
    const [obstacles] = await obstaclesNow(harness.services.db.manager, [change], harness.now);
    expect(obstacles?.[0]).toContain('accept the loss');
    await acts.withdraw(OLGA, change.id);
  });
});

describe('a run', () => {
  it('keeps the settings with which it started', async () => {
    harness.now = new Date('2026-11-02T09:00:00Z');
    await deliver(harness, { week: '2026-W44', customers: customers(50) });
    const { run } = await execute(harness.services, OLGA, startRun, {
      campaign: SMALL,
      week: '2026-W44',
      trigger: 'MANUAL',
    });
    const before = await acts.inForce();
    const change = await acts.propose(OLGA, { threshold: 0.99 }, { acceptsEvaluationLoss: true });
    await acts.approve(MARK, change.id);
    const done = await runWeek(harness.services, run.id);
    expect(done.manifest?.config.number).toBe(before.number);
    harness.now = new Date('2026-11-09T09:00:00Z');
    await deliver(harness, { week: '2026-W45', customers: customers(50) });
    const next = await harness.run(SMALL, '2026-W45');
    expect(next.manifest?.config.number).toBe(before.number + 1);
  });

  it('is due by the schedule in force, from its approval on', async () => {
    harness.now = new Date('2026-11-16T09:00:00Z');
    const schedule = '30 9 * * 3';
    const change = await acts.propose(OLGA, { schedule }, { acceptsEvaluationLoss: true });
    // The week before was due by the schedule before.
    expect(await startDueRuns(harness.services)).toMatchObject([{ week: '2026-W46' }]);
    await acts.approve(MARK, change.id);
    harness.now = new Date('2026-11-18T08:29:00Z');
    expect(await startDueRuns(harness.services)).toEqual([]);
    const dueAt = nextRunAt(schedule, 'Europe/Amsterdam', harness.now);
    harness.now = dueAt;
    expect(await startDueRuns(harness.services)).toMatchObject([
      { campaign: SMALL, week: '2026-W47', outcome: 'STARTED', dueAt },
    ]);
  });
});

describe('the record', () => {
  it('has as settings what was approved', async () => {
    const { manager } = harness.services.db;
    const versions = await manager.findBy(ConfigVersionRow, { campaign: SMALL });
    const changes = await manager.findBy(ConfigChangeRow, { campaign: SMALL, status: 'EFFECTIVE' });
    expect(new Set(changes.map(({ version }) => version))).toEqual(
      new Set(versions.map(({ number }) => number).filter((number) => number > 1)),
    );
  });

  it.each([
    ['config_change', `update config_change set reason = 'another' where status = 'EFFECTIVE'`],
    ['config_change', `update config_change set impact = '{"weeks": [], "warnings": ["none"]}'`],
    ['config_change', `update config_change set hands = array_append(hands, 'zed')`],
    ['config_change', `update config_change set decided_by = 'zed' where status = 'EFFECTIVE'`],
    [
      'config_change',
      `update config_change set status = 'REJECTED', version = null where status = 'EFFECTIVE'`,
    ],
    ['config_change', `delete from config_change where status = 'WITHDRAWN'`],
    ['config_approval', `update config_approval set approved_by = 'zed' where role = 'COMPLIANCE_REVIEWER'`],
    ['config_approval', `delete from config_approval where revision = 1`],
    ['config_version', `update config_version set created_by = 'zed' where number = 3`],
    [
      'config_version',
      `update config_version set settings = settings || '{"threshold": 0}' where number = 3`,
    ],
  ])('of %s is not changed unseen: %s', async (table, statement) => {
    expect(await faultAfter(harness, table, statement)).toMatchObject({ table });
  });
});
