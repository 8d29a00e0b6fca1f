import { digestOfJson } from '../audit/digest.ts';
import type { ModelAct } from '../domain/model-life.ts';
import { refuse } from '../domain/refusal.ts';
import { lockCampaign } from '../store/campaign.store.ts';
import { modelById } from '../store/model.reads.ts';
import { noteModelAct } from '../store/model-life.store.ts';
import { ModelVersionRow } from '../store/model-version.row.ts';
import type { Transaction } from '../store/transaction.ts';
import type { Act, Facts } from './execute.ts';

/** The model version that an act is about. */
export interface ModelInput {
  readonly modelId: string;
}

/**
 * A model version, held for the transaction with its campaign: first the campaign, as whoever registers a version or starts a run
 * does, so that no act comes between two others. Refuses NOT_FOUND.
 */
export async function holdModel(tx: Transaction, id: string): Promise<ModelVersionRow> {
  const asked = await modelById(tx, id);
  if (asked === null) return refuse('NOT_FOUND', 'MODEL', 'There is no such model version.');
  await lockCampaign(tx, asked.campaign);
  return tx.findOneOrFail(ModelVersionRow, { where: { id }, lock: { mode: 'pessimistic_write' } });
}

/** What an act makes of a model version, and what is said of it. */
export interface ModelChange {
  readonly act: ModelAct;
  readonly changed?: Partial<
    Pick<
      ModelVersionRow,
      | 'status'
      | 'gates'
      | 'judgedAt'
      | 'judgedConfig'
      | 'approvedBy'
      | 'approvedAt'
      | 'liveFrom'
      | 'liveUntil'
    >
  >;
  readonly note: string | null;
  readonly details: NonNullable<Facts['details']>;
}

/** Changes a model version that the transaction holds, and notes the act. */
export async function actOn(
  { tx, now, actor }: Act,
  model: ModelVersionRow,
  { act, changed = {}, note, details }: ModelChange,
): Promise<{ readonly result: ModelVersionRow; readonly facts: Facts }> {
  const before = model.status;
  const after = changed.status ?? before;
  const modelId = model.id;
  if (Object.keys(changed).length > 0) await tx.update(ModelVersionRow, { id: modelId }, changed);
  await noteModelAct(tx, { modelId, at: now, actor: actor.subject, act, before, after, note });
  const gates =
    changed.gates === undefined
      ? {}
      : { gatesBefore: digestOfJson(model.gates), gatesAfter: digestOfJson(changed.gates) };
  const { campaign, digest, name, version } = model;
  return {
    result: { ...model, ...changed },
    facts: {
      campaign,
      subject: modelId,
      digest,
      details: { name, version, before, after, ...gates, ...details },
    },
  };
}
