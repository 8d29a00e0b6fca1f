import { FeedError } from '../domain/ports.ts';
import { RefusalError } from '../domain/refusal.ts';
import { weekIn } from '../domain/schedule.ts';
import { addWeeks, type IsoWeek } from '../domain/week.ts';
import { engineIsOff } from '../store/engine-pause.store.ts';
import { execute } from '../use-cases/execute.ts';
import { openIncident } from '../use-cases/incidents.ts';
import { ENGINE } from '../use-cases/run-step.ts';
import type { Services } from '../use-cases/services.ts';
import { startRun } from '../use-cases/start-run.ts';
import { attemptEach } from './attempt-each.ts';

/** A run that halted because its feed was not there. */
interface WaitingRun {
  readonly id: string;
  readonly campaign: string;
  readonly week: IsoWeek;
  readonly time_zone: string;
}

/** A new attempt of a week whose feed came late, or the incident where it was refused. */
export interface LateStart {
  readonly campaign: string;
  readonly week: IsoWeek;
  readonly outcome: 'STARTED' | 'HAD_RUN' | 'REFUSED';
}

/**
 * Starts a new attempt for each run that halted because its feed was missing, when the feed has been delivered since: of this
 * week or the last, as long as no later week had its run. A run that ended in another way is never started again.
 */
export async function watchFeeds(services: Services): Promise<readonly LateStart[]> {
  const waiting: readonly WaitingRun[] = await services.db.query(
    `select r.id, r.campaign, r.week, c.definition ->> 'timeZone' as time_zone
     from run r join campaign c on c.key = r.campaign
     where r.current and r.status = 'HALTED' and not ${engineIsOff('c.key')}
       and exists (select from run_check k where k.run_id = r.id and k.name = 'FEED_PRESENT' and k.verdict = 'HALT')
       and not exists (select from run later where later.campaign = r.campaign and later.week > r.week)
       and not exists (select from incident i where i.run_id = r.id and i.kind = 'RUN_FAILED')
     order by r.campaign`,
  );
  const now = services.clock.now();
  const recent = waiting.filter(({ week, time_zone }) => week >= addWeeks(weekIn(time_zone, now), -1));
  const started = await attemptEach(recent, async (run) =>
    (await isDelivered(services, run)) ? startAgain(services, run) : null,
  );
  return started.filter((start) => start !== null);
}

/** A manifest that cannot be read is a delivery too: the new attempt says what is wrong with it. */
async function isDelivered({ feeds }: Services, { campaign, week }: WaitingRun): Promise<boolean> {
  try {
    return (await feeds.find(campaign, week)) !== undefined;
  } catch (error) {
    if (error instanceof FeedError) return true;
    throw error;
  }
}

async function startAgain(services: Services, run: WaitingRun): Promise<LateStart> {
  const { campaign, week } = run;
  try {
    const { started } = await execute(services, ENGINE, startRun, { campaign, week, trigger: 'SCHEDULE' });
    return { campaign, week, outcome: started ? 'STARTED' : 'HAD_RUN' };
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    await reportRefusal(services, run, error.refusal.message);
    return { campaign, week, outcome: 'REFUSED' };
  }
}

/** Opens the incident by which the run is not tried again, once. */
async function reportRefusal(services: Services, { id, campaign, week }: WaitingRun, why: string) {
  await services.db.transaction(async (tx) => {
    await tx.query('select from run where id = $1 for no key update', [id]);
    const told: unknown[] = await tx.query(`select from incident where run_id = $1 and kind = 'RUN_FAILED'`, [
      id,
    ]);
    if (told.length > 0) return;
    const summary = `the feed of ${campaign} ${week} has come, and the run was not started again: ${why}`;
    await openIncident(tx, services, { kind: 'RUN_FAILED', campaign, runId: id, summary });
  });
}
