import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACTION_NEEDS, type AuditAction } from '../../src/audit/action.ts';
import { digestOf } from '../../src/audit/digest.ts';
import type { AuditEntry } from '../../src/audit/entry.ts';
import { summaryOf } from '../../src/audit/summary.ts';
import { addWeeks } from '../../src/domain/week.ts';
import { startDueRuns } from '../../src/jobs/start-due-runs.job.ts';
import { BatchRow } from '../../src/store/batch.row.ts';
import { FeedContractRow } from '../../src/store/feed-contract.row.ts';
import { ModelVersionRow } from '../../src/store/model-version.row.ts';
import type { RunRow } from '../../src/store/run.row.ts';
import { SampleItemRow } from '../../src/store/sample-item.row.ts';
import type { Transaction } from '../../src/store/transaction.ts';
import {
  declareDataUse,
  refuseDataUse,
  signOffDataUse,
  withdrawDataUse,
} from '../../src/use-cases/data-uses.ts';
import { approveBatch, holdBatch, liftHold, rejectBatch } from '../../src/use-cases/decide-batch.ts';
import { pauseEngine, resumeEngine } from '../../src/use-cases/engine.ts';
import { type Caller, type Command, execute } from '../../src/use-cases/execute.ts';
import {
  approveFeedContractChange,
  proposeFeedContract,
  rejectFeedContractChange,
  withdrawFeedContractChange,
} from '../../src/use-cases/feed-contract-changes.ts';
import { handOffReleased } from '../../src/use-cases/hand-off.ts';
import { notifyIncidents, resolveIncident } from '../../src/use-cases/incidents.ts';
import { retireModel } from '../../src/use-cases/model-lifecycle.ts';
import { addToQuietList, recordOptOut } from '../../src/use-cases/protect-customer.ts';
import {
  readDecision,
  readDecisions,
  readHistory,
  readRecipients,
  readSample,
} from '../../src/use-cases/read-customers.ts';
import { readExplanation } from '../../src/use-cases/read-explanation.ts';
import { releaseBatch } from '../../src/use-cases/release-batch.ts';
import { resumeRun } from '../../src/use-cases/resume-run.ts';
import { removeFromBatch, reviewSample } from '../../src/use-cases/review-batch.ts';
import { runWeek } from '../../src/use-cases/run-week.ts';
import { startRun } from '../../src/use-cases/start-run.ts';
import { submitBatch } from '../../src/use-cases/submit-batch.ts';
import { validateModel } from '../../src/use-cases/validate-model.ts';
import { auditEntries } from '../support/audit-entries.ts';
import { CARLA, MARK, OLGA, ServiceHarness } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';
import { changeState } from '../support/state-change.ts';

const WEEK = '2026-W44';
const SECRET = 'said on the telephone that Jansen moved';
/** These have their stories in the tests of config changes, of the engine's switch, of erasing, retaining and reproducing, of the life of models and of challengers, of simulations. */
const ELSEWHERE: readonly AuditAction[] = [
  'config.propose',
  'config.amend',
  'config.approve',
  'config.reject',
  'config.withdraw',
  'batch.fallback',
  'engine.pauseEverything',
  'engine.resumeEverything',
  'flow.pause',
  'flow.resume',
  'model.revoke',
  'model.setChallenger',
  'model.clearChallenger',
  'run.challenge',
  'decision.challenger',
  'run.reproduce',
  'decision.differences',
  'customer.requestErasure',
  'customer.erase',
  'retention.erase',
  'simulation.run',
  'config.preview',
];

