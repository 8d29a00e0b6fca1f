import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { continueRuns } from '../../src/jobs/continue-runs.job.ts';
import { reproducePast } from '../../src/jobs/reproduce-past.job.ts';
import { startDueRuns } from '../../src/jobs/start-due-runs.job.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { handOffReleased } from '../../src/use-cases/hand-off.ts';
import { releaseBatch } from '../../src/use-cases/release-batch.ts';
import { runWeek } from '../../src/use-cases/run-week.ts';
import { startRun } from '../../src/use-cases/start-run.ts';
import { ApiService } from '../support/api-service.ts';
import { OLGA } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';

let service: ApiService;
/** At this step of a run somebody pauses. */
let atStep: { step: string; done: () => Promise<unknown> } | null = null;
let paused: Promise<unknown> = Promise.resolve();
beforeAll(async () => {
  service = await ApiService.start({
    progress: ({ step }) => {
      if (atStep?.step !== step) return;
      const { done } = atStep;
      atStep = null;
      paused = done();
    },
  });
  await installSmall(service.harness);
});
afterAll(() => service?.stop());

const week = async (name: string) => {
  await deliver(service.harness, {
    week: name,
    customers: customers(12, (n) => ({ party_id: `${name}-${n}`, likely: 0.9 })),
  });
};
const act = (name: string, reason = 'a new rule of the supervisor') =>
  `mutation { ${name}(input: { campaign: "${SMALL}", reason: "${reason}" }) { campaign {
     paused nextRunAt pauses { scope pausedBy reason stopped { what week status } } } } }`;
const everything = (name: string) =>
  `mutation { ${name}(input: { reason: "a new rule of the supervisor" }) { pause {
     scope campaign pausedBy resumedBy stopped { what campaign week status } } } }`;
const campaign = async () =>
  (await service.get('mark', `{ campaign(key: "${SMALL}") { paused nextRunAt pauses { scope } } }`)).campaign;
const refused = async (done: () => Promise<unknown>) => {
  const error = await done().then(
    () => null,
    (cause: Error) => cause,
  );
  return error?.message;
};
const BY_CARLA =
  'is paused by carla since 2026-11-16T09:00:00.000Z, because: "a new rule of the supervisor".';

