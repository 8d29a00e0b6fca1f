import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CampaignDefinition } from '../../src/domain/campaign.ts';
import { continueRuns } from '../../src/jobs/continue-runs.job.ts';
import { startDueRuns } from '../../src/jobs/start-due-runs.job.ts';
import { approveConfigChange } from '../../src/use-cases/decide-config-change.ts';
import { pauseEngine, resumeEngine } from '../../src/use-cases/engine.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { proposeConfigChange } from '../../src/use-cases/propose-config-change.ts';
import { ENGINE } from '../../src/use-cases/run-step.ts';
import { startRun } from '../../src/use-cases/start-run.ts';
import { MARK, OLGA, ServiceHarness } from '../support/service-harness.ts';
import { addLiveModel, applyShipped } from '../support/shipped-campaign.ts';

let harness: ServiceHarness;

beforeEach(async () => {
  harness = await ServiceHarness.start();
  // A Monday; the week is 2026-W11.
  harness.now = new Date('2026-03-09T09:00:00Z');
});

afterEach(async () => {
  await harness.stop();
});

async function install(change?: Partial<CampaignDefinition['config']>, key?: string): Promise<string> {
  const campaign = await applyShipped(harness, change, key);
  await addLiveModel(harness, campaign);
  return campaign;
}

function at(instant: string): void {
  harness.now = new Date(instant);
}

async function rows<T extends object>(sql: string, parameters: unknown[] = []): Promise<T[]> {
  return harness.services.db.query(sql, parameters);
}

const runs = () =>
  rows<{ week: string; attempt: number; status: string; trigger: string; actor: string }>(
    'select week, attempt, status, trigger, actor from run order by campaign, week, attempt',
  );
const incidents = () =>
  rows<{ kind: string; summary: string }>('select kind, summary from incident order by opened_at, summary');

describe('startDueRuns', () => {
  it('starts the run of the week when its schedule comes due, as the engine, once', async () => {
    await install();
    at('2026-03-14T23:59:59.999Z');
    expect(await startDueRuns(harness.services)).toEqual([]);
    at('2026-03-15T00:00:00Z');
    expect(await startDueRuns(harness.services)).toMatchObject([{ week: '2026-W11', outcome: 'STARTED' }]);
    expect(await startDueRuns(harness.services)).toEqual([]);
    expect(await runs()).toEqual([
      { week: '2026-W11', attempt: 1, status: 'CHECKING', trigger: 'SCHEDULE', actor: 'engine' },
    ]);
  });

  it.each([
    ['0 1 * * 0', '2026-03-29T00:00:00.000Z', '2026-10-24T23:00:00.000Z'],
    // The clock has no 02:30 on the one day and two on the other.
    ['30 2 * * 0', '2026-03-29T01:00:00.000Z', '2026-10-25T00:30:00.000Z'],
  ])('starts one run of %s in the weeks in which the clock changes', async (schedule, spring, autumn) => {
    await install({ schedule });
    const instants: string[] = [];
    for (const saturday of ['2026-03-28T20:00:00Z', '2026-10-24T20:00:00Z']) {
      for (let quarter = 0; quarter < 40; quarter += 1) {
        at(new Date(Date.parse(saturday) + quarter * 900_000).toISOString());
        for (const { outcome, week, dueAt } of await startDueRuns(harness.services)) {
          // The weeks before those days came due while nobody was there; the newest is caught up.
          if (week !== '2026-W12' && week !== '2026-W42') {
            expect(outcome).toBe('STARTED');
            expect(dueAt).toEqual(harness.now);
            instants.push(dueAt.toISOString());
          }
        }
      }
    }
    expect(instants).toEqual([spring, autumn]);
  });

  it('catches up on the newest week that came due while nobody was there', async () => {
    await install();
    at('2026-03-31T12:00:00Z');
    expect(await startDueRuns(harness.services)).toMatchObject([{ week: '2026-W13', outcome: 'STARTED' }]);
    expect(await startDueRuns(harness.services)).toEqual([]);
    expect((await runs()).map(({ week }) => week)).toEqual(['2026-W13']);
  });

  it('starts nothing that was due before the campaign was applied', async () => {
    at('2026-03-15T00:00:00.001Z');
    await install();
    at('2026-03-21T12:00:00Z');
    expect(await startDueRuns(harness.services)).toEqual([]);
  });

  it('leaves a week that has a run, however that ended', async () => {
    const campaign = await install();
    const { run } = await execute(harness.services, OLGA, startRun, {
      campaign,
      week: null,
      trigger: 'MANUAL',
    });
    at('2026-03-15T00:00:30Z');
    expect(await startDueRuns(harness.services)).toMatchObject([{ week: run.week, outcome: 'HAD_RUN' }]);
    expect(await runs()).toHaveLength(1);
  });

  it('knows a run that the schedule started and nobody noted', async () => {
    const campaign = await install();
    at('2026-03-15T00:00:30Z');
    const { services } = harness;
    await execute(services, ENGINE, startRun, { campaign, week: '2026-W11', trigger: 'SCHEDULE' });
    expect(await startDueRuns(services)).toMatchObject([{ week: '2026-W11', outcome: 'STARTED' }]);
    expect(await runs()).toHaveLength(1);
  });

  it('does nothing for a paused engine, also once it is resumed', async () => {
    const campaign = await install();
    await execute(harness.services, OLGA, pauseEngine, { campaign, reason: 'the bank is closed' });
    at('2026-03-15T00:00:30Z');
    expect(await startDueRuns(harness.services)).toMatchObject([{ week: '2026-W11', outcome: 'PAUSED' }]);
    await execute(harness.services, OLGA, resumeEngine, { campaign, reason: 'open again' });
    expect(await startDueRuns(harness.services)).toEqual([]);
    expect([await runs(), await incidents()]).toEqual([[], []]);
    at('2026-03-22T00:00:30Z');
    expect(await startDueRuns(harness.services)).toMatchObject([{ week: '2026-W12', outcome: 'STARTED' }]);
  });

  it('opens one incident a week for a start that is refused', async () => {
    await applyShipped(harness);
    for (const now of ['2026-03-15T00:00:30Z', '2026-03-15T00:01:30Z', '2026-03-22T00:00:30Z']) {
      at(now);
      await startDueRuns(harness.services);
    }
    expect(await incidents()).toEqual([
      { kind: 'RUN_FAILED', summary: expect.stringContaining('2026-W11 was due and not started: ') },
      { kind: 'RUN_FAILED', summary: expect.stringContaining('2026-W12 was due and not started: ') },
    ]);
    expect(await runs()).toEqual([]);
  });

  it('judges by the settings in force when the schedule came due', async () => {
    const campaign = await install();
    const change = async (schedule: string, effectiveFrom: string) => {
      at(effectiveFrom);
      const wish = { campaign, patch: { schedule }, reason: 'another day', acceptsEvaluationLoss: true };
      const { signal } = new AbortController();
      const { id } = await proposeConfigChange(harness.services, OLGA, wish, signal);
      await execute(harness.services, MARK, approveConfigChange, { id, note: null, digest: null });
    };
    // Within the minute in which the old one came due, and a day on which the new one came due before it was in force.
    await change('0 5 * * 1', '2026-03-15T00:00:20Z');
    at('2026-03-15T00:00:59Z');
    expect(await startDueRuns(harness.services)).toMatchObject([{ week: '2026-W11', outcome: 'STARTED' }]);
    await change('0 4 * * 1', '2026-03-16T03:30:00Z');
    at('2026-03-16T04:00:00Z');
    expect(await startDueRuns(harness.services)).toEqual([]);
    at('2026-03-23T03:00:00Z');
    expect(await startDueRuns(harness.services)).toMatchObject([{ week: '2026-W13', outcome: 'STARTED' }]);
  });

  it('is done by several at once as by one', async () => {
    await install();
    await install({ schedule: '0 1 * * 0' }, 'another');
    await applyShipped(harness, {}, 'without-model');
    at('2026-03-15T00:00:30Z');
    const answers = await Promise.all(Array.from({ length: 4 }, () => startDueRuns(harness.services)));
    expect(
      answers
        .flat()
        .map(({ campaign, outcome }) => `${campaign} ${outcome}`)
        .sort(),
    ).toEqual(['another STARTED', 'investing-retail STARTED', 'without-model REFUSED']);
    expect(await runs()).toHaveLength(2);
    expect(await incidents()).toHaveLength(1);
  });
});

