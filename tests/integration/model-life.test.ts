import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scorer } from '../../src/domain/ports.ts';
import { modelLiveAt } from '../../src/store/model.reads.ts';
import { actsOn, periodsOf } from '../../src/store/model-life.reads.ts';
import { ModelVersionRow } from '../../src/store/model-version.row.ts';
import { clearChallenger, setChallenger } from '../../src/use-cases/challenger.ts';
import { type Caller, type Command, execute } from '../../src/use-cases/execute.ts';
import { judgeModel } from '../../src/use-cases/judge-model.ts';
import {
  activateModel,
  approveModel,
  retireModel,
  revokeModel,
} from '../../src/use-cases/model-lifecycle.ts';
import { runWeek } from '../../src/use-cases/run-week.ts';
import { startRun } from '../../src/use-cases/start-run.ts';
import { validateModel } from '../../src/use-cases/validate-model.ts';
import { CARLA, OLGA, person, ServiceHarness } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';
import { approveSmall, registerSmall } from '../support/small-models.ts';
import { faultOf } from '../support/small-record.ts';

const OTTO = person('otto', 'OPERATOR');
const CLARA = person('clara', 'COMPLIANCE_REVIEWER');
/** Has both roles: what they may not do follows from what they did. */
const BOTH = person('both', 'OPERATOR', 'COMPLIANCE_REVIEWER');

let harness: ServiceHarness;
beforeAll(async () => {
  harness = await ServiceHarness.start();
  harness.now = new Date('2026-11-01T09:00:00Z');
  await installSmall(harness);
});
afterAll(() => harness?.stop());

const pass = () => {
  harness.now = new Date(harness.now.getTime() + 60_000);
  return harness.now;
};
const act = <I>(caller: Caller, command: Command<I, ModelVersionRow>, input: I) => {
  pass();
  return execute(harness.services, caller, command, input);
};
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    ({ refusal: { code, rule } }) => `${code} ${rule}`,
  );
const byVersion = (version: string) =>
  harness.services.db.manager.findOneByOrFail(ModelVersionRow, { campaign: SMALL, version });
const liveAt = async (at: Date) =>
  (await modelLiveAt(harness.services.db.manager, SMALL, at))?.version ?? null;

describe('four eyes', () => {
  it('hold whatever roles a person has', async () => {
    const own = await registerSmall(harness, '2', {}, BOTH);
    const { id: modelId } = own;
    const note = 'a doubt';
    expect(await refusal(approveSmall(harness, own, BOTH))).toBe('FOUR_EYES ANOTHER_PERSON');
    await approveSmall(harness, own, CARLA);
    expect(await refusal(act(BOTH, revokeModel, { modelId, note }))).toBe('FOUR_EYES ANOTHER_PERSON');
    await act(CLARA, revokeModel, { modelId, note });
    expect(await refusal(approveSmall(harness, own, BOTH))).toBe('FOUR_EYES ANOTHER_PERSON');

    const others = await registerSmall(harness, '3');
    await approveSmall(harness, others, BOTH);
    expect(await refusal(act(BOTH, activateModel, { modelId: others.id }))).toBe('FOUR_EYES ANOTHER_PERSON');
    expect(await refusal(act(BOTH, setChallenger, { modelId: others.id }))).toBe('FOUR_EYES ANOTHER_PERSON');
    await act(BOTH, retireModel, { modelId: others.id, note });
  });
});

