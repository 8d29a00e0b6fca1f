import type { AuditAction } from '../audit/action.ts';
import { RefusalError, refuse } from '../domain/refusal.ts';
import { type RunStatus, type RunStep, STATUS_AT_STEP } from '../domain/run.ts';
import { CampaignRow } from '../store/campaign.row.ts';
import { ConfigVersionRow } from '../store/config-version.row.ts';
import { FeedContractRow } from '../store/feed-contract.row.ts';
import { modelHeld } from '../store/model.reads.ts';
import { ModelVersionRow } from '../store/model-version.row.ts';
import { isOutage } from '../store/outage.ts';
import { RowsAtHand } from '../store/rows-at-hand.ts';
import { RunRow } from '../store/run.row.ts';
import { addChecks, addMeasures, addRejectedRows } from '../store/run-record.store.ts';
import type { Transaction } from '../store/transaction.ts';
import { challengeRun, challengerOfRun } from './challenge-run.ts';
import { decideRun } from './decide-run.ts';
import { drawBatch } from './draw-batch.ts';
import { isGoing } from './engine.ts';
import { record } from './execute.ts';
import { explainRun } from './explain-run.ts';
import { HaltedByChecks } from './feed-reading.ts';
import { openIncident } from './incidents.ts';
import { receiveFeed } from './receive-feed.ts';
import { ENGINE, type RunningStep, type StepContext, type StepResult } from './run-step.ts';
import type { Services } from './services.ts';

const NEXT_STEP = {
  RECEIVE: 'DECIDE',
  DECIDE: 'EXPLAIN',
  EXPLAIN: 'DRAW',
  CHALLENGE: 'DRAW',
  DRAW: 'DONE',
} as const satisfies Partial<Record<RunStep, RunStep>>;

/**
 * Takes a run from where it is to where it waits for people, a transaction per step. Cut off at any point, it goes on there
 * when called again; called twice at once, the second waits and finds the step done. Throws on faults, after the run was
 * marked FAILED and an incident opened. While the engine is paused it stops at its next step and stays as it is; when the
 * database went away it stays as it is too, to be gone on with.
 */
export async function runWeek(services: Services, runId: string): Promise<RunRow> {
  const atHand = new RowsAtHand();
  for (let worked = false; ; worked = true) {
    const run = await services.db.manager.findOneByOrFail(RunRow, { id: runId });
    if (run.step === 'DONE' || run.status === 'FAILED' || run.status === 'SUPERSEDED') {
      if (worked) tellEnd(services, run);
      return run;
    }
    try {
      const goesOn = await services.db.transaction((tx) => takeStep(services, tx, run, atHand));
      if (!goesOn) {
        if (worked) tellEnd(services, run);
        return run;
      }
    } catch (error) {
      if (error instanceof HaltedByChecks) await halt(services, run, error);
      else {
        if (!isOutage(error)) {
          await fail(services, run, error);
          tellEnd(services, run);
        }
        throw error;
      }
    }
  }
}

/** Whoever watches hears of the end, and can ask which it was. */
function tellEnd({ progress }: Services, { id: runId, campaign, week, snapshotRows }: RunRow): void {
  const rows = snapshotRows ?? 0;
  progress({ runId, campaign, week, step: 'DONE', done: rows, total: rows });
}

/** Holds a run for the transaction; false when meanwhile somebody else took the step. */
async function holdAt(tx: Transaction, runId: string, expected: RunStep): Promise<boolean> {
  const rows: { status: RunStatus }[] = await tx.query(
    'select status from run where id = $1 and step = $2 for no key update',
    [runId, expected],
  );
  return expected !== 'DONE' && rows[0]?.status === STATUS_AT_STEP[expected];
}

/** False where a pause keeps the run from its step. */
async function takeStep(
  services: Services,
  tx: Transaction,
  { id: runId, step: expected }: RunRow,
  atHand: RowsAtHand,
): Promise<boolean> {
  if (!(await holdAt(tx, runId, expected))) return true;
  const context = { ...(await contextOf(services, tx, runId)), atHand };
  const { run } = context;
  const { step } = run;
  if (step === 'DONE') return true;
  if (!(await isGoing(tx, run.campaign, 'RUN'))) return false;
  context.progress(0, run.snapshotRows ?? 0);
  if (step === 'DECIDE') assertApproved(context.model);
  const { status, facts } = await STEPS[step](tx, context);
  // Scoring takes its time: a revocation meanwhile counts, and one that comes now waits until the decisions are recorded.
  if (step === 'DECIDE') assertApproved(await modelHeld(tx, run.modelId));
  const next = status === null ? await nextStep(tx, run) : 'DONE';
  const now = services.clock.now();
  const after = status ?? STATUS_AT_STEP[next === 'DONE' ? step : next];
  await tx.update(
    RunRow,
    { id: runId },
    { step: next, status: after, ...(next === 'DONE' ? { finishedAt: now } : {}) },
  );
  const challenged = next === 'CHALLENGE' ? { next } : {};
  const details = { ...attemptOf(run), before: run.status, after, ...challenged, ...facts.details };
  await record(tx, {
    now,
    caller: ENGINE,
    role: 'OPERATOR',
    action: ACTIONS[step],
    facts: { ...facts, details },
  });
  return true;
}

