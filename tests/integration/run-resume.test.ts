import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ScoringError } from '../../src/domain/ports.ts';
import { RunRow } from '../../src/store/run.row.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { resumeRun } from '../../src/use-cases/resume-run.ts';
import { runWeek } from '../../src/use-cases/run-week.ts';
import { auditEntries } from '../support/audit-entries.ts';
import { OLGA } from '../support/service-harness.ts';
import { PLACES, placeName, THREE_BATCHES, TwinServices } from '../support/twin-services.ts';

let twins: TwinServices;
beforeAll(async () => {
  twins = await TwinServices.start();
});
afterAll(() => twins?.stop());
beforeEach(() => twins.nextWeek());
afterEach(() => twins.trap.clear());

describe('a run that meets a fault', () => {
  const FAULTS = PLACES.filter((place) => ['copyInto', 'sealing'].some((kind) => kind in place)).concat(
    PLACES.filter(
      (place) =>
        'table' in place && ['run_check', 'run_funnel', 'explanation', 'sample_item'].includes(place.table),
    ),
  );

  it.each(FAULTS.map((place) => [placeName(place), place] as const))(
    '%s: has failed, says so, and goes on when it is resumed',
    async (_, place) => {
      await twins.deliver();
      const { services } = twins.struck;
      const { id } = await twins.start();
      await twins.trap.lay(place, 'failed');
      await expect(runWeek(services, id)).rejects.toThrow('struck');
      await twins.trap.clear();
      const failed = await services.db.manager.findOneByOrFail(RunRow, { id });
      expect(failed).toMatchObject({ status: 'FAILED', step: place.step, current: true });
      expect(failed.finishedAt).not.toBeNull();
      expect(await twins.leftovers()).toEqual([]);
      const incidents: unknown = await services.db.query(
        'select kind, summary from incident where run_id = $1',
        [id],
      );
      expect(incidents).toEqual([
        {
          kind: 'RUN_FAILED',
          summary: `small ${twins.week} failed at step ${place.step}: a fault; the log of the process says which`,
        },
      ]);
      // It does not go on by itself.
      expect((await runWeek(services, id)).status).toBe('FAILED');

      await execute(services, OLGA, resumeRun, { runId: id });
      expect(await runWeek(services, id)).toMatchObject({ status: 'AWAITING_REVIEW', trigger: 'RESUME' });
      const [after, expected] = [await twins.outcome(id), await twins.calmOutcome()];
      expect({ ...after, log: [] }).toEqual({ ...expected, log: [] });
      expect(after.log.filter((action) => !expected.log.includes(action))).toEqual([
        'run.fail',
        'run.resume',
      ]);
      expect(after.log.filter((action) => expected.log.includes(action))).toEqual(expected.log);
      expect(await twins.leftovers()).toEqual([]);
    },
  );
});

describe('a run whose model dies', () => {
  it.each([
    ['at the first batch', 0],
    ['at the second of three, while the next is under way', 1],
    ['at the last', 2],
  ])('%s: has failed, and goes on when it is resumed', async (_, batch) => {
    await twins.deliver(THREE_BATCHES);
    const { services } = twins.struck;
    const { id } = await twins.start();
    twins.onBatch = async (n) => {
      if (n >= batch) throw new ScoringError('the model process ended');
    };
    await expect(runWeek(services, id)).rejects.toThrow('the model process ended');
    expect(await services.db.manager.findOneByOrFail(RunRow, { id })).toMatchObject({
      status: 'FAILED',
      step: 'DECIDE',
    });
    expect(await twins.leftovers()).toEqual([]);
    twins.onBatch = async () => {};
    await execute(services, OLGA, resumeRun, { runId: id });
    expect((await runWeek(services, id)).status).toBe('AWAITING_REVIEW');
    expect(await twins.decisions(id)).toBe(await twins.calmDecisions());
  });
});

describe('a run that is carried on twice at once', () => {
  it('takes each step once', async () => {
    await twins.deliver();
    const { id } = await twins.start();
    const ended = await Promise.all(Array.from({ length: 4 }, () => runWeek(twins.struck.services, id)));
    expect(ended.map(({ status }) => status)).toEqual(new Array(4).fill('AWAITING_REVIEW'));
    await twins.expectAsCalm(id);
  });

  it('fails once when all of them meet the fault', async () => {
    await twins.deliver();
    const { services } = twins.struck;
    const { id } = await twins.start();
    await twins.trap.lay({ step: 'DECIDE', table: 'run_funnel' }, 'failed');
    await Promise.allSettled(Array.from({ length: 4 }, () => runWeek(services, id)));
    await twins.trap.clear();
    expect(await services.db.query('select kind from incident where run_id = $1', [id])).toEqual([
      { kind: 'RUN_FAILED' },
    ]);
    const log = (await auditEntries(services.db)).filter(({ subject }) => subject === id);
    expect(log.map(({ action }) => action)).toEqual(['run.start', 'run.receive', 'run.fail']);
    await Promise.allSettled(
      Array.from({ length: 3 }, () => execute(services, OLGA, resumeRun, { runId: id })),
    );
    await Promise.all(Array.from({ length: 3 }, () => runWeek(services, id)));
    const actions = (await auditEntries(services.db))
      .filter(({ subject, refusal }) => subject === id && refusal === null)
      .map(({ action }) => action);
    expect(actions).toEqual([
      'run.start',
      'run.receive',
      'run.fail',
      'run.resume',
      'run.decide',
      'run.explain',
      'run.draw',
    ]);
  });
});