/** What an entry of each action says, beside what every entry must have (ACTION_NEEDS). */
const SAYS: Partial<Record<AuditAction, AuditEntry['details']>> = {
  'campaign.apply': { created: true },
  'dataUse.declare': { before: null, after: 'DECLARED', columns: ['age'] },
  'dataUse.signOff': { before: 'DECLARED', after: 'SIGNED_OFF', declaredBy: 'olga', reason: 'fine' },
  'dataUse.refuse': { before: 'DECLARED', after: 'REFUSED', declaredBy: 'olga', reason: 'not needed' },
  'dataUse.withdraw': {
    before: 'SIGNED_OFF',
    after: 'WITHDRAWN',
    declaredBy: 'olga',
    reason: 'not needed',
    uncovered: [],
  },
  'feedContract.propose': { before: null, after: 'PROPOSED', base: 1, reason: 'no reports', findings: [] },
  'feedContract.approve': {
    before: 'PROPOSED',
    after: 'APPROVED',
    proposedBy: 'olga',
    contract: 2,
    fromWeek: '2026-W46',
    effectiveFrom: '2026-11-08T23:00:00.000Z',
  },
  'feedContract.withdraw': { before: 'APPROVED', after: 'WITHDRAWN', contract: 2, reason: 'they are read' },
  'feedContract.reject': {
    before: 'PROPOSED',
    after: 'REJECTED',
    proposedBy: 'olga',
    reason: 'they are read',
  },
  'model.register': { before: null, after: 'REGISTERED', name: 'likely', version: '1' },
  'model.judge': { before: 'REGISTERED', after: 'VALIDATED', config: 1, gates: 'WARN' },
  'model.validate': { before: 'VALIDATED', after: 'REGISTERED' },
  'model.approve': { before: 'VALIDATED', after: 'APPROVED', registeredBy: 'olga' },
  'model.activate': { before: 'APPROVED', after: 'LIVE', replaces: null },
  'model.retire': { before: 'LIVE', after: 'RETIRED', reason: 'too old' },
  'engine.pause': { before: 'RUNNING', after: 'PAUSED', reason: 'a complaint' },
  'engine.resume': { before: 'PAUSED', after: 'RUNNING', reason: 'it was nothing' },
  'run.start': {
    week: WEEK,
    attempt: 1,
    before: null,
    after: 'CHECKING',
    trigger: 'MANUAL',
    supersedes: null,
  },
  'run.receive': { week: WEEK, attempt: 1, before: 'CHECKING', after: 'SCORING', rows: 30, rejected: 0 },
  'run.decide': { week: WEEK, before: 'SCORING', after: 'SELECTING', considered: 30, mailed: 30, halted: [] },
  'run.explain': {
    week: WEEK,
    before: 'SELECTING',
    after: 'SELECTING',
    explained: 30,
    method: ['COALITIONS'],
  },
  'run.draw': { week: WEEK, before: 'SELECTING', after: 'AWAITING_REVIEW', size: 30, sample: 4 },
  'run.halt': { before: 'CHECKING', after: 'HALTED', step: 'RECEIVE', checks: ['FEED_PRESENT'] },
  'run.fail': { before: 'CHECKING', after: 'FAILED', step: 'RECEIVE', reason: null },
  'run.resume': { before: 'FAILED', after: 'CHECKING', step: 'RECEIVE', trigger: 'RESUME' },
  'run.due': { outcome: 'REFUSED', refusal: 'NO_LIVE_MODEL' },
  'batch.review': { before: 'PENDING', after: 'FINE', verdict: 'FINE', reason: digestOf(SECRET) },
  'batch.remove': { week: WEEK, size: 29, reason: digestOf(SECRET) },
  'batch.hold': { before: 'IN_REVIEW', after: 'HELD', reason: 'the texts' },
  'batch.lift': { before: 'HELD', after: 'IN_REVIEW', reason: 'repaired' },
  'batch.submit': { before: 'IN_REVIEW', after: 'SUBMITTED', size: 29 },
  'batch.approve': { before: 'SUBMITTED', after: 'APPROVED', submittedBy: 'olga', size: 29 },
  'batch.release': { before: 'APPROVED', after: 'RELEASED', approvedBy: 'mark', released: 29, dropped: 0 },
  'batch.handOff': { rows: 29 },
  'batch.reject': { before: 'SUBMITTED', after: 'REJECTED', reason: 'too many' },
  'customer.optOut': { reason: digestOf(SECRET) },
  'customer.quiet': { until: '2027-01-31', reason: digestOf(SECRET) },
  'incident.open': { kind: 'FEED_MISSING' },
  'incident.notify': { kind: 'FEED_MISSING' },
  'incident.resolve': { kind: 'FEED_MISSING', before: 'OPEN', after: 'RESOLVED', reason: 'delivered' },
  'decision.read': { week: WEEK, found: true },
  'decision.list': { week: WEEK, customers: 10 },
  'customer.history': { decisions: 1 },
  'explanation.read': {
    week: WEEK,
    audience: 'CUSTOMER',
    language: 'en',
    texts: 'explanation/1',
    found: true,
  },
  'batch.recipients': { week: WEEK, customers: 10 },
  'batch.sample': { week: WEEK, customers: 4 },
};