describe("the engine's switch", () => {
  it('stops a campaign by one person alone, says what it stopped, and who paused to whoever tries', async () => {
    await week('2026-W40');
    const batchId = await service.harness.approve(await service.harness.run(SMALL, '2026-W40'));
    const { pauseEngine } = await service.get('carla', act('pauseEngine'));
    expect(pauseEngine.campaign).toEqual({
      paused: true,
      nextRunAt: null,
      pauses: [
        {
          scope: 'CAMPAIGN',
          pausedBy: 'carla',
          reason: 'a new rule of the supervisor',
          stopped: [
            { what: 'SCHEDULED_RUN', week: '2026-W47', status: null },
            { what: 'BATCH', week: '2026-W40', status: 'APPROVED' },
          ],
        },
      ],
    });
    await week('2026-W41');
    const start = { campaign: SMALL, week: '2026-W41', trigger: 'MANUAL' as const };
    expect(await refused(() => execute(service.harness.services, OLGA, startRun, start))).toBe(
      `The engine of ${SMALL} ${BY_CARLA}`,
    );
    expect(await refused(() => execute(service.harness.services, OLGA, releaseBatch, { batchId }))).toBe(
      `The engine of ${SMALL} ${BY_CARLA}`,
    );
    expect(await service.refusal('carla', act('pauseEngine'))).toBe('INVALID_STATE ENGINE_STATE');
    expect(await service.refusal('carla', act('resumeEngine'))).toBe('FORBIDDEN engine.resume');
    const { resumeEngine } = await service.get('olga', act('resumeEngine', 'all is well'));
    expect(resumeEngine.campaign).toMatchObject({ paused: false, nextRunAt: expect.any(String), pauses: [] });
    expect(await service.refusal('olga', act('resumeEngine'))).toBe('INVALID_STATE ENGINE_STATE');
    await execute(service.harness.services, OLGA, releaseBatch, { batchId });
  });

  it('keeps the file of a released batch back, and gives it when the flow is resumed', async () => {
    await service.get('mark', act('pauseFlow'));
    expect((await campaign()).paused).toBe(false);
    expect(await handOffReleased(service.harness.services)).toBe(0);
    expect((await campaign()).pauses).toEqual([{ scope: 'FLOW' }]);
    await service.get('olga', act('resumeFlow', 'all is well'));
    expect(await handOffReleased(service.harness.services)).toBe(1);
  });

  it.each([
    ['RECEIVE', 'SCORING', 'pauseEngine'],
    ['DECIDE', 'SELECTING', 'pauseEverything'],
    ['EXPLAIN', 'SELECTING', 'pauseEngine'],
  ])('stops a run at %s after its step, and it goes on when it is resumed', async (step, status, by) => {
    const { services } = service.harness;
    const name = { RECEIVE: '2026-W41', DECIDE: '2026-W42', EXPLAIN: '2026-W43' }[step] ?? '';
    await week(name);
    atStep = { step, done: () => service.get('mark', by === 'pauseEngine' ? act(by) : everything(by)) };
    const { run } = await execute(services, OLGA, startRun, {
      campaign: SMALL,
      week: name,
      trigger: 'MANUAL',
    });
    const stopped = await runWeek(services, run.id);
    await paused;
    // The step during which somebody paused may have ended before or after that: it is asked for again.
    const standing = await runWeek(services, run.id);
    expect(['CHECKING', 'SCORING', 'SELECTING']).toContain(stopped.status);
    expect(standing.status).toBe(status);
    expect(await continueRuns(services)).toEqual([]);
    if (by === 'pauseEngine') await service.get('olga', act('resumeEngine', 'all is well'));
    else await service.get('olga', everything('resumeEverything'));
    expect((await runWeek(services, run.id)).status).toBe('AWAITING_REVIEW');
  });

  it('stops everything in one act, and shows what that stopped', async () => {
    const { services } = service.harness;
    const { pauseEverything } = await service.get('carla', everything('pauseEverything'));
    expect(pauseEverything.pause).toMatchObject({ scope: 'EVERYTHING', campaign: null, pausedBy: 'carla' });
    expect(pauseEverything.pause.stopped).toEqual([
      { what: 'SCHEDULED_RUN', campaign: SMALL, week: '2026-W47', status: null },
      { what: 'BATCH', campaign: SMALL, week: '2026-W41', status: 'IN_REVIEW' },
      { what: 'BATCH', campaign: SMALL, week: '2026-W42', status: 'IN_REVIEW' },
      { what: 'BATCH', campaign: SMALL, week: '2026-W43', status: 'IN_REVIEW' },
    ]);
    expect(await campaign()).toEqual({ paused: true, nextRunAt: null, pauses: [{ scope: 'EVERYTHING' }] });
    const start = { campaign: SMALL, week: '2026-W44', trigger: 'MANUAL' as const };
    expect(await refused(() => execute(services, OLGA, startRun, start))).toBe(`Everything ${BY_CARLA}`);
    expect(await reproducePast(services)).toEqual([]);
    for (const replaying of [
      `mutation { proposeConfigChange(input: { campaign: "${SMALL}", patch: { capacity: 7 }, reason: "less" }) { change { id } } }`,
      `{ previewConfigChange(campaign: "${SMALL}", input: { capacity: 7 }) { warnings } }`,
    ])
      expect(await service.refusal('olga', replaying)).toBe('INVALID_STATE ENGINE_PAUSED');
    // The Sunday on which the schedule comes due.
    service.harness.now = new Date('2026-11-22T06:00:00Z');
    expect(await startDueRuns(services)).toMatchObject([{ campaign: SMALL, outcome: 'PAUSED' }]);
    const ready = await fetch(`${service.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', paused: ['everything'] }]);
    expect(await (await fetch(`${service.url}/metrics`)).text()).toContain(
      'waarom_engine_paused{scope="EVERYTHING",campaign=""} 1',
    );
    expect(await service.refusal('mark', everything('resumeEverything'))).toBe('FORBIDDEN engine.resume');
    const { resumeEverything } = await service.get('olga', everything('resumeEverything'));
    expect(resumeEverything.pause).toMatchObject({ resumedBy: 'olga', pausedBy: 'carla' });
    expect(await (await fetch(`${service.url}/health/ready`)).json()).toEqual({ status: 'ready' });
  });

  it('keeps what was paused, and every pause and resumption is on the log', async () => {
    const { enginePauses } = await service.get(
      'mark',
      '{ enginePauses(inForce: false) { scope resumedBy resumeReason } }',
    );
    expect(enginePauses.map(({ scope }: { scope: string }) => scope).toSorted()).toEqual([
      'CAMPAIGN',
      'CAMPAIGN',
      'CAMPAIGN',
      'EVERYTHING',
      'EVERYTHING',
      'FLOW',
    ]);
    expect((await service.get('mark', '{ enginePauses(inForce: true) { scope } }')).enginePauses).toEqual([]);
    await service.sequence();
    const said = (await service.entries())
      .filter(({ refusal }) => refusal === null)
      .map(({ action }) => action);
    for (const action of ['engine.pause', 'engine.resume', 'flow.pause', 'flow.resume'])
      expect(said).toContain(action);
    expect(said.filter((action) => action === 'engine.pauseEverything')).toHaveLength(2);
    expect(said.filter((action) => action === 'engine.resumeEverything')).toHaveLength(2);
  });
});