describe('continueRuns', () => {
  it('takes every run that was started to where it ends', async () => {
    await install();
    await install({}, 'another');
    at('2026-03-15T00:00:30Z');
    await startDueRuns(harness.services);
    const done = await continueRuns(harness.services);
    expect(done.map(({ campaign, status }) => `${campaign} ${status}`).sort()).toEqual([
      'another HALTED',
      'investing-retail HALTED',
    ]);
    expect(await continueRuns(harness.services)).toEqual([]);
    expect((await incidents()).map(({ kind }) => kind)).toEqual(['FEED_MISSING', 'FEED_MISSING']);
  });

  it('passes over a run that somebody works on, without waiting', async () => {
    await install();
    at('2026-03-15T00:00:30Z');
    await startDueRuns(harness.services);
    const worker = new pg.Client({ connectionString: harness.database.url });
    await worker.connect();
    await worker.query('begin; select from run for no key update');
    expect(await continueRuns(harness.services)).toEqual([]);
    // The worker is killed.
    await worker.end();
    expect(await continueRuns(harness.services)).toMatchObject([{ status: 'HALTED' }]);
  });

  it('goes on with the others when one fails, and says so', async () => {
    const failing = await install();
    await install({}, 'another');
    at('2026-03-15T00:00:30Z');
    await startDueRuns(harness.services);
    const { feeds } = harness.services;
    const services = {
      ...harness.services,
      feeds: {
        weeks: (campaign: string) => feeds.weeks(campaign),
        find: async (campaign: string, week: string) => {
          if (campaign === failing) throw new Error('the disk is gone');
          return feeds.find(campaign, week);
        },
      },
    };
    await expect(continueRuns(services)).rejects.toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ message: 'the disk is gone' })] }),
    );
    expect((await runs()).map(({ status }) => status).sort()).toEqual(['FAILED', 'HALTED']);
    expect(await continueRuns(services)).toEqual([]);
  });
});
