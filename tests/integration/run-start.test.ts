import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunTrigger } from '../../src/domain/run.ts';
import { addWeeks } from '../../src/domain/week.ts';
import { BatchRow } from '../../src/store/batch.row.ts';
import { DataUseRow } from '../../src/store/data-use.row.ts';
import { ModelVersionRow } from '../../src/store/model-version.row.ts';
import { RunRow } from '../../src/store/run.row.ts';
import { declareDataUse, signOffDataUse, withdrawDataUse } from '../../src/use-cases/data-uses.ts';
import { rejectBatch } from '../../src/use-cases/decide-batch.ts';
import { pauseEngine, resumeEngine } from '../../src/use-cases/engine.ts';
import { type Caller, execute } from '../../src/use-cases/execute.ts';
import { activateModel, retireModel } from '../../src/use-cases/model-lifecycle.ts';
import { resumeRun } from '../../src/use-cases/resume-run.ts';
import { runWeek } from '../../src/use-cases/run-week.ts';
import { startRun } from '../../src/use-cases/start-run.ts';
import { auditEntries, entriesOf } from '../support/audit-entries.ts';
import { likelyScorer } from '../support/likely-scorer.ts';
import { refusalOf } from '../support/refusals.ts';
import { CARLA, MARK, OLGA, person, ServiceHarness } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';
import { changeState } from '../support/state-change.ts';

let harness: ServiceHarness;
let now: Date;
/** Each test has a week of its own. */
let week = '2026-W01';
let scored = 0;

beforeAll(async () => {
  harness = await ServiceHarness.start({
    scorer: {
      open: async (spec) => {
        const session = await likelyScorer.open(spec);
        return {
          runtime: session.runtime,
          score: (matrix, rows) => {
            scored += rows;
            return session.score(matrix, rows);
          },
          explain: (reference, rows) => session.explain(reference, rows),
          cuts: (reference) => session.cuts(reference),
          judge: (material, limits) => session.judge(material, limits),
          close: () => session.close(),
        };
      },
    },
  });
  await installSmall(harness);
  now = harness.now;
});
beforeEach(async () => {
  harness.now = now;
  week = addWeeks(week, 1);
  await deliver(harness, { week, customers: people(6) });
});
afterAll(() => harness.stop());

/** Customers of the week at hand, whom no other week has mailed. */
const people = (count: number, likely = 0.9) =>
  customers(count, (n) => ({ party_id: `${week}-c${n}`, likely }));
const start = (of: string | null = week, caller: Caller = OLGA, trigger: RunTrigger = 'MANUAL') =>
  execute(harness.services, caller, startRun, { campaign: SMALL, week: of, trigger });
const act = <I, R>(caller: Caller, command: Parameters<typeof execute<I, R>>[2], input: I) =>
  execute(harness.services, caller, command, input);
const runs = () => harness.services.db.manager.find(RunRow, { where: { week }, order: { attempt: 'ASC' } });

