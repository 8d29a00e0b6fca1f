import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isOutage } from '../../src/store/outage.ts';
import { RunRow } from '../../src/store/run.row.ts';
import { runWeek } from '../../src/use-cases/run-week.ts';
import { auditEntries } from '../support/audit-entries.ts';
import { PLACES, placeName, THREE_BATCHES, TwinServices } from '../support/twin-services.ts';

/** As many connections as a pool has (data-source.ts). */
const POOLED = 10;

let twins: TwinServices;
beforeAll(async () => {
  twins = await TwinServices.start();
});
afterAll(() => twins?.stop());
beforeEach(() => twins.nextWeek());
afterEach(() => twins.trap.clear());

describe('a run whose database goes away in the middle of a step', () => {
  it.each(PLACES.map((place) => [placeName(place), place] as const))('%s', async (_, place) => {
    await twins.deliver();
    const { id } = await twins.start();
    await twins.trap.lay(place, 'ended');
    const error: unknown = await runWeek(twins.struck.services, id).catch((reason: unknown) => reason);
    expect(isOutage(error), String(error)).toBe(true);
    const cut = await twins.struck.services.db.manager.findOneByOrFail(RunRow, { id });
    expect([cut.step, cut.status]).not.toContain('FAILED');
    expect(cut.step).toBe(place.step);
    await twins.trap.clear();
    expect((await runWeek(twins.struck.services, id)).status).toBe('AWAITING_REVIEW');
    await twins.expectAsCalm(id);
    expect(await twins.struck.services.db.query('select 1 from incident')).toEqual([]);
  });

  it('goes on also when it goes away in every step, more than once', async () => {
    await twins.deliver();
    const { id } = await twins.start();
    for (const place of PLACES.filter((_, i) => i % 4 === 3)) {
      await twins.trap.lay(place, 'ended');
      await expect(runWeek(twins.struck.services, id)).rejects.toThrow();
      await twins.trap.clear();
    }
    await runWeek(twins.struck.services, id);
    await twins.expectAsCalm(id);
  });
});

describe('a run whose model scores while the database goes away', () => {
  it('can be gone on with', async () => {
    await twins.deliver(THREE_BATCHES);
    const { id } = await twins.start();
    twins.onBatch = async (n) => {
      if (n !== 1) return;
      await twins.trap.owner.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'waarom'`,
      );
    };
    const error: unknown = await runWeek(twins.struck.services, id).catch((reason: unknown) => reason);
    expect(isOutage(error), String(error)).toBe(true);
    twins.onBatch = async () => {};
    expect((await reachedAgain(() => runWeek(twins.struck.services, id))).status).toBe('AWAITING_REVIEW');
    expect(await twins.decisions(id)).toBe(await twins.calmDecisions());
    const actions = (await auditEntries(twins.struck.services.db)).filter(({ subject }) => subject === id);
    expect(actions.map(({ action }) => action)).not.toContain('run.fail');
  });
});

/**
 * Tries as the jobs do, anew after an outage. The pool may hand out a connection that the server has ended before this process has read
 * so: each such connection costs one try, and only that.
 */
async function reachedAgain<R>(attempt: () => Promise<R>): Promise<R> {
  for (let dead = 0; dead < POOLED; dead++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isOutage(error)) throw error;
    }
  }
  return attempt();
}
