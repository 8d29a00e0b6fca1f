import type { Transaction } from './transaction.ts';

/** A row with its key as `id`, its other columns under the names by which the log speaks of them. */
export type StateRow = { readonly id: string } & Readonly<Record<string, unknown>>;

/** What to read of each table whose rows the log speaks of; `definition`, `content` and the like are compared by digest. */
const STATE = {
  campaign: `
    select key as id, definition, digest, seed, paused, applied_by as "appliedBy", applied_at as "appliedAt"
    from campaign order by key`,
  feed_contract: `
    select campaign || '/' || number as id, jsonb_build_object('columns', columns) as content, digest,
           effective_from as "effectiveFrom", from_week as "fromWeek", withdrawn_at as "withdrawnAt"
    from feed_contract order by campaign, number`,
  feed_contract_change: `
    select id, campaign, base, jsonb_build_object('columns', columns) as content, digest, reason, status, proposed_by as "proposedBy",
           proposed_at as "proposedAt", decided_by as "decidedBy", decided_at as "decidedAt", note, contract,
           withdrawn_by as "withdrawnBy", withdrawn_at as "withdrawnAt", withdrawal_note as "withdrawalNote"
    from feed_contract_change order by campaign, proposed_at, id`,
  config_version: `
    select campaign || '/' || number as id, settings, digest, created_by as "createdBy", effective_from as "effectiveFrom"
    from config_version order by campaign, number`,
  config_change: `
    select id, campaign, status, digest, revision, proposed_by as "proposedBy", proposed_at as "proposedAt", revised_by as "revisedBy",
           revised_at as "revisedAt", decided_by as "decidedBy", decided_at as "decidedAt", note, version,
           jsonb_build_object('campaign', campaign, 'reason', reason, 'patch', patch, 'base', base, 'settings', settings,
                              'differences', differences, 'impact', impact, 'cutsEvaluation', cuts_evaluation,
                              'acceptsEvaluationLoss', accepts_evaluation_loss, 'revision', revision, 'hands', hands,
                              'needs', needs) as content
    from config_change order by campaign, proposed_at, id`,
  config_approval: `
    select change_id || '/' || revision || '/' || role as id, approved_by as "approvedBy", approved_at as "approvedAt", note
    from config_approval order by change_id, revision, role`,
  data_use: `
    select id, campaign, status, declared_by as "declaredBy", declared_at as "declaredAt", decided_by as "decidedBy",
           decided_at as "decidedAt", note, signed_by as "signedBy", signed_at as "signedAt", signed_note as "signedNote",
           jsonb_build_object('campaign', campaign, 'columns', columns, 'source', source, 'purpose', purpose, 'legalBasis', legal_basis,
                              'validUntil', valid_until::text) as content
    from data_use order by campaign, declared_at, id`,
  model_version: `
    select m.id, m.campaign, m.name, m.version, m.digest, m.model_digest as "modelDigest", m.card_digest as "cardDigest", m.status,
           m.card, m.gates, m.judged_at as "judgedAt", c.number as "judgedConfig", m.registered_by as "registeredBy",
           m.registered_at as "registeredAt", m.approved_by as "approvedBy", m.approved_at as "approvedAt",
           m.live_from as "liveFrom", m.live_until as "liveUntil"
    from model_version m left join config_version c on c.id = m.judged_config and c.campaign = m.campaign
    order by m.registered_at, m.id`,
  model_act: `
    select model_id || '/' || number as id, at, actor, act, before, after, note from model_act order by model_id, number`,
  model_challenge: `
    select campaign || '/' || to_char(active_from at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as id,
           model_id as "modelId", set_by as "setBy"
    from model_challenge order by campaign, active_from`,
  model_activation: `
    select campaign || '/' || to_char(active_from at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as id,
           model_id as "modelId", activated_by as "activatedBy"
    from model_activation order by campaign, active_from`,
  engine_pause: `
    select id, scope, campaign, paused_by as "pausedBy", paused_at as "pausedAt", reason, stopped, resumed_by as "resumedBy",
           resumed_at as "resumedAt", resume_reason as "resumeReason"
    from engine_pause order by paused_at, id`,
  run: `
    select r.id, r.campaign, r.week, r.attempt, r.current, r.trigger, r.status, r.step, r.actor, r.started_at as "startedAt",
           r.finished_at as "finishedAt", c.number as config, c.digest as "configDigest", r.model_id as "modelId", m.digest as model,
           r.contract, f.digest as "contractDigest", r.seed, r.as_of::text as "asOf",
           r.snapshot_rows as "snapshotRows", r.rejected_rows as "rejectedRows", r.snapshot_digest as "snapshotDigest",
           r.decision_root as "decisionRoot", r.manifest, r.manifest_digest as "manifestDigest"
    from run r
    left join config_version c on c.id = r.config_id and c.campaign = r.campaign
    left join model_version m on m.id = r.model_id and m.campaign = r.campaign
    left join feed_contract f on f.campaign = r.campaign and f.number = r.contract
    order by r.started_at, r.id`,
  run_feed_file: `
    select run_id || '/' || name as id, digest, rows, rejected from run_feed_file order by run_id, name`,
  run_challenger: `
    select run_id as id, model_id as "modelId", outcome, reason, scored, root, summary from run_challenger order by run_id`,
  scheduled_start: `
    select campaign || '/' || week as id, due_at as "dueAt", outcome, decided_at as "decidedAt"
    from scheduled_start order by campaign, week`,
  reproduction: `
    select id, run_id as "runId", at, by, verdict, compared, differing, erased, decision_root as "decisionRoot", certificate
    from reproduction order by at, id`,
  batch: `
    select id, campaign, run_id as "runId", snapshot_run_id as "snapshotRunId", drawn_by as "drawnBy", week, status, size, digest, submitted_by as "submittedBy",
           submitted_at as "submittedAt", decided_by as "decidedBy", decided_at as "decidedAt",
           approved_digest as "approvedDigest", held_by as "heldBy", held_from as "heldFrom", released_by as "releasedBy",
           released_at as "releasedAt", note
    from batch order by created_at, id`,
  hand_off: `
    select batch_id as id, file, digest, rows, delivered_at as "deliveredAt" from hand_off order by file`,
  erasure: `
    select id, erased_at as "erasedAt", erased_by as "erasedBy", requested_by as "requestedBy", reason, rows::float8 as rows, digest
    from erasure order by erased_at, id`,
  incident: `
    select id, kind, campaign, run_id as "runId", summary, opened_at as "openedAt", notified_at as "notifiedAt", resolved_by as "resolvedBy",
           resolved_at as "resolvedAt", note
    from incident order by opened_at, id`,
} as const;
export type StateTable = keyof typeof STATE;

/** All rows of a table of which the log speaks. */
export async function stateOf(tx: Transaction, table: StateTable): Promise<readonly StateRow[]> {
  return tx.query(STATE[table]);
}
