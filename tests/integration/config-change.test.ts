import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { approvalsOf } from '../../src/store/config-change.reads.ts';
import { ConfigChangeRow } from '../../src/store/config-change.row.ts';
import { obstaclesNow } from '../../src/use-cases/config-standing.ts';
import { approveConfigChange } from '../../src/use-cases/decide-config-change.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { entriesOf } from '../support/audit-entries.ts';
import { ConfigActs } from '../support/config-acts.ts';
import { refusalOf } from '../support/refusals.ts';
import { CARLA, MARK, OLGA, person, ServiceHarness } from '../support/service-harness.ts';
import { installSmall } from '../support/small-campaign.ts';
import { faultOf } from '../support/small-record.ts';

const OTTO = person('otto', 'OPERATOR');
const CEES = person('cees', 'CONTACT_CENTRE');

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

describe('a config change', () => {
  it('is proposed with its differences, and in force when the other role approved', async () => {
    const before = await acts.inForce();
    const change = await acts.propose(OLGA, { threshold: 0.6 });
    expect(change).toMatchObject({
      status: 'PROPOSED',
      needs: ['MARKETEER'],
      hands: ['olga'],
      base: before.number,
      differences: [{ field: 'threshold', before: '0.5', after: '0.6' }],
      impact: { weeks: [] },
      cutsEvaluation: null,
    });
    expect((await acts.inForce()).number).toBe(before.number);
    const effective = await acts.approve(MARK, change.id);
    expect(effective).toMatchObject({ status: 'EFFECTIVE', decidedBy: 'mark', version: before.number + 1 });
    expect(await acts.inForce()).toMatchObject({
      number: before.number + 1,
      settings: { ...before.settings, threshold: 0.6 },
      createdBy: 'olga',
      effectiveFrom: harness.now,
    });
    // What held before, held before.
    expect((await acts.inForce(new Date(harness.now.getTime() - 1))).number).toBe(before.number);
  });

  it('needs compliance as well where it touches data, checks or control groups', async () => {
    const change = await acts.propose(MARK, { holdoutShare: 0.1 });
    expect(change.needs).toEqual(['OPERATOR', 'COMPLIANCE_REVIEWER']);
    expect((await acts.approve(CARLA, change.id)).status).toBe('APPROVED');
    expect((await acts.inForce()).settings.holdoutShare).toBe(0);
    expect((await acts.approve(OTTO, change.id)).status).toBe('EFFECTIVE');
    expect((await acts.inForce()).settings.holdoutShare).toBe(0.1);
  });

  it('is nobody’s to approve who proposed or edited it, nor anybody’s without the role', async () => {
    const all = person('all', 'OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER');
    const change = await acts.propose(all, { capacity: 77 });
    await acts.amend(OLGA, change.id, { capacity: 78 });
    expect(await refusalOf(acts.approve(all, change.id))).toBe('FOUR_EYES ANOTHER_PERSON');
    expect(await refusalOf(acts.approve(person('olga', 'MARKETEER'), change.id))).toBe(
      'FOUR_EYES ANOTHER_PERSON',
    );
    expect(await refusalOf(acts.approve(OTTO, change.id))).toBe('FORBIDDEN APPROVING_ROLE');
    expect(await refusalOf(acts.approve(CARLA, change.id))).toBe('FORBIDDEN APPROVING_ROLE');
    expect(await refusalOf(acts.approve(CEES, change.id))).toBe('FORBIDDEN config.approve');
    expect(await refusalOf(acts.propose(CARLA, { capacity: 1 }))).toBe('FORBIDDEN config.propose');
    expect(await refusalOf(acts.withdraw(OLGA, change.id))).toBe('FORBIDDEN OWN_CHANGE');
    expect((await acts.withdraw(all, change.id)).status).toBe('WITHDRAWN');
    expect(await refusalOf(acts.approve(MARK, change.id))).toBe('INVALID_STATE CHANGE_STATUS');
  });

  it('loses its approvals when it is edited', async () => {
    const change = await acts.propose(OLGA, { explorationSize: 2 });
    await acts.approve(MARK, change.id);
    const edited = await acts.amend(OTTO, change.id, { explorationSize: 3 });
    expect(edited).toMatchObject({ status: 'PROPOSED', revision: 2, hands: ['olga', 'otto'] });
    expect((await acts.approve(CARLA, change.id)).status).toBe('APPROVED');
    // Who looked at the first revision does not approve the second.
    expect(await refusalOf(acts.approve(MARK, change.id, change.digest))).toBe('CONFLICT REVISION');
    expect((await acts.approve(MARK, change.id, edited.digest)).status).toBe('EFFECTIVE');
    const approvals = await approvalsOf(harness.services.db.manager, [change.id]);
    expect(approvals.map(({ approvedBy, revision }) => [approvedBy, revision])).toEqual([
      ['mark', 1],
      ['carla', 2],
      ['mark', 2],
    ]);
  });

  it('is stale when another became effective meanwhile, until it is worked out anew', async () => {
    const slow = await acts.propose(OLGA, { capacity: 90 });
    const quick = await acts.propose(OLGA, { restWeeks: 5 });
    await acts.approve(MARK, quick.id);
    expect(await refusalOf(acts.approve(MARK, slow.id))).toBe('CONFLICT STALE');
    const { manager } = harness.services.db;
    const [obstacles] = await obstaclesNow(manager, [slow], harness.now);
    expect(obstacles?.[0]).toContain(`made from ${slow.base}`);
    const rebased = await acts.amend(OLGA, slow.id);
    expect(rebased).toMatchObject({
      base: slow.base + 1,
      differences: [{ field: 'capacity', before: '100', after: '90' }],
    });
    await acts.approve(MARK, slow.id);
    expect((await acts.inForce()).settings).toMatchObject({ capacity: 90, restWeeks: 5 });
  });

  it('is judged by the rules of the settings, and changes something', async () => {
    const { number } = await acts.inForce();
    expect(await refusalOf(acts.propose(OLGA, { minAge: 81 }))).toBe('BAD_INPUT SETTINGS');
    expect(await refusalOf(acts.propose(OLGA, {}))).toBe('BAD_INPUT NO_DIFFERENCE');
    expect(await refusalOf(acts.propose(OLGA, { threshold: 0.1 }, { reason: ' ' }))).toBe('BAD_INPUT NOTE');
    expect((await acts.inForce()).number).toBe(number);
  });

  it('is rejected for good with a note, by whose approval it needs', async () => {
    const change = await acts.propose(OLGA, { capacity: 5 });
    expect(await refusalOf(acts.reject(MARK, change.id, null))).toBe('BAD_INPUT NOTE');
    expect(await refusalOf(acts.reject(OTTO, change.id))).toBe('FORBIDDEN APPROVING_ROLE');
    expect(await acts.reject(MARK, change.id)).toMatchObject({
      status: 'REJECTED',
      decidedBy: 'mark',
      note: 'no',
    });
    expect(await refusalOf(acts.amend(OLGA, change.id))).toBe('INVALID_STATE CHANGE_STATUS');
  });

  it('of two that are approved at once, one is in force', async () => {
    const { number } = await acts.inForce();
    const one = await acts.propose(OLGA, { capacity: 61 });
    const other = await acts.propose(OLGA, { capacity: 62 });
    acts.pass();
    const outcomes = await Promise.allSettled(
      [one, other].map(({ id }) =>
        execute(harness.services, MARK, approveConfigChange, { id, note: null, digest: null }),
      ),
    );
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect((await acts.inForce()).number).toBe(number + 1);
    for (const { id } of [one, other]) {
      const { status } = await harness.services.db.manager.findOneByOrFail(ConfigChangeRow, { id });
      if (status === 'PROPOSED') await acts.withdraw(OLGA, id);
    }
  });

  it('is stale for who waited behind another approval, too', async () => {
    const one = await acts.propose(OLGA, { capacity: 63 });
    const other = await acts.propose(OLGA, { capacity: 64 });
    await acts.approve(MARK, one.id);
    // An act has the instant at which it came, and that may lie before the approval for which it waited.
    const { now } = harness;
    harness.now = new Date(now.getTime() - 1);
    const late = { id: other.id, note: null, digest: null };
    expect(await refusalOf(execute(harness.services, MARK, approveConfigChange, late))).toBe(
      'CONFLICT STALE',
    );
    harness.now = now;
    await acts.withdraw(OLGA, other.id);
  });

  it('is not proposed twice by the same person while one is open', async () => {
    const first = await acts.propose(OLGA, { capacity: 71 });
    expect(await refusalOf(acts.propose(OLGA, { capacity: 71 }, { reason: 'pressed again' }))).toBe(
      'CONFLICT ALREADY_PROPOSED',
    );
    const twice = await Promise.allSettled([
      acts.propose(MARK, { capacity: 71 }),
      acts.propose(MARK, { capacity: 71 }),
    ]);
    expect(twice.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await acts.withdraw(OLGA, first.id);
    const again = await acts.propose(OLGA, { capacity: 71 });
    expect(again.status).toBe('PROPOSED');
    await acts.withdraw(OLGA, again.id);
    for (const settled of twice)
      if (settled.status === 'fulfilled') await acts.withdraw(MARK, settled.value.id);
  });

  it('leaves an entry for every act, with its role', async () => {
    const entries = await entriesOf(harness.services.db, async () => {
      const { id } = await acts.propose(OLGA, { sampleSize: 5 });
      await refusalOf(acts.approve(OLGA, id));
      await acts.approve(person('ben', 'MARKETEER', 'COMPLIANCE_REVIEWER'), id);
      await acts.amend(OTTO, id, { sampleSize: 6 });
      await acts.approve(person('ben', 'MARKETEER', 'COMPLIANCE_REVIEWER'), id);
      await acts.approve(person('bea', 'OPERATOR', 'COMPLIANCE_REVIEWER'), id);
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
