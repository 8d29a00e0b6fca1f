import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ConfigPatch } from '../../src/domain/config-patch.ts';
import { nextRunAt } from '../../src/domain/schedule.ts';
import { startDueRuns } from '../../src/jobs/start-due-runs.job.ts';
import { configAt } from '../../src/store/campaign.store.ts';
import { approvalsOf } from '../../src/store/config-change.reads.ts';
import { ConfigChangeRow } from '../../src/store/config-change.row.ts';
import { ConfigVersionRow } from '../../src/store/config-version.row.ts';
import { obstaclesNow } from '../../src/use-cases/config-standing.ts';
import {
  approveConfigChange,
  rejectConfigChange,
  withdrawConfigChange,
} from '../../src/use-cases/decide-config-change.ts';
import { type Caller, execute } from '../../src/use-cases/execute.ts';
import { amendConfigChange, proposeConfigChange } from '../../src/use-cases/propose-config-change.ts';
import { runWeek } from '../../src/use-cases/run-week.ts';
import { startRun } from '../../src/use-cases/start-run.ts';
import { entriesOf } from '../support/audit-entries.ts';
import { refusalOf } from '../support/refusals.ts';
import { CARLA, MARK, OLGA, person, ServiceHarness } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';
import { faultAfter, faultOf } from '../support/small-record.ts';

const OTTO = person('otto', 'OPERATOR');
const CEES = person('cees', 'CONTACT_CENTRE');
const NEVER = new AbortController().signal;
const REASON = 'more than the call centre can take';

let harness: ServiceHarness;
beforeAll(async () => {
  harness = await ServiceHarness.start();
  harness.now = new Date('2026-10-01T09:00:00Z');
  await installSmall(harness);
});
afterAll(() => harness?.stop());
// Whatever an act did, the log says all of it.
afterEach(async () => expect(await faultOf(harness)).toBeNull());

const pass = () => {
  harness.now = new Date(harness.now.getTime() + 60_000);
};
const propose = (
  who: Caller,
  patch: ConfigPatch,
  more: { reason?: string; acceptsEvaluationLoss?: boolean } = {},
) => {
  pass();
  const wish = { campaign: SMALL, patch, reason: REASON, acceptsEvaluationLoss: false, ...more };
  return proposeConfigChange(harness.services, who, wish, NEVER);
};
const amend = (who: Caller, id: string, patch: ConfigPatch | null = null) => {
  pass();
  const wanted = { id, patch, reason: null, acceptsEvaluationLoss: null };
  return amendConfigChange(harness.services, who, wanted, NEVER);
};
const approve = (who: Caller, id: string, digest: string | null = null) => {
  pass();
  return execute(harness.services, who, approveConfigChange, { id, note: null, digest });
};
const reject = (who: Caller, id: string, note: string | null = 'no') =>
  execute(harness.services, who, rejectConfigChange, { id, note });
const withdraw = (who: Caller, id: string) =>
  execute(harness.services, who, withdrawConfigChange, { id, note: null });
const inForce = (at = harness.now) => configAt(harness.services.db.manager, SMALL, at);