describe('a revoked approval', () => {
  it('takes the version out of production, its acceptances with it, until somebody approves it anew', async () => {
    const model = await registerSmall(harness, '4');
    const { id: modelId } = model;
    expect(await refusal(act(CARLA, revokeModel, { modelId, note: 'n' }))).toBe('INVALID_STATE MODEL_STATUS');
    await approveSmall(harness, model);
    await act(OTTO, activateModel, { modelId });
    const live = harness.now;
    expect(await refusal(act(CARLA, revokeModel, { modelId, note: ' ' }))).toBe('BAD_INPUT NOTE');
    await act(CARLA, revokeModel, { modelId, note: 'it counts twice' });
    const revoked = await byVersion('4');
    expect(revoked).toMatchObject({
      status: 'VALIDATED',
      approvedBy: null,
      approvedAt: null,
      liveUntil: harness.now,
    });
    expect(revoked.gates.some(({ verdict }) => verdict === 'WARN')).toBe(true);
    expect(revoked.gates.filter(({ acceptance }) => acceptance !== null)).toEqual([]);
    expect([await liveAt(live), await liveAt(harness.now)]).toEqual(['4', null]);
    expect(await refusal(act(OTTO, activateModel, { modelId }))).toBe('INVALID_STATE MODEL_STATUS');
    await act(OLGA, validateModel, { modelId });
    expect(await refusal(approveSmall(harness, revoked, CLARA))).toBe('INVALID_STATE MODEL_STATUS');
    await judgeModel(harness.services, modelId);
    await approveSmall(harness, revoked, CLARA);
    await act(OTTO, activateModel, { modelId });
    expect(await byVersion('4')).toMatchObject({ status: 'LIVE', approvedBy: 'clara', liveUntil: null });
    expect(await faultOf(harness)).toBeNull();
  });

  it('stops a run that has not decided, and no other', async () => {
    const live = await byVersion('4');
    await deliver(harness, { week: '2026-W40', customers: customers(10) });
    expect(await harness.run(SMALL, '2026-W40')).toMatchObject({
      modelId: live.id,
      status: 'AWAITING_REVIEW',
    });
    await deliver(harness, { week: '2026-W41', customers: customers(10) });
    const { services } = harness;
    const { run } = await execute(services, OLGA, startRun, {
      campaign: SMALL,
      week: '2026-W41',
      trigger: 'MANUAL',
    });
    await act(CARLA, revokeModel, { modelId: live.id, note: 'it counts twice' });
    expect(await refusal(runWeek(services, run.id))).toBe('NOT_SIGNED_OFF MODEL_APPROVAL');
    const [{ summary }] = await services.db.query('select summary from incident where run_id = $1', [run.id]);
    expect(summary).toContain('The approval of likely 4 was revoked');
    expect(await services.db.query('select from run_funnel where run_id = $1', [run.id])).toEqual([]);
  });
});

describe('an approval that is revoked while a run scores', () => {
  it('stops the run: nothing is decided', async () => {
    const model = await registerSmall(harness, '4 again');
    await approveSmall(harness, model);
    await act(OTTO, activateModel, { modelId: model.id });
    await deliver(harness, { week: '2026-W42', customers: customers(10) });
    const { services } = harness;
    const asked = { campaign: SMALL, week: '2026-W42', trigger: 'MANUAL' } as const;
    const { run } = await execute(services, OLGA, startRun, asked);
    const scorer: Scorer = {
      async open(spec) {
        await act(CARLA, revokeModel, { modelId: model.id, note: 'it counts twice' });
        return services.scorer.open(spec);
      },
    };
    expect(await refusal(runWeek({ ...services, scorer }, run.id))).toBe('NOT_SIGNED_OFF MODEL_APPROVAL');
    expect(await services.db.query('select from run_funnel where run_id = $1', [run.id])).toEqual([]);
    expect(await faultOf(harness)).toBeNull();
  });
});

