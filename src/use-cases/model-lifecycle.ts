import { digestOfJson } from '../audit/digest.ts';
import { columnsOfCard } from '../domain/model-card.ts';
import { dataUseGate } from '../domain/model-gate.ts';
import type { JudgedGate } from '../domain/model-version.ts';
import { refuse } from '../domain/refusal.ts';
import { dateIn } from '../domain/week.ts';
import { lockCampaign } from '../store/campaign.store.ts';
import { DataUseRow } from '../store/data-use.row.ts';
import { ModelVersionRow } from '../store/model-version.row.ts';
import { isUuid } from '../store/slice.ts';
import type { Transaction } from '../store/transaction.ts';
import type { Command, Facts } from './execute.ts';
import { needNote } from './review-batch.ts';
import { assertSignedOff } from './start-run.ts';

export interface ModelInput {
  readonly modelId: string;
}

/** Judges anew what may have changed since the registration: whether the model's columns are signed off. */
export const validateModel: Command<ModelInput, ModelVersionRow> = {
  action: 'model.validate',
  permission: 'model.validate',
  about: ({ modelId }) => ({ campaign: null, subject: modelId }),
  async handle({ tx, now }, { modelId }) {
    const model = await lockModel(tx, modelId);
    if (model.status !== 'REGISTERED' && model.status !== 'VALIDATED') {
      refuse(
        'INVALID_STATE',
        'MODEL_STATUS',
        `A model version that is ${model.status} is not validated again.`,
      );
    }
    const { definition } = await lockCampaign(tx, model.campaign);
    const uses = await tx.findBy(DataUseRow, { campaign: model.campaign, status: 'SIGNED_OFF' });
    const covered = dataUseGate(columnsOfCard(model.card), uses, dateIn(definition.timeZone, now));
    const gates = model.gates.map((gate) =>
      gate.name === covered.name ? { ...covered, acceptedBy: null, acceptance: null } : gate,
    );
    const changed = { gates, status: 'VALIDATED' as const };
    await tx.update(ModelVersionRow, { id: modelId }, changed);
    return { result: { ...model, ...changed }, facts: factsOf(model, changed, { dataUse: covered.verdict }) };
  },
};

export interface ApproveModel extends ModelInput {
  readonly acceptances: readonly { readonly gate: string; readonly reason: string }[];
  readonly note: string | null;
}

/** Signs a validated model version for production: by another person than registered it, each WARN accepted in writing. */
export const approveModel: Command<ApproveModel, ModelVersionRow> = {
  action: 'model.approve',
  permission: 'model.approve',
  about: ({ modelId }) => ({ campaign: null, subject: modelId }),
  async handle({ tx, now, actor }, { modelId, acceptances, note }) {
    const model = await lockModel(tx, modelId);
    if (model.status !== 'VALIDATED')
      refuse('INVALID_STATE', 'MODEL_STATUS', `The model version is ${model.status}, not VALIDATED.`);
    if (model.registeredBy === actor.subject)
      refuse('FOUR_EYES', 'ANOTHER_PERSON', 'Another person must approve what you registered.');
    const gates = model.gates.map((gate): JudgedGate => {
      if (gate.verdict === 'FAIL') return refuse('GATE_FAILED', gate.name, gate.message);
      if (gate.verdict === 'PASS') return gate;
      const reason = acceptances.find((acceptance) => acceptance.gate === gate.name)?.reason.trim() ?? '';
      if (reason === '')
        refuse(
          'GATE_FAILED',
          gate.name,
          `${gate.name} warns and needs a written acceptance: ${gate.message}`,
        );
      return { ...gate, acceptedBy: actor.subject, acceptance: reason };
    });
    const changed = { gates, status: 'APPROVED' as const, approvedBy: actor.subject, approvedAt: now };
    await tx.update(ModelVersionRow, { id: modelId }, changed);
    const accepted = gates.flatMap(({ name, acceptance }) =>
      acceptance === null ? [] : [`${name}: ${acceptance}`],
    );
    const { registeredBy } = model;
    return {
      result: { ...model, ...changed },
      facts: factsOf(model, changed, { registeredBy, accepted, reason: note }),
    };
  },
};