describe('a config change', () => {
  it('is proposed with its differences, and in force when the other role approved', async () => {
    const before = await inForce();
    const change = await propose(OLGA, { threshold: 0.6 });
    expect(change).toMatchObject({
      status: 'PROPOSED',
      needs: ['MARKETEER'],
      hands: ['olga'],
      base: before.number,
      differences: [{ field: 'threshold', before: '0.5', after: '0.6' }],
      impact: { weeks: [] },
      cutsEvaluation: null,
    });
    expect((await inForce()).number).toBe(before.number);
    const effective = await approve(MARK, change.id);
    expect(effective).toMatchObject({ status: 'EFFECTIVE', decidedBy: 'mark', version: before.number + 1 });
    expect(await inForce()).toMatchObject({
      number: before.number + 1,
      settings: { ...before.settings, threshold: 0.6 },
      createdBy: 'olga',
      effectiveFrom: harness.now,
    });
    // What held before, held before.
    expect((await inForce(new Date(harness.now.getTime() - 1))).number).toBe(before.number);
  });

  it('needs compliance as well where it touches data, checks or control groups', async () => {
    const change = await propose(MARK, { holdoutShare: 0.1 });
    expect(change.needs).toEqual(['OPERATOR', 'COMPLIANCE_REVIEWER']);
    expect((await approve(CARLA, change.id)).status).toBe('APPROVED');
    expect((await inForce()).settings.holdoutShare).toBe(0);
    expect((await approve(OTTO, change.id)).status).toBe('EFFECTIVE');
    expect((await inForce()).settings.holdoutShare).toBe(0.1);
  });

  it('is nobody’s to approve who proposed or edited it, nor anybody’s without the role', async () => {
    const all = person('all', 'OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER');
    const change = await propose(all, { capacity: 77 });
    await amend(OLGA, change.id, { capacity: 78 });
    expect(await refusalOf(approve(all, change.id))).toBe('FOUR_EYES ANOTHER_PERSON');
    expect(await refusalOf(approve(person('olga', 'MARKETEER'), change.id))).toBe('FOUR_EYES ANOTHER_PERSON');
    expect(await refusalOf(approve(OTTO, change.id))).toBe('FORBIDDEN APPROVING_ROLE');
    expect(await refusalOf(approve(CARLA, change.id))).toBe('FORBIDDEN APPROVING_ROLE');
    expect(await refusalOf(approve(CEES, change.id))).toBe('FORBIDDEN config.approve');
    expect(await refusalOf(propose(CARLA, { capacity: 1 }))).toBe('FORBIDDEN config.propose');
    expect(await refusalOf(withdraw(OLGA, change.id))).toBe('FORBIDDEN OWN_CHANGE');
    expect((await withdraw(all, change.id)).status).toBe('WITHDRAWN');
    expect(await refusalOf(approve(MARK, change.id))).toBe('INVALID_STATE CHANGE_STATUS');
  });

  it('loses its approvals when it is edited', async () => {
    const change = await propose(OLGA, { explorationSize: 2 });
    await approve(MARK, change.id);
    const edited = await amend(OTTO, change.id, { explorationSize: 3 });
    expect(edited).toMatchObject({ status: 'PROPOSED', revision: 2, hands: ['olga', 'otto'] });
    expect((await approve(CARLA, change.id)).status).toBe('APPROVED');
    // Who looked at the first revision does not approve the second.
    expect(await refusalOf(approve(MARK, change.id, change.digest))).toBe('CONFLICT REVISION');
    expect((await approve(MARK, change.id, edited.digest)).status).toBe('EFFECTIVE');
    const approvals = await approvalsOf(harness.services.db.manager, [change.id]);
    expect(approvals.map(({ approvedBy, revision }) => [approvedBy, revision])).toEqual([
      ['mark', 1],
      ['carla', 2],
      ['mark', 2],
    ]);
  });

  it('is stale when another became effective meanwhile, until it is worked out anew', async () => {
    const slow = await propose(OLGA, { capacity: 90 });
    const quick = await propose(OLGA, { restWeeks: 5 });
    await approve(MARK, quick.id);
    expect(await refusalOf(approve(MARK, slow.id))).toBe('CONFLICT STALE');
    const { manager } = harness.services.db;
    const [obstacles] = await obstaclesNow(manager, [slow], harness.now);
    expect(obstacles?.[0]).toContain(`made from ${slow.base}`);
    const rebased = await amend(OLGA, slow.id);
    expect(rebased).toMatchObject({
      base: slow.base + 1,
      differences: [{ field: 'capacity', before: '100', after: '90' }],
    });
    await approve(MARK, slow.id);
    expect((await inForce()).settings).toMatchObject({ capacity: 90, restWeeks: 5 });
  });

  it('is judged by the rules of the settings, and changes something', async () => {
    const { number } = await inForce();
    expect(await refusalOf(propose(OLGA, { minAge: 81 }))).toBe('BAD_INPUT SETTINGS');
    expect(await refusalOf(propose(OLGA, {}))).toBe('BAD_INPUT NO_DIFFERENCE');
    expect(await refusalOf(propose(OLGA, { threshold: 0.1 }, { reason: ' ' }))).toBe('BAD_INPUT NOTE');
    expect((await inForce()).number).toBe(number);
  });

  it('is rejected for good with a note, by whose approval it needs', async () => {
    const change = await propose(OLGA, { capacity: 5 });
    expect(await refusalOf(reject(MARK, change.id, null))).toBe('BAD_INPUT NOTE');
    expect(await refusalOf(reject(OTTO, change.id))).toBe('FORBIDDEN APPROVING_ROLE');
    expect(await reject(MARK, change.id)).toMatchObject({
      status: 'REJECTED',
      decidedBy: 'mark',
      note: 'no',
    });
    expect(await refusalOf(amend(OLGA, change.id))).toBe('INVALID_STATE CHANGE_STATUS');
  });

  it('of two that are approved at once, one is in force', async () => {
    const { number } = await inForce();
    const one = await propose(OLGA, { capacity: 61 });
    const other = await propose(OLGA, { capacity: 62 });
    pass();
    const outcomes = await Promise.allSettled(
      [one, other].map(({ id }) =>
        execute(harness.services, MARK, approveConfigChange, { id, note: null, digest: null }),
      ),
    );
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect((await inForce()).number).toBe(number + 1);
    for (const { id } of [one, other]) {
      const { status } = await harness.services.db.manager.findOneByOrFail(ConfigChangeRow, { id });
      if (status === 'PROPOSED') await withdraw(OLGA, id);
    }
  });

  it('is stale for who waited behind another approval, too', async () => {
    const one = await propose(OLGA, { capacity: 63 });
    const other = await propose(OLGA, { capacity: 64 });
    await approve(MARK, one.id);
    // An act has the instant at which it came, and that may lie before the approval for which it waited.
    const { now } = harness;
    harness.now = new Date(now.getTime() - 1);
    const late = { id: other.id, note: null, digest: null };
    expect(await refusalOf(execute(harness.services, MARK, approveConfigChange, late))).toBe(
      'CONFLICT STALE',
    );
    harness.now = now;
    await withdraw(OLGA, other.id);
  });

  it('is not proposed twice by the same person while one is open', async () => {
    const first = await propose(OLGA, { capacity: 71 });
    expect(await refusalOf(propose(OLGA, { capacity: 71 }, { reason: 'pressed again' }))).toBe(
      'CONFLICT ALREADY_PROPOSED',
    );
    const twice = await Promise.allSettled([
      propose(MARK, { capacity: 71 }),
      propose(MARK, { capacity: 71 }),
    ]);
    expect(twice.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await withdraw(OLGA, first.id);
    const again = await propose(OLGA, { capacity: 71 });
    expect(again.status).toBe('PROPOSED');
    await withdraw(OLGA, again.id);
    for (const settled of twice) if (settled.status === 'fulfilled') await withdraw(MARK, settled.value.id);
  });

  it('leaves an entry for every act, with its role', async () => {
    const entries = await entriesOf(harness.services.db, async () => {
      const { id } = await propose(OLGA, { sampleSize: 5 });
      await refusalOf(approve(OLGA, id));
      await approve(person('ben', 'MARKETEER', 'COMPLIANCE_REVIEWER'), id);
      await amend(OTTO, id, { sampleSize: 6 });
      await approve(person('ben', 'MARKETEER', 'COMPLIANCE_REVIEWER'), id);
      await approve(person('bea', 'OPERATOR', 'COMPLIANCE_REVIEWER'), id);
    });
    expect(entries.map(({ actor, role, action, details }) => [actor, role, action, details.after])).toEqual([
      ['olga', 'OPERATOR', 'config.propose', 'PROPOSED'],
      ['olga', 'OPERATOR', 'config.approve', undefined],
      ['ben', 'MARKETEER', 'config.approve', 'APPROVED'],
      ['otto', 'OPERATOR', 'config.amend', 'PROPOSED'],
      ['ben', 'MARKETEER', 'config.approve', 'APPROVED'],
      ['bea', 'COMPLIANCE_REVIEWER', 'config.approve', 'EFFECTIVE'],
    ]);
    expect(entries[3]?.details.voided).toEqual(['ben']);
  });
});

describe('an override', () => {
  const hold = (feature: string, expires: string) => ({
    overrides: [{ feature, value: 0.95, reason: 'the source counts twice', expires }],
  });

  it('is of a feature that the live model has, and ends in the future', async () => {
    expect(await refusalOf(propose(OLGA, hold('balance', '2026-11-01')))).toBe('BAD_INPUT SETTINGS');
    expect(await refusalOf(propose(OLGA, hold('likely', '2026-10-01')))).toBe('BAD_INPUT SETTINGS');
    const change = await propose(OLGA, hold('likely', '2026-10-02'));
    expect(change.needs).toContain('COMPLIANCE_REVIEWER');
    await approve(MARK, change.id);
    // Its day has come before the last approval.
    harness.now = new Date('2026-10-02T09:00:00Z');
    expect(await refusalOf(approve(CARLA, change.id))).toBe('INVALID_STATE OBSTACLES');
    await withdraw(OLGA, change.id);
  });

  it('holds its feature until its day, judged by the feed’s, and no longer', async () => {
    harness.now = new Date('2026-10-12T09:00:00Z');
    const change = await propose(OLGA, hold('likely', '2026-10-18'));
    await approve(MARK, change.id);
    await approve(CARLA, change.id);
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
    const { number } = await inForce();
    expect(await refusalOf(propose(OLGA, { capacity: 44 }))).toBe('INVALID_STATE EVALUATION_LOSS');
    const change = await propose(OLGA, { capacity: 44 }, { acceptsEvaluationLoss: true });
    expect(change.cutsEvaluation).toContain('Only 2 of 13 weeks have passed since 2026-W41');
    expect(change.impact.weeks.map(({ week }) => week)).toEqual(['2026-W41', '2026-W42']);
    await approve(MARK, change.id);
    expect((await inForce()).number).toBe(number + 1);
    // Under these settings nothing was decided yet.
    const next = await propose(OLGA, { capacity: 45 });
    expect(next.cutsEvaluation).toBeNull();
    await withdraw(OLGA, next.id);
  });

  it('that began after a change was proposed is not cut unknowingly either', async () => {
    const change = await propose(OLGA, { capacity: 46 });
    harness.now = new Date('2026-10-26T09:00:00Z');
    await deliver(harness, { week: '2026-W43', customers: customers(20) });
    const run = await harness.run(SMALL, '2026-W43');
    expect(run.status).toBe('AWAITING_REVIEW');
    expect(await refusalOf(approve(MARK, change.id))).toBe('INVALID_STATE EVALUATION_LOSS');
    const [obstacles] = await obstaclesNow(harness.services.db.manager, [change], harness.now);
    expect(obstacles?.[0]).toContain('accept the loss');
    await withdraw(OLGA, change.id);
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
    const before = await inForce();
    const change = await propose(OLGA, { threshold: 0.99 }, { acceptsEvaluationLoss: true });
    await approve(MARK, change.id);
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
    const change = await propose(OLGA, { schedule }, { acceptsEvaluationLoss: true });
    // The week before was due by the schedule before.
    expect(await startDueRuns(harness.services)).toMatchObject([{ week: '2026-W46' }]);
    await approve(MARK, change.id);
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
