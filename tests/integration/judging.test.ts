import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/audit/entry.ts';
import type { JudgingProgress } from '../../src/domain/judging.ts';
import { GATE_NAMES, type Gate, type GateName } from '../../src/domain/model-gate.ts';
import type { Scorer, ScoringSession } from '../../src/domain/ports.ts';
import { judgeModels } from '../../src/jobs/judge-models.job.ts';
import { ConfigChangeRow } from '../../src/store/config-change.row.ts';
import { ConfigVersionRow } from '../../src/store/config-version.row.ts';
import { beginJudging, judgingsOf, tellJudging } from '../../src/store/model-judging.store.ts';
import { ModelVersionRow } from '../../src/store/model-version.row.ts';
import { isOutage } from '../../src/store/outage.ts';
import { approveConfigChange } from '../../src/use-cases/decide-config-change.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { judgeModel, judgeModelUnlessHeld } from '../../src/use-cases/judge-model.ts';
import { retireModel } from '../../src/use-cases/model-lifecycle.ts';
import { proposeConfigChange } from '../../src/use-cases/propose-config-change.ts';
import { registerModel } from '../../src/use-cases/register-model.ts';
import type { Services } from '../../src/use-cases/services.ts';
import { validateModel } from '../../src/use-cases/validate-model.ts';
import { auditEntries } from '../support/audit-entries.ts';
import { refusalOf } from '../support/refusals.ts';
import { modelProcesses } from '../support/scoring.ts';
import { CARLA, MARK, OLGA, ServiceHarness } from '../support/service-harness.ts';
import { installSmall, SMALL } from '../support/small-campaign.ts';
import { registerSmall, type SmallChange, smallPackage } from '../support/small-models.ts';

let harness: ServiceHarness;
beforeAll(async () => {
  harness = await ServiceHarness.start();
  await installSmall(harness);
});
afterAll(() => harness?.stop());

/** A version that waits to be judged. */
async function waiting(version: string, change: SmallChange = {}): Promise<string> {
  const model = await registerModel(harness.services, OLGA, await smallPackage(harness, version, change));
  expect(model).toMatchObject({ status: 'REGISTERED', gates: [] });
  return model.id;
}

const versionOf = (id: string) => harness.services.db.manager.findOneByOrFail(ModelVersionRow, { id });
const judgingOf = async (id: string) => (await judgingsOf(harness.services.db.manager, [id]))[0];
const entriesOn = async (id: string): Promise<readonly AuditEntry[]> =>
  (await auditEntries(harness.services.db)).filter(({ subject }) => subject === id);
const gateOf = ({ gates }: ModelVersionRow, wanted: GateName) => gates.find(({ name }) => name === wanted);

/** The services, where a session is asked to judge in a way of the test's own. */
function judgingBy(
  judge: (session: ScoringSession, ...asked: Parameters<ScoringSession['judge']>) => Promise<readonly Gate[]>,
): Services {
  const { scorer } = harness.services;
  const watched: Scorer = {
    open: async (spec) => {
      const session = await scorer.open(spec);
      return {
        runtime: session.runtime,
        score: (matrix, rows) => session.score(matrix, rows),
        explain: (reference, rows) => session.explain(reference, rows),
        cuts: (reference) => session.cuts(reference),
        close: () => session.close(),
        judge: (...asked) => judge(session, ...asked),
      };
    },
  };
  return { ...harness.services, scorer: watched };
}

/** The services, where something happens when the model is about to be judged by a gate, and has before the judging goes on. */
function at(gate: GateName, happens: () => unknown): Services {
  return judgingBy(async (session, material, limits, onGate) => {
    let happened: unknown;
    const gates = await session.judge(material, limits, (begun) => {
      onGate?.(begun);
      if (begun === gate) happened = happens();
    });
    await happened;
    return gates;
  });
}

it('goes gate after gate, tells how far it is, and says in the log what it found by which settings', async () => {
  const id = await waiting('steps');
  expect(await judgingOf(id)).toMatchObject({ state: 'QUEUED', attempts: 0, step: null, done: 0, total: 11 });
  const told: JudgingProgress[] = [];
  const meanwhile: unknown[] = [];
  const { db } = harness.services;
  const writes: Promise<unknown>[] = [];
  const judging = (progress: JudgingProgress) => {
    told.push(progress);
    writes.push(tellJudging(db.manager, progress).then(async () => meanwhile.push(await judgingOf(id))));
  };
  const model = await judgeModel({ ...harness.services, judging }, id);
  await Promise.all(writes);
  expect(told.map(({ step, done }) => `${step} ${done}`)).toEqual([
    'READ 0',
    'SIGNATURE 0',
    'REPRODUCIBLE 1',
    'WEEK_KEY 2',
    'TOO_GOOD 3',
    'OUT_OF_TIME 4',
    'BACKTEST 5',
    'SENSITIVITY 6',
    'CALIBRATION 7',
    'DONE 11',
  ]);
  expect(meanwhile[0]).toMatchObject({ state: 'RUNNING', attempts: 1, startedAt: harness.now });
  expect(model.status).toBe('VALIDATED');
  expect(new Set(model.gates.map(({ name }) => name))).toEqual(new Set(GATE_NAMES));
  expect(await judgingOf(id)).toBeUndefined();
  const [registered, judged] = await entriesOn(id);
  expect(registered?.details).toMatchObject({ before: null, after: 'REGISTERED' });
  expect(judged).toMatchObject({ action: 'model.judge', actor: 'engine' });
  expect(judged?.details).toMatchObject({ before: 'REGISTERED', after: 'VALIDATED', config: 1 });
});