let harness: ServiceHarness;
let entries: readonly AuditEntry[];

const asked = (caller: Caller): Caller => ({ ...caller, requestId: 'request-1' });
const act = <I, R>(caller: Caller, command: Command<I, R>, input: I) =>
  execute(harness.services, asked(caller), command, input);

beforeAll(async () => {
  harness = await ServiceHarness.start();
  harness.now = new Date('2026-11-02T09:00:00Z');
  const { services } = harness;
  const { manager } = services.db;
  await installSmall(harness);
  const declared = { columns: ['age'], source: 's', purpose: 'p', legalBasis: 'l', validUntil: '2030-01-01' };
  const use = await act(OLGA, declareDataUse, { campaign: SMALL, ...declared });
  await act(CARLA, signOffDataUse, { id: use.id, note: 'fine' });
  await act(CARLA, withdrawDataUse, { id: use.id, note: 'not needed' });
  const other = await act(OLGA, declareDataUse, { campaign: SMALL, ...declared });
  await act(CARLA, refuseDataUse, { id: other.id, note: 'not needed' });
  const change = () => proposeWithoutRegion(manager);
  const approved = { id: await change(), note: null };
  await act(CARLA, approveFeedContractChange, approved);
  await act(MARK, withdrawFeedContractChange, { ...approved, note: 'they are read' });
  await act(CARLA, rejectFeedContractChange, { id: await change(), note: 'they are read' });
  await act(MARK, pauseEngine, { campaign: SMALL, reason: 'a complaint' });
  await act(OLGA, resumeEngine, { campaign: SMALL, reason: 'it was nothing' });

  await deliverWeek(WEEK);
  await release(await harness.run(SMALL, WEEK));
  await deliverWeek(addWeeks(WEEK, -1));
  const rejected = await harness.submit(await harness.run(SMALL, addWeeks(WEEK, -1)));
  await act(MARK, rejectBatch, { batchId: rejected, note: 'too many' });

  await harness.run(SMALL, addWeeks(WEEK, -2));
  await notifyIncidents(services);
  const [incident] = await services.db.query('select id from incident');
  await act(OLGA, resolveIncident, { incidentId: incident.id, note: 'delivered' });
  await failAndResume();
  await act(OLGA, recordOptOut, { customer: 'c1', note: SECRET });
  await act(OLGA, addToQuietList, { campaign: SMALL, customer: 'c2', until: '2027-01-31', reason: SECRET });
  harness.now = new Date('2026-11-02T10:00:00Z');
  const model = await manager.findOneByOrFail(ModelVersionRow, { campaign: SMALL });
  await act(CARLA, retireModel, { modelId: model.id, note: 'too old' });
  await changeState(services.db, (tx) =>
    tx.update(ModelVersionRow, { id: model.id }, { status: 'VALIDATED' }),
  );
  await act(OLGA, validateModel, { modelId: model.id });
  harness.now = new Date('2026-11-09T09:00:00Z');
  await startDueRuns(services);
  entries = await auditEntries(services.db);
});

afterAll(async () => {
  await harness.stop();
});

async function proposeWithoutRegion(manager: Transaction): Promise<string> {
  const contract = await manager.findOneByOrFail(FeedContractRow, { campaign: SMALL, number: 1 });
  const columns = contract.columns.filter(({ name }) => name !== 'region');
  return (await act(OLGA, proposeFeedContract, { campaign: SMALL, columns, reason: 'no reports' })).id;
}

function deliverWeek(week: string): Promise<void> {
  return deliver(harness, { week, customers: customers(30, (n) => ({ party_id: `${week}-c${n}` })) });
}