describe('what was live when', () => {
  it('is answered for any instant, gaps included; a return to an earlier version is one act', async () => {
    const before = pass();
    const one = await byVersion('1');
    const five = await registerSmall(harness, '5');
    await approveSmall(harness, five);
    await act(OTTO, activateModel, { modelId: one.id });
    const first = harness.now;
    await act(OTTO, activateModel, { modelId: five.id });
    const second = harness.now;
    await act(OTTO, activateModel, { modelId: one.id });
    const third = harness.now;
    await act(CARLA, retireModel, { modelId: one.id, note: 'a pause' });
    const gap = harness.now;
    await act(OTTO, activateModel, { modelId: five.id });
    const last = harness.now;
    const just = (at: Date) => new Date(at.getTime() - 1);
    const instants = [
      before,
      first,
      just(second),
      second,
      just(third),
      third,
      just(gap),
      gap,
      just(last),
      last,
    ];
    const found: (string | null)[] = [];
    for (const at of instants) found.push(await liveAt(at));
    expect(found).toEqual([null, '1', '1', '5', '5', '1', '1', null, null, '5']);
    const { db } = harness.services;
    expect(await periodsOf(db.manager, 'model_activation', five)).toEqual([
      { from: second, until: third },
      { from: last, until: null },
    ]);
    const told = (await actsOn(db.manager, five.id)).map(({ act: what, by, before: from, after }) => [
      what,
      by,
      from,
      after,
    ]);
    expect(told).toEqual([
      ['REGISTER', 'olga', null, 'REGISTERED'],
      ['JUDGE', 'engine', 'REGISTERED', 'VALIDATED'],
      ['APPROVE', 'carla', 'VALIDATED', 'APPROVED'],
      ['ACTIVATE', 'otto', 'APPROVED', 'LIVE'],
      ['REPLACE', 'otto', 'LIVE', 'RETIRED'],
      ['ACTIVATE', 'otto', 'RETIRED', 'LIVE'],
    ]);
    expect((await actsOn(db.manager, one.id)).at(-1)).toEqual({
      at: gap,
      by: 'carla',
      act: 'RETIRE',
      before: 'LIVE',
      after: 'RETIRED',
      note: 'a pause',
    });
    expect(await faultOf(harness)).toBeNull();
  });

  it('leaves a run under way its model, and gives the next one the new', async () => {
    const [one, five] = [await byVersion('1'), await byVersion('5')];
    await deliver(harness, { week: '2026-W42', customers: customers(10) });
    await deliver(harness, { week: '2026-W43', customers: customers(10) });
    const { services } = harness;
    const { run } = await execute(services, OLGA, startRun, {
      campaign: SMALL,
      week: '2026-W42',
      trigger: 'MANUAL',
    });
    await act(OTTO, activateModel, { modelId: one.id });
    const ended = await runWeek(services, run.id);
    expect(ended.manifest?.model.digest).toBe(five.digest);
    expect((await harness.run(SMALL, '2026-W43')).manifest?.model.digest).toBe(one.digest);
  });

  it('has one model at a time, though several are activated at once', async () => {
    const [five, six] = [await byVersion('5'), await registerSmall(harness, '6')];
    await approveSmall(harness, six);
    pass();
    const { services } = harness;
    const tries = [five, six, five, six].map(({ id }) =>
      refusal(execute(services, OTTO, activateModel, { modelId: id })),
    );
    const results = await Promise.all(tries);
    expect(results.filter((result) => result === null)).toHaveLength(1);
    expect(new Set(results)).toEqual(new Set([null, 'CONFLICT INSTANT', 'INVALID_STATE MODEL_STATUS']));
    const live = await services.db.manager.findBy(ModelVersionRow, { campaign: SMALL, status: 'LIVE' });
    expect(live.map(({ version }) => version)).toEqual([await liveAt(harness.now)]);
    const twice = `update model_version set status = 'LIVE', live_from = now(), live_until = null, approved_by = 'x' where campaign = $1`;
    await expect(services.db.query(twice, [SMALL])).rejects.toMatchObject({
      constraint: 'model_version_live',
    });
    expect(await faultOf(harness)).toBeNull();
  });
});

describe('a challenger', () => {
  it('is one approved version at a time, and stands down when it goes live, is retired or revoked', async () => {
    const { db } = harness.services;
    const [a, b] = [await registerSmall(harness, 'a'), await registerSmall(harness, 'b')];
    const live = await db.manager.findOneByOrFail(ModelVersionRow, { campaign: SMALL, status: 'LIVE' });
    const challenge = (model: ModelVersionRow) => act(OTTO, setChallenger, { modelId: model.id });
    expect(await refusal(challenge(a))).toBe('INVALID_STATE MODEL_STATUS');
    expect(await refusal(challenge(live))).toBe('INVALID_STATE MODEL_STATUS');
    await approveSmall(harness, a);
    await approveSmall(harness, b);
    await challenge(a);
    expect(await refusal(challenge(a))).toBe('INVALID_STATE CHALLENGER');
    await challenge(b);
    expect(await refusal(act(OTTO, clearChallenger, { modelId: a.id, note: 'n' }))).toBe(
      'INVALID_STATE CHALLENGER',
    );
    await act(OTTO, clearChallenger, { modelId: b.id, note: 'seen enough' });
    await challenge(a);
    await act(OTTO, activateModel, { modelId: a.id });
    await challenge(b);
    await act(CARLA, revokeModel, { modelId: b.id, note: 'a doubt' });
    const approve = {
      modelId: b.id,
      acceptances: b.gates.map(({ name }) => ({ gate: name, reason: 'fine' })),
      note: null,
    };
    await act(CLARA, approveModel, approve);
    await challenge(b);
    await act(OTTO, retireModel, { modelId: b.id, note: 'no more' });
    const ended = async (model: ModelVersionRow) =>
      (await periodsOf(db.manager, 'model_challenge', model)).map(({ until }) => until !== null);
    expect([await ended(a), await ended(b)]).toEqual([
      [true, true],
      [true, true, true],
    ]);
    expect(await faultOf(harness)).toBeNull();
  });
});
