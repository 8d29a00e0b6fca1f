import { unknownOverrides } from '../domain/config-proposal.ts';
import {
  type Acceptance,
  acceptedGates,
  judgeApproval,
  judgeRevocation,
  judgeUse,
} from '../domain/model-life.ts';
import { needNote } from '../domain/note.ts';
import { obey, refuse } from '../domain/refusal.ts';
import { weekIn } from '../domain/schedule.ts';
import { dateIn } from '../domain/week.ts';
import { campaignOf, newestConfig } from '../store/campaign.store.ts';
import { newestContract } from '../store/feed-contract.store.ts';
import { noteModelFrom } from '../store/model-life.store.ts';
import { ModelVersionRow } from '../store/model-version.row.ts';
import { standDown } from './challenger.ts';
import { assertSignedOff } from './data-use-cover.ts';
import type { Act, Command } from './execute.ts';
import { actOn, holdModel, type ModelInput } from './model-act.ts';
import { assertOffers, contractFor } from './offered-columns.ts';

export interface ApproveModel extends ModelInput {
  readonly acceptances: readonly Acceptance[];
  readonly note: string | null;
}

/** Signs a validated model version for production: by another person than registered it, each WARN accepted in writing. */
export const approveModel: Command<ApproveModel, ModelVersionRow> = {
  action: 'model.approve',
  permission: 'model.approve',
  about: ({ modelId }) => ({ campaign: null, subject: modelId }),
  async handle(act, { modelId, acceptances, note }) {
    const { tx, now, actor } = act;
    const model = await holdModel(tx, modelId);
    obey(judgeApproval(model, actor.subject));
    const gates = acceptedGates(model.gates, acceptances, actor.subject);
    const changed = { gates, status: 'APPROVED' as const, approvedBy: actor.subject, approvedAt: now };
    const accepted = gates.flatMap(({ name, acceptance }) =>
      acceptance === null ? [] : [`${name}: ${acceptance}`],
    );
    const details = { registeredBy: model.registeredBy, accepted, reason: note };
    return actOn(act, model, { act: 'APPROVE', changed, note, details });
  },
};

/**
 * Takes an approval back, with a note why: the version is VALIDATED again, its acceptances are void, and it is in production or
 * challenger no more. A run under way that has not decided decides nothing with it.
 */
export const revokeModel: Command<ModelInput & { note: string }, ModelVersionRow> = {
  action: 'model.revoke',
  permission: 'model.revoke',
  about: ({ modelId }) => ({ campaign: null, subject: modelId }),
  async handle(act, { modelId, note }) {
    const model = await holdModel(act.tx, modelId);
    needNote(note);
    obey(judgeRevocation(model, act.actor.subject));
    const gates = model.gates.map((gate) => ({ ...gate, acceptedBy: null, acceptance: null }));
    const changed = {
      gates,
      status: 'VALIDATED' as const,
      approvedBy: null,
      approvedAt: null,
      ...(await takeOut(act, model)),
    };
    const details = { approvedBy: model.approvedBy, reason: note };
    return actOn(act, model, { act: 'REVOKE', changed, note, details });
  },
};

/** Refuses a model that lacks a feature which the settings hold at a value: no run could be made of both. */
async function assertOverridesFit({ tx, now }: Act, { campaign: key, card }: ModelVersionRow): Promise<void> {
  const { definition } = await campaignOf(tx, key);
  const { settings } = await newestConfig(tx, key);
  const features = card.features.map(({ name }) => name);
  const unknown = unknownOverrides(settings.overrides, features, dateIn(definition.timeZone, now));
  if (unknown.length > 0)
    refuse(
      'CONFLICT',
      'OVERRIDES',
      `The settings hold ${unknown.join(', ')} at a value, which the model version does not have: change them first.`,
    );
}

/** Puts an approved (or earlier live) model version into production from the next run on, instead of the one before. */
export const activateModel: Command<ModelInput, ModelVersionRow> = {
  action: 'model.activate',
  permission: 'model.activate',
  about: ({ modelId }) => ({ campaign: null, subject: modelId }),
  async handle(act, { modelId }) {
    const { tx, now, actor } = act;
    const model = await holdModel(tx, modelId);
    obey(judgeUse(model, actor.subject));
    await assertSignedOff(tx, model, now);
    await assertOverridesFit(act, model);
    const { timeZone } = (await campaignOf(tx, model.campaign)).definition;
    await contractFor(tx, model, weekIn(timeZone, now));
    assertOffers(await newestContract(tx, model.campaign), model);
    await standDown(act, model);
    const { campaign } = model;
    const before = await tx.findOneBy(ModelVersionRow, { campaign, status: 'LIVE' });
    if (before !== null) {
      const replaced = { status: 'RETIRED' as const, liveUntil: now };
      await actOn(act, before, { act: 'REPLACE', changed: replaced, note: null, details: {} });
    }
    await noteModelFrom(tx, 'model_activation', { campaign, at: now, modelId, actor: actor.subject });
    const changed = { status: 'LIVE' as const, liveFrom: now, liveUntil: null };
    const details = { replaces: before?.digest ?? null };
    return actOn(act, model, { act: 'ACTIVATE', changed, note: null, details });
  },
};

/** Takes a model version out of use, with a note why. */
export const retireModel: Command<ModelInput & { note: string }, ModelVersionRow> = {
  action: 'model.retire',
  permission: 'model.retire',
  about: ({ modelId }) => ({ campaign: null, subject: modelId }),
  async handle(act, { modelId, note }) {
    const model = await holdModel(act.tx, modelId);
    needNote(note);
    if (model.status === 'RETIRED')
      refuse('INVALID_STATE', 'MODEL_STATUS', 'The model version is RETIRED already.');
    const changed = { status: 'RETIRED' as const, ...(await takeOut(act, model)) };
    return actOn(act, model, { act: 'RETIRE', changed, note, details: { reason: note } });
  },
};

/** Ends that a version is in production or challenger; answers what that makes of its row. */
async function takeOut(act: Act, model: ModelVersionRow): Promise<{ readonly liveUntil?: Date }> {
  await standDown(act, model);
  if (model.status !== 'LIVE') return {};
  const { tx, now, actor } = act;
  const { campaign } = model;
  await noteModelFrom(tx, 'model_activation', { campaign, at: now, modelId: null, actor: actor.subject });
  return { liveUntil: now };
}
