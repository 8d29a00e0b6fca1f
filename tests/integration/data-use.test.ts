import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { watchDataUses } from '../../src/jobs/watch-data-uses.job.ts';
import { IncidentRow } from '../../src/store/incident.row.ts';
import { RunRow } from '../../src/store/run.row.ts';
import {
  refuseDataUse,
  signOffDataUse,
  type WithdrawnDataUse,
  withdrawDataUse,
  withdrawDeclaration,
} from '../../src/use-cases/data-uses.ts';
import { type Caller, execute } from '../../src/use-cases/execute.ts';
import { resolveIncident } from '../../src/use-cases/incidents.ts';
import { resumeRun } from '../../src/use-cases/resume-run.ts';
import { runWeek } from '../../src/use-cases/run-week.ts';
import { startRun } from '../../src/use-cases/start-run.ts';
import { entriesOf } from '../support/audit-entries.ts';
import { DataUseActs } from '../support/data-use-acts.ts';
import { likelyScorer } from '../support/likely-scorer.ts';
import { refusalOf } from '../support/refusals.ts';
import { CARLA, MARK, OLGA, person, ServiceHarness } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';

let harness: ServiceHarness;
let acts: DataUseActs;
/** What happens while a batch is being scored, and while decisions are explained. */
let duringScore = async () => {};
let duringExplain = async () => {};
let batches = 0;

beforeAll(async () => {
  harness = await ServiceHarness.start({
    scorer: {
      async open(spec) {
        const session = await likelyScorer.open(spec);
        return {
          ...session,
          async score(matrix, rows) {
            batches += 1;
            await duringScore();
            return session.score(matrix, rows);
          },
          async explain(reference, rows) {
            await duringExplain();
            return session.explain(reference, rows);
          },
        };
      },
    },
  });
  await installSmall(harness);
  acts = new DataUseActs(harness);
});
beforeEach(() => {
  harness.now = new Date('2026-11-16T09:00:00Z');
  duringScore = async () => {};
  duringExplain = async () => {};
  batches = 0;
});
afterAll(() => harness?.stop());

const act = <I, R>(caller: Caller, command: Parameters<typeof execute<I, R>>[2], input: I) =>
  execute(harness.services, caller, command, input);
const start = (week: string) => act(OLGA, startRun, { campaign: SMALL, week, trigger: 'MANUAL' as const });
const incidents = () =>
  harness.services.db.manager.find(IncidentRow, { where: { kind: 'DATA_USE' }, order: { openedAt: 'ASC' } });
async function resolveAll(): Promise<void> {
  for (const { id, resolvedAt } of await incidents())
    if (resolvedAt === null) await act(OLGA, resolveIncident, { incidentId: id, note: 'seen' });
}

describe('a declaration', () => {
  it('is refused with a note, by another person', async () => {
    const { id } = await acts.declare(['age']);
    const both = person('olga', 'OPERATOR', 'COMPLIANCE_REVIEWER');
    expect(await refusalOf(act(OLGA, refuseDataUse, { id, note: 'no' }))).toBe('FORBIDDEN dataUse.decide');
    expect(await refusalOf(act(both, refuseDataUse, { id, note: 'no' }))).toBe('FOUR_EYES ANOTHER_PERSON');
    expect(await refusalOf(act(CARLA, refuseDataUse, { id, note: ' ' }))).toBe('BAD_INPUT NOTE');
    // A sign-off needs no note; one that is given stands in the log, and names nobody.
    const naming = { id, note: 'as with NL91ABNA0417164300' };
    expect(await refusalOf(act(CARLA, signOffDataUse, naming))).toBe('BAD_INPUT NOTE');
    const [entry, ...rest] = await entriesOf(harness.services.db, () =>
      act(CARLA, refuseDataUse, { id, note: 'not needed' }),
    );
    expect(rest).toEqual([]);
    expect(entry).toMatchObject({
      action: 'dataUse.refuse',
      role: 'COMPLIANCE_REVIEWER',
      details: { before: 'DECLARED', after: 'REFUSED', declaredBy: 'olga', purpose: 'proberen / try it' },
    });
    for (const command of [signOffDataUse, refuseDataUse])
      expect(await refusalOf(act(CARLA, command, { id, note: 'x' }))).toBe('INVALID_STATE DATA_USE_STATUS');
    expect(await refusalOf(act(OLGA, withdrawDeclaration, { id, note: 'x' }))).toBe(
      'INVALID_STATE DATA_USE_STATUS',
    );
  });

  it('is taken back by whoever made it, and nobody else', async () => {
    const { id } = await acts.declare(['age']);
    expect(await refusalOf(act(MARK, withdrawDeclaration, { id, note: 'no' }))).toBe(
      'INVALID_STATE DECLARED_BY',
    );
    expect(await refusalOf(act(CARLA, withdrawDeclaration, { id, note: 'no' }))).toBe(
      'FORBIDDEN dataUse.declare',
    );
    expect(await act(OLGA, withdrawDeclaration, { id, note: 'a mistake' })).toMatchObject({
      status: 'WITHDRAWN',
      decidedBy: 'olga',
    });
  });

  it('is not signed off after its last day', async () => {
    const { id } = await acts.declare(['age'], '2026-11-16');
    harness.now = new Date('2026-11-16T23:00:00Z');
    expect(await refusalOf(act(CARLA, signOffDataUse, { id, note: null }))).toBe('INVALID_STATE VALID_UNTIL');
  });
});