/** Everything that can be done with a batch until the mail tool has it, and every read of it. */
async function release(run: RunRow): Promise<void> {
  const { services } = harness;
  const batch = await services.db.manager.findOneByOrFail(BatchRow, { runId: run.id });
  const batchId = batch.id;
  const sample = await services.db.manager.findBy(SampleItemRow, { batchId });
  for (const { customer } of sample)
    await act(OLGA, reviewSample, { batchId, customer, verdict: 'FINE', note: SECRET });
  const slice = { first: 10, after: null };
  await readSample(services, asked(OLGA), batch);
  await readRecipients(services, asked(OLGA), batch, slice);
  const filter = { outcomes: null, reasons: null, arms: null };
  await readDecisions(services, asked(OLGA), { campaign: SMALL, week: WEEK, filter }, slice);
  const customer = `${WEEK}-c7`;
  await readDecision(services, asked(OLGA), { campaign: SMALL, week: WEEK, customer });
  const explained = { campaign: SMALL, week: WEEK, customer, audience: 'CUSTOMER', language: 'en' } as const;
  await readExplanation(services, asked(OLGA), explained);
  await readHistory(services, asked(OLGA), { customer, campaign: SMALL }, slice);
  await act(OLGA, removeFromBatch, { batchId, customer, note: SECRET });
  await act(CARLA, holdBatch, { batchId, note: 'the texts' });
  await act(CARLA, liftHold, { batchId, note: 'repaired' });
  await act(OLGA, submitBatch, { batchId });
  await act(MARK, approveBatch, { batchId });
  await act(OLGA, releaseBatch, { batchId });
  await handOffReleased(services);
}

async function failAndResume(): Promise<void> {
  const week = addWeeks(WEEK, -3);
  const failing = {
    ...harness.services,
    feeds: { find: () => Promise.reject(new Error('the folder is away')), weeks: async () => [] },
  };
  const { run } = await act(OLGA, startRun, { campaign: SMALL, week, trigger: 'MANUAL' });
  await expect(runWeek(failing, run.id)).rejects.toThrow('the folder is away');
  await act(OLGA, resumeRun, { runId: run.id });
}

it('tells the story of every action there is', () => {
  const told = new Set(entries.filter(({ refusal }) => refusal === null).map(({ action }) => action));
  told.delete('test.prepare');
  expect([...told].toSorted()).toEqual(
    Object.keys(ACTION_NEEDS)
      .filter((action) => !ELSEWHERE.some((other) => other === action))
      .toSorted(),
  );
  expect(Object.keys(SAYS).toSorted()).toEqual([...told].toSorted());
});

it.each(Object.entries(SAYS))('an entry of %s says what was done', (action, says) => {
  const [entry] = entries.filter((found) => found.action === action && found.refusal === null);
  if (entry === undefined) expect.fail(`there is no entry of ${action}`);
  expect(entry.details).toMatchObject(says);
  const byPerson = entry.actor !== 'engine' && !INSTALLED.includes(action) && !(action in BY_HARNESS);
  expect(entry.requestId).toBe(byPerson ? 'request-1' : null);
  expect(entry.role).not.toBeNull();
  expect(summaryOf(entry)).toMatch(/^(olga|mark|carla|engine) \(/);
});

/** Done by the harness, which asks without a request. */
const INSTALLED = ['campaign.apply', 'dataUse.signOff', 'model.register', 'model.approve', 'model.activate'];
const BY_HARNESS: Readonly<Record<string, true>> = { 'run.start': true };

it('names run, batch, model and settings by their digests, the same from act to act', () => {
  const of = (action: AuditAction) =>
    entries.find((entry) => entry.action === action) ?? expect.fail(`there is no entry of ${action}`);
  const [started, received, decided] = [of('run.start'), of('run.receive'), of('run.decide')];
  expect(decided.details).toMatchObject({
    model: of('model.register').digest,
    configDigest: of('campaign.apply').details.config,
    contractDigest: of('campaign.apply').details.contract,
    snapshot: received.digest,
  });
  expect(started.details).toMatchObject({
    model: of('model.register').digest,
    modelId: of('model.register').subject,
    configDigest: of('campaign.apply').details.config,
  });
  const [removed, approved, released] = [of('batch.remove'), of('batch.approve'), of('batch.release')];
  expect(of('run.draw').details).toMatchObject({ batch: removed.subject, manifest: decided.digest });
  expect(removed.details).toMatchObject({
    before: of('run.draw').digest,
    after: removed.digest,
    run: started.subject,
  });
  expect(approved).toMatchObject({ digest: removed.digest, details: { manifest: decided.digest } });
  expect(released.digest).toBe(approved.digest);
  expect(of('batch.handOff')).toMatchObject({
    digest: released.details.fileDigest,
    details: { approvedDigest: approved.digest },
  });
  expect(of('model.approve').details.gatesBefore).toBe(of('model.judge').details.gatesAfter);
});

it('says nothing of what was written about a customer', () => {
  expect(JSON.stringify(entries)).not.toContain('Jansen');
});
