import { digestOfJson } from '../audit/digest.ts';
import { type Activity, judgePause, type PauseScope, type Stopped } from '../domain/engine-pause.ts';
import { needNote } from '../domain/note.ts';
import { obey, refuse } from '../domain/refusal.ts';
import { nextRunAt, weekIn } from '../domain/schedule.ts';
import { campaignsByKey, configsAt, listCampaigns } from '../store/campaign.reads.ts';
import { CampaignRow } from '../store/campaign.row.ts';
import { lockCampaign } from '../store/campaign.store.ts';
import { EnginePauseRow } from '../store/engine-pause.row.ts';
import { lockCampaigns, pauseInForce, pausesOf, underWay } from '../store/engine-pause.store.ts';
import type { Transaction } from '../store/transaction.ts';
import type { Act, Command, Facts } from './execute.ts';

export interface EngineInput {
  readonly campaign: string;
  readonly reason: string;
}
/** Why everything is paused or resumed. */
export type EverythingInput = Pick<EngineInput, 'reason'>;

/** Refuses an activity that a pause stops, saying whose pause and why. */
export async function assertGoing(
  tx: Transaction,
  campaign: string | null,
  activity: Activity,
): Promise<void> {
  obey(judgePause(await pausesOf(tx, campaign), activity));
}

/** Whether an activity may go on; of no campaign, whether everything is not paused. */
export async function isGoing(
  db: Transaction,
  campaign: string | null,
  activity: Activity,
): Promise<boolean> {
  return judgePause(await pausesOf(db, campaign), activity) === null;
}

/**
 * Switches a campaign's engine off: no run starts or takes another step, and no batch of a run leaves, until it is resumed. One person
 * may do it alone.
 */
export const pauseEngine: Command<EngineInput, CampaignRow> = {
  action: 'engine.pause',
  permission: 'engine.pause',
  about: ({ campaign }) => ({ campaign, subject: campaign }),
  async handle(act, { campaign: key, reason }) {
    const campaign = await lockCampaign(act.tx, key);
    if (campaign.paused) already(`The engine of ${key} is paused already.`);
    const { facts } = await pause(act, 'CAMPAIGN', key, reason);
    await act.tx.update(CampaignRow, { key }, { paused: true });
    return { result: { ...campaign, paused: true }, facts };
  },
};

export const resumeEngine: Command<EngineInput, CampaignRow> = {
  action: 'engine.resume',
  permission: 'engine.resume',
  about: ({ campaign }) => ({ campaign, subject: campaign }),
  async handle(act, { campaign: key, reason }) {
    const campaign = await lockCampaign(act.tx, key);
    if (!campaign.paused) already(`The engine of ${key} is running already.`);
    const { facts } = await resume(act, 'CAMPAIGN', key, reason);
    await act.tx.update(CampaignRow, { key }, { paused: false });
    return { result: { ...campaign, paused: false }, facts };
  },
};

/** Stops the flow of a campaign: runs go on, and nobody is mailed by it, by no batch whatever. */
export const pauseFlow: Command<EngineInput, CampaignRow> = {
  action: 'flow.pause',
  permission: 'engine.pause',
  about: ({ campaign }) => ({ campaign, subject: campaign }),
  async handle(act, { campaign: key, reason }) {
    const campaign = await lockCampaign(act.tx, key);
    const { facts } = await pause(act, 'FLOW', key, reason);
    return { result: campaign, facts };
  },
};

export const resumeFlow: Command<EngineInput, CampaignRow> = {
  action: 'flow.resume',
  permission: 'engine.resume',
  about: ({ campaign }) => ({ campaign, subject: campaign }),
  async handle(act, { campaign: key, reason }) {
    const campaign = await lockCampaign(act.tx, key);
    const { facts } = await resume(act, 'FLOW', key, reason);
    return { result: campaign, facts };
  },
};

/** Stops every campaign and whatever runs in the background, in one act: what a change in the supervisor's rules may ask for. */
export const pauseEverything: Command<EverythingInput, EnginePauseRow> = {
  action: 'engine.pauseEverything',
  permission: 'engine.pause',
  about: () => ({ campaign: null, subject: null }),
  async handle(act, { reason }) {
    await lockCampaigns(act.tx);
    const { row, facts } = await pause(act, 'EVERYTHING', null, reason);
    return { result: row, facts };
  },
};

/** What a campaign or flow was paused for by itself stays paused. */
export const resumeEverything: Command<EverythingInput, EnginePauseRow> = {
  action: 'engine.resumeEverything',
  permission: 'engine.resume',
  about: () => ({ campaign: null, subject: null }),
  async handle(act, { reason }) {
    await lockCampaigns(act.tx);
    const { row, facts } = await resume(act, 'EVERYTHING', null, reason);
    if (row === null) throw new Error('a pause of everything is always kept');
    return { result: row, facts };
  },
};

async function pause(
  { tx, now, actor, services }: Act,
  scope: PauseScope,
  campaign: string | null,
  reason: string,
) {
  needNote(reason);
  if ((await pauseInForce(tx, scope, campaign)) !== null) already('It is paused already.');
  const stopped = [
    ...(scope === 'FLOW' ? [] : await scheduledRuns(tx, campaign, now)),
    ...(await underWay(tx, scope, campaign)),
  ];
  const row = tx.create(EnginePauseRow, {
    id: services.ids.next(),
    scope,
    campaign,
    pausedBy: actor.subject,
    pausedAt: now,
    reason,
    stopped,
    resumedBy: null,
    resumedAt: null,
    resumeReason: null,
  });
  await tx.insert(EnginePauseRow, row);
  const details = {
    pause: row.id,
    scope,
    before: 'RUNNING',
    after: 'PAUSED',
    reason,
    stopped: stopped.length,
  };
  return { row, facts: { campaign, subject: campaign ?? row.id, digest: digestOfJson(stopped), details } };
}

async function resume({ tx, now, actor }: Act, scope: PauseScope, campaign: string | null, reason: string) {
  needNote(reason);
  const row = await pauseInForce(tx, scope, campaign);
  // Of a campaign that was paused before pauses were kept, only the campaign says so.
  if (row === null && scope !== 'CAMPAIGN') already('It is not paused.');
  const resumed = { resumedBy: actor.subject, resumedAt: now, resumeReason: reason };
  if (row !== null) await tx.update(EnginePauseRow, { id: row.id }, resumed);
  const details = { pause: row?.id ?? null, scope, before: 'PAUSED', after: 'RUNNING', reason };
  const facts: Facts = { campaign, subject: campaign ?? row?.id ?? null, details };
  return { row: row === null ? null : { ...row, ...resumed }, facts };
}

/** When the schedules would have started the next runs. */
async function scheduledRuns(tx: Transaction, key: string | null, now: Date): Promise<readonly Stopped[]> {
  const campaigns = key === null ? await listCampaigns(tx) : await campaignsByKey(tx, [key]);
  const configs = await configsAt(
    tx,
    campaigns.map((campaign) => campaign.key),
    now,
  );
  return configs.flatMap(({ campaign, settings }) => {
    const zone = campaigns.find((one) => one.key === campaign)?.definition.timeZone;
    if (zone === undefined) return [];
    const dueAt = nextRunAt(settings.schedule, zone, now);
    const due = { week: weekIn(zone, dueAt), dueAt: dueAt.toISOString() };
    return { what: 'SCHEDULED_RUN' as const, campaign, ...due, id: null, status: null };
  });
}

function already(message: string): never {
  return refuse('INVALID_STATE', 'ENGINE_STATE', message);
}
