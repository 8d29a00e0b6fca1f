import { refuse } from '../domain/refusal.ts';
import { REPEATABLE, type RunTrigger } from '../domain/run.ts';
import { dateIn, type IsoWeek, isWeek, weekOf } from '../domain/week.ts';
import { BatchRow } from '../store/batch.row.ts';
import { CampaignRow } from '../store/campaign.row.ts';
import { configAt, lockCampaign } from '../store/campaign.store.ts';
import { ModelVersionRow } from '../store/model-version.row.ts';
import { RunRow } from '../store/run.row.ts';
import type { Transaction } from '../store/transaction.ts';
import { assertSignedOff, reportUncovered } from './data-use-cover.ts';
import { assertGoing } from './engine.ts';
import type { Command } from './execute.ts';
import { contractFor } from './offered-columns.ts';

export interface StartRun {
  readonly campaign: string;
  /** The week that is due now when null. */
  readonly week: IsoWeek | null;
  readonly trigger: RunTrigger;
}

export interface StartedRun {
  readonly run: RunRow;
  /** False where the week already had a run, which is the answer then. */
  readonly started: boolean;
}

/** Starts the run of a week (domain.md, step 1). Starting twice answers with the first; what it does is run-week.ts. */
export const startRun: Command<StartRun, StartedRun> = {
  action: 'run.start',
  permission: 'run.start',
  about: ({ campaign, week }) => ({ campaign, subject: null, details: { week } }),
  // Of a start that was due, the schedule tells by an incident of its own.
  async refused({ tx, now, services }, { campaign, trigger }, { code }) {
    if (code === 'NOT_SIGNED_OFF' && trigger !== 'SCHEDULE')
      await reportUncovered(tx, services, await lockCampaign(tx, campaign), now);
  },
  async handle({ tx, now, actor, services }, input) {
    // Whoever starts holds the campaign: of two at once, the second finds the run of the first.
    const campaign = await lockCampaign(tx, input.campaign);
    const due = weekOf(dateIn(campaign.definition.timeZone, now));
    const week = input.week ?? due;
    if (!isWeek(week)) refuse('BAD_INPUT', 'WEEK', `There is no week ${JSON.stringify(week)}.`);
    const current = await tx.findOneBy(RunRow, { campaign: campaign.key, week, current: true });
    if (current !== null && !REPEATABLE.includes(current.status)) {
      const facts = {
        campaign: campaign.key,
        subject: current.id,
        details: { week, started: false, again: true },
      };
      return { result: { run: current, started: false }, facts };
    }
    await assertGoing(tx, campaign.key, 'RUN');
    if (week > due) refuse('BAD_INPUT', 'WEEK_NOT_BEGUN', `${week} has not begun; ${due} is due.`);
    const released = await tx.countBy(BatchRow, { campaign: campaign.key, week, status: 'RELEASED' });
    if (released > 0) refuse('INVALID_STATE', 'WEEK_RELEASED', `A batch of ${week} was released already.`);
    const model = await liveModelOf(tx, campaign.key);
    await assertSignedOff(tx, model, now);
    const config = await configAt(tx, campaign.key, now);
    const contract = await contractFor(tx, model, week);
    const attempt = await supersede(tx, current, campaign, week);
    const run = tx.create(RunRow, {
      id: services.ids.next(),
      campaign: campaign.key,
      week,
      attempt,
      current: true,
      trigger: input.trigger,
      status: 'CHECKING',
      step: 'RECEIVE',
      actor: actor.subject,
      startedAt: now,
      configId: config.id,
      modelId: model.id,
      contract: contract.number,
      seed: campaign.seed,
    });
    await tx.insert(RunRow, run);
    return {
      result: { run, started: true },
      facts: {
        campaign: campaign.key,
        subject: run.id,
        details: {
          week,
          attempt,
          started: true,
          trigger: input.trigger,
          before: null,
          after: run.status,
          config: config.number,
          configDigest: config.digest,
          model: model.digest,
          modelId: model.id,
          contractDigest: contract.digest,
          supersedes: current?.id ?? null,
        },
      },
    };
  },
};

async function liveModelOf(tx: Transaction, campaign: string): Promise<ModelVersionRow> {
  const model = await tx.findOneBy(ModelVersionRow, { campaign, status: 'LIVE' });
  return model ?? refuse('INVALID_STATE', 'NO_LIVE_MODEL', `${campaign} has no live model version.`);
}

/** The number of the attempt that follows; the one before stays on record. Refuses when it was resumed meanwhile. */
async function supersede(
  tx: Transaction,
  current: RunRow | null,
  campaign: CampaignRow,
  week: IsoWeek,
): Promise<number> {
  if (current === null) return 1 + (await tx.countBy(RunRow, { campaign: campaign.key, week }));
  const superseded = await tx.update(
    RunRow,
    { id: current.id, status: current.status },
    { current: false, status: 'SUPERSEDED' },
  );
  if (superseded.affected === 0) refuse('CONFLICT', 'RUN_STATUS', `The run of ${week} was just resumed.`);
  return current.attempt + 1;
}