/** A step that only a run with a challenger has comes between. */
async function nextStep(tx: Transaction, run: RunRow): Promise<RunStep> {
  if (run.step === 'DONE') return 'DONE';
  if (run.step === 'EXPLAIN' && (await challengerOfRun(tx, run)) !== null) return 'CHALLENGE';
  return NEXT_STEP[run.step];
}

/** A run keeps its model when another one goes live, but nothing is decided with one whose approval was revoked meanwhile. */
function assertApproved({ approvedBy, name, version }: ModelVersionRow): void {
  if (approvedBy === null)
    refuse(
      'NOT_SIGNED_OFF',
      'MODEL_APPROVAL',
      `The approval of ${name} ${version} was revoked after the run began.`,
    );
}

const ACTIONS = {
  RECEIVE: 'run.receive',
  DECIDE: 'run.decide',
  EXPLAIN: 'run.explain',
  CHALLENGE: 'run.challenge',
  DRAW: 'run.draw',
} as const satisfies Record<keyof typeof NEXT_STEP, AuditAction>;

/** Which run it was, for whoever reads the entry. */
function attemptOf({ week, attempt }: RunRow) {
  return { week, attempt };
}

const STEPS: Readonly<
  Record<keyof typeof NEXT_STEP, (tx: Transaction, context: RunningStep) => Promise<StepResult>>
> = {
  RECEIVE: receiveFeed,
  DECIDE: decideRun,
  EXPLAIN: explainRun,
  CHALLENGE: challengeRun,
  DRAW: drawBatch,
};

async function contextOf(services: Services, tx: Transaction, runId: string): Promise<StepContext> {
  const run = await tx.findOneByOrFail(RunRow, { id: runId });
  const contractVersion = await tx.findOneByOrFail(FeedContractRow, {
    campaign: run.campaign,
    number: run.contract,
  });
  const configVersion = await tx.findOneByOrFail(ConfigVersionRow, { id: run.configId });
  return {
    services,
    run,
    campaign: await tx.findOneByOrFail(CampaignRow, { key: run.campaign }),
    config: configVersion.settings,
    configVersion,
    contract: { columns: contractVersion.columns },
    contractVersion,
    model: await tx.findOneByOrFail(ModelVersionRow, { id: run.modelId }),
    progress: (done, total) =>
      services.progress({ runId, campaign: run.campaign, week: run.week, step: run.step, done, total }),
  };
}

async function halt(services: Services, run: RunRow, halted: HaltedByChecks): Promise<void> {
  const now = services.clock.now();
  const halting = halted.checks.filter(({ verdict }) => verdict === 'HALT');
  await services.db.transaction(async (tx) => {
    if (!(await holdAt(tx, run.id, run.step))) return;
    await addChecks(tx, run.id, halted.checks);
    await addRejectedRows(tx, run.id, halted.rejected);
    await addMeasures(tx, run.id, halted.measures);
    await tx.update(RunRow, { id: run.id }, { status: 'HALTED', step: 'DONE', finishedAt: now });
    await openIncident(tx, services, {
      kind: halting.some(({ name }) => name === 'FEED_PRESENT') ? 'FEED_MISSING' : 'CHECK_HALTED',
      campaign: run.campaign,
      runId: run.id,
      summary: `${run.campaign} ${run.week} halted: ${halting.map(({ name, message }) => `${name}: ${message}`).join('; ')}`,
    });
    const details = {
      ...attemptOf(run),
      step: run.step,
      before: run.status,
      after: 'HALTED',
      checks: halting.map(({ name }) => name),
    };
    await record(tx, {
      now,
      caller: ENGINE,
      role: 'OPERATOR',
      action: 'run.halt',
      facts: { campaign: run.campaign, subject: run.id, details },
    });
  });
}

async function fail(services: Services, run: RunRow, error: unknown): Promise<void> {
  const now = services.clock.now();
  // A refusal is told; a fault is only named, its words are for the log of the process.
  const reason =
    error instanceof RefusalError ? error.refusal.message : 'a fault; the log of the process says which';
  await services.db.transaction(async (tx) => {
    if (!(await holdAt(tx, run.id, run.step))) return;
    await tx.update(RunRow, { id: run.id }, { status: 'FAILED', finishedAt: now });
    await openIncident(tx, services, {
      kind: 'RUN_FAILED',
      campaign: run.campaign,
      runId: run.id,
      summary: `${run.campaign} ${run.week} failed at step ${run.step}: ${reason}`,
    });
    const why = error instanceof RefusalError ? error.refusal.rule : null;
    const details = {
      ...attemptOf(run),
      step: run.step,
      before: run.status,
      after: 'FAILED',
      reason: why,
    };
    await record(tx, {
      now,
      caller: ENGINE,
      role: 'OPERATOR',
      action: 'run.fail',
      facts: { campaign: run.campaign, subject: run.id, details },
    });
  });
}