describe('a withdrawal', () => {
  it('while a batch is scored takes effect once those are that had their leave', async () => {
    await deliver(harness, { week: '2026-W40', customers: customers(25_000) });
    const { run } = await start('2026-W40');
    const { db } = harness.services;
    const [use] = await acts.inForce();
    const withdrawn: Promise<WithdrawnDataUse>[] = [];
    duringScore = async () => {
      if (withdrawn.length > 0) return;
      let over = false;
      const attempt = act(CARLA, withdrawDataUse, { id: use?.id ?? '', note: 'a complaint' });
      withdrawn.push(attempt.finally(() => (over = true)));
      const waits = `select from pg_locks where locktype = 'advisory' and not granted
                     and database = (select oid from pg_database where datname = current_database())`;
      while (!over && (await db.query(waits)).length === 0);
    };
    expect(await refusalOf(runWeek(harness.services, run.id))).toBe('NOT_SIGNED_OFF DATA_USE');
    const [done] = await Promise.all(withdrawn);
    // The batch itself, and the one beside it where that came before the withdrawal.
    expect([1, 2]).toContain(batches);
    expect(done?.impact.runs.map(({ id }) => id)).toEqual([run.id]);
    expect(await db.manager.findOneByOrFail(RunRow, { id: run.id })).toMatchObject({
      status: 'FAILED',
      step: 'DECIDE',
      decisionRoot: null,
    });
    const told = await db.manager.find(IncidentRow, { where: { campaign: SMALL }, order: { kind: 'ASC' } });
    expect(told.map(({ kind, summary }) => [kind, /likely, age/.test(summary)])).toEqual([
      ['DATA_USE', true],
      ['RUN_FAILED', true],
    ]);
    // Signed off again, the run goes on.
    await acts.signOff(['likely', 'age']);
    await act(OLGA, resumeRun, { runId: run.id });
    expect((await runWeek(harness.services, run.id)).status).toBe('AWAITING_REVIEW');
    await resolveAll();
  });

  it('before the decisions are explained keeps them from being', async () => {
    await deliver(harness, { week: '2026-W41', customers: customers(3, (n) => ({ party_id: `x${n}` })) });
    const { run } = await start('2026-W41');
    duringExplain = () => Promise.reject(new Error('no power'));
    await expect(runWeek(harness.services, run.id)).rejects.toThrow('no power');
    duringExplain = async () => {};
    await acts.withdrawAll();
    await act(OLGA, resumeRun, { runId: run.id });
    expect(await refusalOf(runWeek(harness.services, run.id))).toBe('NOT_SIGNED_OFF DATA_USE');
    await acts.signOff(['likely', 'age']);
    await act(OLGA, resumeRun, { runId: run.id });
    expect((await runWeek(harness.services, run.id)).status).toBe('AWAITING_REVIEW');
    await resolveAll();
  });

  it('of columns that another data use covers stops nothing, and opens no incident', async () => {
    const { id } = await acts.signOff(['likely', 'age']);
    const before = (await incidents()).length;
    const { impact, use } = await act(CARLA, withdrawDataUse, { id, note: 'there are two' });
    expect(use.status).toBe('WITHDRAWN');
    expect(impact).toMatchObject({ columns: [], models: [], campaigns: [], runs: [] });
    expect(await incidents()).toHaveLength(before);
    expect(await refusalOf(act(CARLA, withdrawDataUse, { id, note: 'again' }))).toBe(
      'INVALID_STATE DATA_USE_STATUS',
    );
  });
});

describe('a run that needs a column that is not covered', () => {
  it('does not start, and an incident names the column, once', async () => {
    await acts.withdrawAll();
    await resolveAll();
    const before = (await incidents()).length;
    await acts.signOff(['age']);
    for (const _ of [1, 2]) expect(await refusalOf(start('2026-W42'))).toBe('NOT_SIGNED_OFF DATA_USE');
    const opened = (await incidents()).slice(before);
    expect(opened.map(({ summary }) => summary)).toEqual([
      expect.stringContaining('no data use in force covers likely, which the live model likely 1 needs'),
    ]);
    await acts.signOff(['likely'], '2026-11-30');
    expect((await start('2026-W42')).started).toBe(true);
    await resolveAll();
  });

  it('because it expired is told of before a run is due', async () => {
    const tell = () => watchDataUses(harness.services);
    expect(await tell()).toEqual([]);
    harness.now = new Date('2026-11-30T22:59:59Z');
    expect(await tell()).toEqual([]);
    harness.now = new Date('2026-11-30T23:00:00Z');
    expect(await tell()).toEqual([SMALL]);
    expect(await tell()).toEqual([]);
    expect((await incidents()).at(-1)?.summary).toContain('covers likely,');
    const [expired] = (await acts.inForce()).filter(({ columns }) => columns.includes('likely'));
    expect(await refusalOf(act(CARLA, withdrawDataUse, { id: expired?.id ?? '', note: 'x' }))).toBe(
      'INVALID_STATE DATA_USE_STATUS',
    );
    await resolveAll();
    expect(await tell()).toEqual([SMALL]);
  });
});
