import { type Refusal, RefusalError } from '../domain/refusal.ts';
import { dueInWeek, weekIn } from '../domain/schedule.ts';
import { addWeeks, type IsoWeek } from '../domain/week.ts';
import { CampaignRow } from '../store/campaign.row.ts';
import { configAt, lockCampaign } from '../store/campaign.store.ts';
import { RunRow } from '../store/run.row.ts';
import type { Transaction } from '../store/transaction.ts';
import { isGoing } from '../use-cases/engine.ts';
import { execute, record } from '../use-cases/execute.ts';
import { openIncident } from '../use-cases/incidents.ts';
import { ENGINE } from '../use-cases/run-step.ts';
import type { Services } from '../use-cases/services.ts';
import { startRun } from '../use-cases/start-run.ts';
import { attemptEach } from './attempt-each.ts';

/** What became of a week when its schedule came due. */
export interface ScheduledStart {
  readonly campaign: string;
  readonly week: IsoWeek;
  readonly dueAt: Date;
  readonly outcome: 'STARTED' | 'HAD_RUN' | 'PAUSED' | 'REFUSED';
}

interface Due {
  readonly week: IsoWeek;
  readonly dueAt: Date;
}

/**
 * Starts the runs whose schedule has come due, each campaign in its own time zone and by its settings in force then, and answers
 * what became of them. Each week is decided on once, so that any number of processes may do this, again and again; what came due
 * while none of them was there is decided on now, the newest such week of each campaign only. A refused start opens an incident.
 */
export async function startDueRuns(services: Services): Promise<readonly ScheduledStart[]> {
  const campaigns = await services.db.manager.find(CampaignRow, { order: { key: 'ASC' } });
  const decided = await attemptEach(campaigns, async (campaign) => {
    const due = await dueOf(services, campaign);
    return due === null ? null : decide(services, campaign, due);
  });
  return decided.filter((start) => start !== null);
}

/** The newest week of a campaign whose schedule has come due, by the settings that were in force at that instant. */
async function dueOf({ db, clock }: Services, campaign: CampaignRow): Promise<Due | null> {
  const { timeZone } = campaign.definition;
  let at = clock.now();
  const newest = weekIn(timeZone, at);
  const oldest = addWeeks(newest, -1);
  while (at >= campaign.appliedAt && weekIn(timeZone, at) >= oldest) {
    const { settings, effectiveFrom } = await configAt(db.manager, campaign.key, at);
    for (const week of [newest, oldest]) {
      const dueAt = dueInWeek(settings.schedule, timeZone, week, effectiveFrom);
      if (dueAt !== null && dueAt <= at) return { week, dueAt };
    }
    at = new Date(effectiveFrom.getTime() - 1);
  }
  return null;
}

async function decide(
  services: Services,
  { key: campaign }: CampaignRow,
  { week, dueAt }: Due,
): Promise<ScheduledStart | null> {
  const { db } = services;
  if (await isNoted(db.manager, campaign, week)) return null;
  const answer = async (outcome: ScheduledStart['outcome'], refusal: Refusal | null = null) => {
    const start = { campaign, week, dueAt, outcome };
    return (await note(services, start, refusal)) ? start : null;
  };
  const runs = await db.manager.findBy(RunRow, { campaign, week });
  if (runs.length > 0) return answer(outcomeOf(runs));
  if (!(await isGoing(db.manager, campaign, 'RUN'))) return answer('PAUSED');
  try {
    const { run } = await execute(services, ENGINE, startRun, { campaign, week, trigger: 'SCHEDULE' });
    return await answer(outcomeOf([run]));
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    return answer('REFUSED', error.refusal);
  }
}

/** A run that the schedule started may be found before it is noted: by another process, or after this one was killed. */
function outcomeOf(runs: readonly RunRow[]): ScheduledStart['outcome'] {
  return runs.some(({ trigger }) => trigger === 'SCHEDULE') ? 'STARTED' : 'HAD_RUN';
}

async function isNoted(tx: Transaction, campaign: string, week: IsoWeek): Promise<boolean> {
  const noted: unknown[] = await tx.query('select from scheduled_start where campaign = $1 and week = $2', [
    campaign,
    week,
  ]);
  return noted.length > 0;
}

/** Notes what became of a week, with the incident of a refusal; false when another process did. */
async function note(services: Services, start: ScheduledStart, refusal: Refusal | null): Promise<boolean> {
  const { campaign, week, dueAt, outcome } = start;
  const now = services.clock.now();
  return services.db.transaction(async (tx) => {
    // Of two processes the second waits for the first, and then finds the week decided.
    await lockCampaign(tx, campaign);
    if (await isNoted(tx, campaign, week)) return false;
    await tx.query(
      'insert into scheduled_start (campaign, week, due_at, outcome, decided_at) values ($1, $2, $3, $4, $5)',
      [campaign, week, dueAt, outcome, now],
    );
    const details = { dueAt: dueAt.toISOString(), outcome, refusal: refusal?.rule ?? null };
    const facts = { campaign, subject: week, details };
    await record(tx, { now, caller: ENGINE, role: 'OPERATOR', action: 'run.due', facts });
    if (refusal !== null) {
      const summary = `${campaign} ${week} was due and not started: ${refusal.message}`;
      await openIncident(tx, services, { kind: 'RUN_FAILED', campaign, runId: null, summary });
    }
    return true;
  });
}