describe('starting a run', () => {
  it('starts one, with what is in force pinned', async () => {
    const { run, started } = await start();
    expect(started).toBe(true);
    const [stored] = await runs();
    expect(stored).toMatchObject({
      id: run.id,
      campaign: SMALL,
      week,
      attempt: 1,
      current: true,
      trigger: 'MANUAL',
      status: 'CHECKING',
      step: 'RECEIVE',
      actor: 'olga',
      contract: 1,
      snapshotRows: null,
    });
    const live = await harness.services.db.manager.findOneByOrFail(ModelVersionRow, { status: 'LIVE' });
    expect(stored?.modelId).toBe(live.id);
  });

  it('starts the week that is due in the bank when none is named', async () => {
    // Sunday evening in UTC, Monday in Amsterdam.
    harness.now = new Date('2026-11-22T23:30:00Z');
    expect((await start(null)).run.week).toBe('2026-W48');
    harness.now = new Date('2026-11-22T22:30:00Z');
    expect((await start(null)).run.week).toBe('2026-W47');
  });

  it('answers with the first, however many start at once', async () => {
    // Several times, because the first time the connections are still being made, one after the other.
    for (let round = 0; round < 5; round++) {
      week = addWeeks(week, 1);
      const answers = await Promise.all(Array.from({ length: 5 }, () => start()));
      expect(new Set(answers.map(({ run }) => run.id)).size).toBe(1);
      expect(answers.filter(({ started }) => started)).toHaveLength(1);
      expect(await runs()).toHaveLength(1);
      const entries = (await auditEntries(harness.services.db)).filter(
        ({ action, details }) => action === 'run.start' && details.week === week,
      );
      expect(entries.map(({ details }) => details.started).sort()).toEqual([
        false,
        false,
        false,
        false,
        true,
      ]);
    }
  });

  it('answers with a run that waits for people, and with one that was released', async () => {
    const run = await harness.run(SMALL, week);
    expect(await start()).toMatchObject({ started: false, run: { id: run.id, status: 'AWAITING_REVIEW' } });
    await harness.release(run);
    expect(await start()).toMatchObject({ started: false, run: { id: run.id, status: 'RELEASED' } });
    expect(await runs()).toHaveLength(1);
  });

  it('refuses weeks that do not exist', async () => {
    for (const wrong of ['2026-W60', '2025-W53', 'next week', '']) {
      expect(await refusalOf(start(wrong))).toBe('BAD_INPUT WEEK');
    }
  });

  it('refuses a week that has not begun in the bank', async () => {
    harness.now = new Date('2026-12-13T22:59:59Z');
    expect(await refusalOf(start('2026-W51'))).toBe('BAD_INPUT WEEK_NOT_BEGUN');
    harness.now = new Date('2026-12-13T23:00:00Z');
    expect((await start('2026-W51')).started).toBe(true);
  });

  it('refuses whoever is not the operator, and a campaign that is not there', async () => {
    for (const caller of [MARK, CARLA, person('kim', 'CONTACT_CENTRE'), person('nobody')]) {
      expect(await refusalOf(start(week, caller))).toBe('FORBIDDEN run.start');
    }
    expect(
      await refusalOf(act(OLGA, startRun, { campaign: 'other', week, trigger: 'MANUAL' as const })),
    ).toBe('NOT_FOUND CAMPAIGN');
    expect(await runs()).toEqual([]);
  });

  it('refuses while the engine is paused, also to resume', async () => {
    await act(CARLA, pauseEngine, { campaign: SMALL, reason: 'the product changed' });
    expect(await refusalOf(start())).toBe('INVALID_STATE ENGINE_PAUSED');
    expect(await refusalOf(act(CARLA, resumeEngine, { campaign: SMALL, reason: 'fine again' }))).toBe(
      'FORBIDDEN engine.resume',
    );
    await act(OLGA, resumeEngine, { campaign: SMALL, reason: 'fine again' });
    const { run } = await start();
    await changeState(harness.services.db, (tx) => tx.update(RunRow, { id: run.id }, { status: 'FAILED' }));
    await act(MARK, pauseEngine, { campaign: SMALL, reason: 'a complaint' });
    expect(await refusalOf(act(OLGA, resumeRun, { runId: run.id }))).toBe('INVALID_STATE ENGINE_PAUSED');
    await act(OLGA, resumeEngine, { campaign: SMALL, reason: 'it was nothing' });
    expect((await act(OLGA, resumeRun, { runId: run.id })).status).toBe('CHECKING');
  });

  it('refuses without a live model, until an earlier one is back', async () => {
    const { id: modelId } = await harness.services.db.manager.findOneByOrFail(ModelVersionRow, {
      status: 'LIVE',
    });
    harness.now = new Date(harness.now.getTime() + 60_000);
    await act(CARLA, retireModel, { modelId, note: 'it is old' });
    expect(await refusalOf(start())).toBe('INVALID_STATE NO_LIVE_MODEL');
    harness.now = new Date(harness.now.getTime() + 60_000);
    await act(OLGA, activateModel, { modelId });
    expect((await start()).started).toBe(true);
  });

  it('leaves one entry for each attempt, refused ones too, and nothing else of those', async () => {
    const { db } = harness.services;
    const refused = await entriesOf(db, async () => {
      await refusalOf(start('2026-W50'));
      await refusalOf(start(week, MARK));
    });
    expect(refused).toEqual([
      expect.objectContaining({
        action: 'run.start',
        actor: 'olga',
        role: 'OPERATOR',
        campaign: SMALL,
        subject: null,
        refusal: { code: 'BAD_INPUT', rule: 'WEEK_NOT_BEGUN' },
        details: { week: '2026-W50' },
      }),
      expect.objectContaining({
        actor: 'mark',
        role: null,
        refusal: { code: 'FORBIDDEN', rule: 'run.start' },
      }),
    ]);
    const [entry, ...rest] = await entriesOf(db, () => start());
    expect(rest).toEqual([]);
    expect(entry).toMatchObject({
      action: 'run.start',
      role: 'OPERATOR',
      refusal: null,
      details: { attempt: 1 },
    });
  });
});