/** Puts an approved (or earlier live) model version into production from the next run on, instead of the one before. */
export const activateModel: Command<ModelInput, ModelVersionRow> = {
  action: 'model.activate',
  permission: 'model.activate',
  about: ({ modelId }) => ({ campaign: null, subject: modelId }),
  async handle({ tx, now, actor }, { modelId }) {
    const model = await lockModel(tx, modelId);
    await lockCampaign(tx, model.campaign);
    const returning = model.status === 'RETIRED' && model.approvedBy !== null && model.liveFrom !== null;
    if (model.status !== 'APPROVED' && !returning) {
      refuse('INVALID_STATE', 'MODEL_STATUS', `The model version is ${model.status}, not APPROVED.`);
    }
    await assertSignedOff(tx, model, now);
    const before = await tx.findOneBy(ModelVersionRow, { campaign: model.campaign, status: 'LIVE' });
    if (before !== null)
      await tx.update(ModelVersionRow, { id: before.id }, { status: 'RETIRED', liveUntil: now });
    const changed = { status: 'LIVE' as const, liveFrom: now, liveUntil: null };
    await tx.update(ModelVersionRow, { id: modelId }, changed);
    await noteActivation(tx, model.campaign, modelId, actor.subject, now);
    return {
      result: { ...model, ...changed },
      facts: factsOf(model, changed, { replaces: before?.digest ?? null }),
    };
  },
};

/** Takes a model version out of use, with a note why. */
export const retireModel: Command<ModelInput & { note: string }, ModelVersionRow> = {
  action: 'model.retire',
  permission: 'model.retire',
  about: ({ modelId }) => ({ campaign: null, subject: modelId }),
  async handle({ tx, now, actor }, { modelId, note }) {
    const model = await lockModel(tx, modelId);
    needNote(note);
    if (model.status === 'RETIRED')
      refuse('INVALID_STATE', 'MODEL_STATUS', 'The model version is RETIRED already.');
    const live = model.status === 'LIVE';
    const changed = { status: 'RETIRED' as const, ...(live ? { liveUntil: now } : {}) };
    await tx.update(ModelVersionRow, { id: modelId }, changed);
    if (live) await noteActivation(tx, model.campaign, null, actor.subject, now);
    return { result: { ...model, ...changed }, facts: factsOf(model, changed, { reason: note }) };
  },
};

async function lockModel(tx: Transaction, id: string): Promise<ModelVersionRow> {
  const model = isUuid(id)
    ? await tx.findOne(ModelVersionRow, { where: { id }, lock: { mode: 'pessimistic_write' } })
    : null;
  return model ?? refuse('NOT_FOUND', 'MODEL', 'There is no such model version.');
}

async function noteActivation(
  tx: Transaction,
  campaign: string,
  modelId: string | null,
  by: string,
  at: Date,
): Promise<void> {
  await tx.query(
    'insert into model_activation (campaign, active_from, model_id, activated_by) values ($1, $2, $3, $4)',
    [campaign, at, modelId, by],
  );
}

function factsOf(
  model: ModelVersionRow,
  changed: Partial<Pick<ModelVersionRow, 'status' | 'gates'>>,
  details: NonNullable<Facts['details']>,
): Facts {
  const gates =
    changed.gates === undefined
      ? {}
      : { gatesBefore: digestOfJson(model.gates), gatesAfter: digestOfJson(changed.gates) };
  const status = { before: model.status, after: changed.status ?? model.status };
  return {
    campaign: model.campaign,
    subject: model.id,
    digest: model.digest,
    details: { name: model.name, version: model.version, ...status, ...gates, ...details },
  };
}
