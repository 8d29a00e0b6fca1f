import { type EntityManager, IsNull, Not } from 'typeorm';
import type { PauseInForce, PauseScope, Stopped } from '../domain/engine-pause.ts';
import { EnginePauseRow } from './engine-pause.row.ts';

/** A pause with what it stopped and until when; of one from before pauses were kept, nothing of that is known. */
export interface KeptPause extends PauseInForce {
  readonly stopped: readonly Stopped[];
  readonly resumedBy: string | null;
  readonly resumedAt: Date | null;
  readonly resumeReason: string | null;
}

/** The newest hundred pauses, the newest first: those in force, the others, or all of them. */
export async function listPauses(db: EntityManager, inForce: boolean | null): Promise<readonly KeptPause[]> {
  if (inForce === true) return (await pausesInForce(db)).toReversed();
  return db.find(EnginePauseRow, {
    where: inForce === null ? {} : { resumedAt: Not(IsNull()) },
    order: { pausedAt: 'DESC', id: 'DESC' },
    take: 100,
  });
}

/** The pauses in force that touch a campaign; of no campaign, those of everything. */
export async function pausesOf(
  db: Pick<EntityManager, 'query'>,
  campaign: string | null,
): Promise<readonly KeptPause[]> {
  return pausesInForce(db, campaign === null ? [] : [campaign]);
}

/** Every pause in force that touches one of the campaigns, those of everything among them; of all campaigns where none are given. */
export async function pausesInForce(
  db: Pick<EntityManager, 'query'>,
  campaigns: readonly string[] | null = null,
): Promise<readonly KeptPause[]> {
  return db.query(
    `select scope, campaign, paused_by as "pausedBy", paused_at as "pausedAt", reason, stopped, null as "resumedBy", null as "resumedAt",
            null as "resumeReason"
     from engine_pause where resumed_at is null and (campaign is null or $1::text[] is null or campaign = any ($1))
     union all
     -- Paused before pauses were kept.
     select 'CAMPAIGN', key, null, null, null, '[]', null, null, null from campaign c
     where paused and ($1::text[] is null or key = any ($1))
       and not exists (select from engine_pause p where p.campaign = c.key and p.scope = 'CAMPAIGN' and p.resumed_at is null)
     order by "pausedAt" nulls first, scope, campaign`,
    [campaigns],
  );
}

/** The pause of a scope that is in force, null where none is. */
export async function pauseInForce(
  tx: EntityManager,
  scope: PauseScope,
  campaign: string | null,
): Promise<EnginePauseRow | null> {
  return tx.findOneBy(EnginePauseRow, { scope, resumedAt: IsNull(), campaign: campaign ?? IsNull() });
}

/** Holds all campaigns, so that nothing of them starts or leaves meanwhile. */
export async function lockCampaigns(tx: EntityManager): Promise<void> {
  await tx.query('select from campaign order by key for no key update');
}

/** Waits for whoever pauses a campaign, and keeps others from it until the transaction ends. */
export async function shareCampaign(tx: EntityManager, key: string): Promise<void> {
  await tx.query('select from campaign where key = $1 for share', [key]);
}

/** A campaign's engine is off, as a condition on the campaign's key in a query. */
export const engineIsOff = (key: string): string =>
  `(exists (select from campaign off where off.key = ${key} and off.paused)
    or exists (select from engine_pause off where off.scope = 'EVERYTHING' and off.resumed_at is null))`;

const STOPPED_BY: Readonly<Record<PauseScope, readonly Exclude<Stopped['what'], 'SCHEDULED_RUN'>[]>> = {
  CAMPAIGN: ['RUN', 'BATCH', 'HAND_OFF'],
  FLOW: ['BATCH', 'HAND_OFF'],
  EVERYTHING: ['RUN', 'BATCH', 'HAND_OFF', 'JUDGING'],
};

/** What is under way that a pause of a scope stops, each kind by campaign and week; schedules are told elsewhere. */
export async function underWay(
  tx: EntityManager,
  scope: PauseScope,
  campaign: string | null,
): Promise<readonly Stopped[]> {
  return tx.query(
    `select what, campaign, week, id, null as "dueAt", status from (
       select 'RUN' as what, campaign, week, id, status, false as fallback, started_at as since from run
       where current and status in ('CHECKING', 'SCORING', 'SELECTING')
       union all
       select 'BATCH', campaign, week, id, status, fallback, created_at from batch where status not in ('RELEASED', 'REJECTED')
       union all
       select 'HAND_OFF', b.campaign, b.week, b.id, b.status, b.fallback, b.created_at
       from hand_off h join batch b on b.id = h.batch_id where h.delivered_at is null
       union all
       select 'JUDGING', campaign, null, id, status, false, registered_at from model_version where status = 'REGISTERED'
     ) as under_way
     where what = any ($1::text[]) and ($2::text is null or campaign = $2) and (not fallback or $3)
     order by array_position($1::text[], what), campaign, week, since, id`,
    [STOPPED_BY[scope], campaign, scope !== 'CAMPAIGN'],
  );
}