describe('data uses', () => {
  const declare = async (columns: string[]) =>
    act(OLGA, declareDataUse, {
      campaign: SMALL,
      columns,
      source: 'the tests',
      purpose: 'try it',
      legalBasis: 'consent',
      validUntil: '2035-12-31',
    });
  const signOff = async (columns: string[]) =>
    act(CARLA, signOffDataUse, { id: (await declare(columns)).id, note: null });
  const withdrawAll = async () => {
    for (const { id } of await harness.services.db.manager.findBy(DataUseRow, { status: 'SIGNED_OFF' })) {
      await act(CARLA, withdrawDataUse, { id, note: 'not like this' });
    }
  };

  it('that were withdrawn bar the start, naming the columns; others signed off instead do not', async () => {
    await withdrawAll();
    await expect(start()).rejects.toThrow(/likely, age/);
    expect(await refusalOf(start())).toBe('NOT_SIGNED_OFF DATA_USE');
    await signOff(['age']);
    await expect(start()).rejects.toThrow(/covers likely;/);
    const likely = await declare(['likely']);
    await expect(start()).rejects.toThrow(/covers likely;/);
    await act(CARLA, signOffDataUse, { id: likely.id, note: null });
    expect((await start()).started).toBe(true);
  });

  it('that were withdrawn are not signed off again', async () => {
    const { id } = await signOff(['age']);
    await act(CARLA, withdrawDataUse, { id, note: 'not like this' });
    expect(await refusalOf(act(CARLA, signOffDataUse, { id, note: null }))).toBe(
      'INVALID_STATE DATA_USE_STATUS',
    );
  });

  it('that ran out bar the start from the day after', async () => {
    harness.now = new Date('2035-12-31T23:00:00Z');
    expect(await refusalOf(start())).toBe('NOT_SIGNED_OFF DATA_USE');
    harness.now = new Date('2035-12-31T22:59:59Z');
    expect((await start()).started).toBe(true);
  });

  it('are not signed off by whoever declared them, whatever their roles', async () => {
    const both = person('olga', 'OPERATOR', 'COMPLIANCE_REVIEWER');
    const { id } = await declare(['age']);
    expect(await refusalOf(act(both, signOffDataUse, { id, note: null }))).toBe('FOUR_EYES ANOTHER_PERSON');
    expect(await refusalOf(act(both, withdrawDataUse, { id, note: 'no' }))).toBe('FOUR_EYES ANOTHER_PERSON');
  });

  it('withdrawn after the start stop the run before a score, and it goes on when they are back', async () => {
    const { services } = harness;
    const { run } = await start();
    await withdrawAll();
    scored = 0;
    expect(await refusalOf(runWeek(services, run.id))).toBe('NOT_SIGNED_OFF DATA_USE');
    expect(scored).toBe(0);
    expect(await runs()).toEqual([
      expect.objectContaining({ status: 'FAILED', step: 'DECIDE', decisionRoot: null }),
    ]);
    const incidents: unknown = await services.db.query(
      'select kind, summary from incident where run_id = $1',
      [run.id],
    );
    expect(incidents).toEqual([{ kind: 'RUN_FAILED', summary: expect.stringContaining('likely, age') }]);
    await signOff(['likely', 'age']);
    expect((await runWeek(services, run.id)).status).toBe('FAILED');
    await act(OLGA, resumeRun, { runId: run.id });
    expect(await runWeek(services, run.id)).toMatchObject({ status: 'AWAITING_REVIEW', trigger: 'RESUME' });
    // And once more, with changes, to say what would have turned each.
    expect(scored).toBeGreaterThanOrEqual(6);
  });
});