it('two who judge the same version at once judge it once', async () => {
  const id = await waiting('twice');
  const [begun, asked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const begin = () => {
    begun.resolve();
    return asked.promise;
  };
  const judging = judgeModel(at('SIGNATURE', begin), id);
  await begun.promise;
  expect(await judgeModelUnlessHeld(harness.services, id)).toBeNull();
  expect(await judgeModels(harness.services)).toEqual([]);
  asked.resolve();
  const [one, other] = await Promise.all([judging, judgeModel(harness.services, id)]);
  expect(other).toEqual(one);
  expect((await entriesOn(id)).filter(({ action }) => action === 'model.judge')).toHaveLength(1);
});

describe('what is cut off', () => {
  it('where the connection to the database is lost, it is begun again by the jobs', async () => {
    const id = await waiting('outage');
    const owner = new pg.Client({ connectionString: harness.database.ownerUrl });
    await owner.connect();
    const cut = () =>
      owner.query(
        `select pg_terminate_backend(pid, 10000) from pg_locks where locktype = 'advisory' and granted
         and database = (select oid from pg_database where datname = current_database())`,
      );
    const error: unknown = await judgeModel(at('BACKTEST', cut), id).catch((reason: unknown) => reason);
    await owner.end();
    expect(isOutage(error), String(error)).toBe(true);
    expect((await versionOf(id)).status).toBe('REGISTERED');
    expect(await judgingOf(id)).toMatchObject({ attempts: 1, state: 'RUNNING' });
    expect(await judgeModels(harness.services)).toEqual([`${SMALL} likely outage: VALIDATED`]);
    expect(await judgeModels(harness.services)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'where the process of the model is killed, the version is REFUSED and can be judged again',
    async () => {
      const id = await waiting('killed');
      const signal = (name: NodeJS.Signals) =>
        modelProcesses(process.pid).forEach((pid) => void process.kill(pid, name));
      // It stands still when it is asked, so that it cannot have answered when it is killed.
      const services = judgingBy(async (session, ...asked) => {
        signal('SIGSTOP');
        const judged = session.judge(...asked);
        signal('SIGKILL');
        return judged;
      });
      const model = await judgeModel(services, id);
      expect(model.status).toBe('REFUSED');
      expect(gateOf(model, 'SIGNATURE')).toMatchObject({
        verdict: 'FAIL',
        message: expect.stringContaining('SIGKILL'),
      });
      const again = await execute(harness.services, OLGA, validateModel, { modelId: id });
      expect(again.status).toBe('REGISTERED');
      expect((await judgeModel(harness.services, id)).status).toBe('VALIDATED');
    },
  );

  it('what never comes to its end is given up, and says so', async () => {
    const id = await waiting('never');
    for (const _ of [1, 2, 3]) await beginJudging(harness.services.db.manager, id, harness.now);
    const model = await judgeModel(
      at('SIGNATURE', () => expect.fail('it was begun')),
      id,
    );
    expect(model.status).toBe('REFUSED');
    expect(gateOf(model, 'SIGNATURE')?.message).toContain('begun 3 times');
    await execute(harness.services, OLGA, validateModel, { modelId: id });
    expect(await judgingOf(id)).toMatchObject({ attempts: 0, state: 'QUEUED' });
    expect((await judgeModel(harness.services, id)).status).toBe('VALIDATED');
  });

  it('a version that is retired meanwhile stays retired', async () => {
    const id = await waiting('retired');
    const retire = () => execute(harness.services, OLGA, retireModel, { modelId: id, note: 'a mistake' });
    expect(await judgeModel(at('REPRODUCIBLE', retire), id)).toMatchObject({ status: 'RETIRED' });
    expect(await versionOf(id)).toMatchObject({ status: 'RETIRED', gates: [], judgedAt: null });
    expect(await judgingOf(id)).toBeUndefined();
    expect(await refusalOf(execute(harness.services, OLGA, validateModel, { modelId: id }))).toBe(
      'INVALID_STATE MODEL_STATUS',
    );
  });
});

it('is judged by the limits of the settings in force, and again when they were changed', async () => {
  const wrongWay = (yaml: string) => yaml.replace('direction: 1', 'direction: -1');
  const refused = await registerSmall(harness, 'limits', { card: wrongWay });
  expect(refused.status).toBe('REFUSED');
  expect(gateOf(refused, 'SENSITIVITY')?.verdict).toBe('FAIL');

  harness.now = new Date('2026-11-17T09:00:00Z');
  const { services } = harness;
  const gates = { SENSITIVITY: { warn: null, fail: null } };
  const wish = { campaign: SMALL, patch: { gates }, reason: 'it may turn', acceptsEvaluationLoss: true };
  const { id } = await proposeConfigChange(services, OLGA, wish, new AbortController().signal);
  for (const approver of [MARK, CARLA]) {
    const { status } = await services.db.manager.findOneByOrFail(ConfigChangeRow, { id });
    if (status !== 'EFFECTIVE')
      await execute(services, approver, approveConfigChange, { id, note: null, digest: null });
  }
  const next = await services.db.manager.findOneByOrFail(ConfigVersionRow, { campaign: SMALL, number: 2 });
  await execute(harness.services, OLGA, validateModel, { modelId: refused.id });
  const judged = await judgeModel(harness.services, refused.id);
  expect(judged).toMatchObject({ status: 'VALIDATED', judgedConfig: next.id, judgedAt: harness.now });
  expect(gateOf(judged, 'SENSITIVITY')).toMatchObject({
    verdict: 'PASS',
    limit: expect.stringContaining('never fail'),
  });
  const entry = (await entriesOn(refused.id)).at(-1);
  expect(entry?.details).toMatchObject({ before: 'REGISTERED', after: 'VALIDATED', config: 2 });
});