describe('a new attempt', () => {
  it('supersedes one that halted; both stay on record', async () => {
    await deliver(harness, { week, customers: [...people(3), ...people(1)] });
    const halted = await harness.run(SMALL, week);
    expect(halted.status).toBe('HALTED');
    await deliver(harness, { week, customers: people(3) });
    const run = await harness.run(SMALL, week);
    expect(run).toMatchObject({ attempt: 2, status: 'AWAITING_REVIEW', current: true });
    expect(await runs()).toEqual([
      expect.objectContaining({ id: halted.id, attempt: 1, status: 'SUPERSEDED', current: false }),
      expect.objectContaining({ id: run.id, attempt: 2 }),
    ]);
    const checks: unknown = await harness.services.db.query(
      `select name from run_check where run_id = $1 and verdict = 'HALT'`,
      [halted.id],
    );
    expect(checks).toEqual([{ name: 'FEED_KEYS' }]);
  });

  it('supersedes one whose batch was rejected; its decisions and its batch stay on record', async () => {
    const first = await harness.run(SMALL, week);
    const batchId = await harness.submit(first);
    await act(MARK, rejectBatch, { batchId, note: 'wrong text' });
    expect((await runs())[0]?.status).toBe('REJECTED');
    const second = await harness.run(SMALL, week);
    expect(second).toMatchObject({ attempt: 2, status: 'AWAITING_REVIEW' });
    const batches = await harness.services.db.manager.findBy(BatchRow, { week });
    expect(new Map(batches.map(({ runId, status }) => [runId, status]))).toEqual(
      new Map([
        [first.id, 'REJECTED'],
        [second.id, 'IN_REVIEW'],
      ]),
    );
    const [{ count }] = await harness.services.db.query(
      'select count(*)::int from decision where run_id = $1',
      [first.id],
    );
    expect(count).toBe(6);
    expect(await refusalOf(act(OLGA, resumeRun, { runId: first.id }))).toBe('INVALID_STATE RUN_STATUS');
    expect((await runWeek(harness.services, first.id)).status).toBe('SUPERSEDED');
  });

  it('supersedes one that mailed nobody, and one that failed', async () => {
    await deliver(harness, { week, customers: people(3, 0.1) });
    const empty = await harness.run(SMALL, week);
    expect(empty).toMatchObject({ status: 'EMPTY', step: 'DONE' });
    const again = await start(week);
    expect(again).toMatchObject({ started: true, run: { attempt: 2 } });
    await changeState(harness.services.db, (tx) =>
      tx.update(RunRow, { id: again.run.id }, { status: 'FAILED' }),
    );
    expect(await start(week)).toMatchObject({ started: true, run: { attempt: 3 } });
    expect((await runs()).map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 'SUPERSEDED'],
      [2, 'SUPERSEDED'],
      [3, 'CHECKING'],
    ]);
  });

  it('is not made of a run that is under way', async () => {
    await start();
    expect(await start()).toMatchObject({ started: false, run: { attempt: 1, status: 'CHECKING' } });
  });
});
