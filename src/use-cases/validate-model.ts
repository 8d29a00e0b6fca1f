import { refuse } from '../domain/refusal.ts';
import { queueJudging } from '../store/model-judging.store.ts';
import type { ModelVersionRow } from '../store/model-version.row.ts';
import type { Command } from './execute.ts';
import { actOn, holdModel, type ModelInput } from './model-act.ts';

/**
 * Has a version judged by all gates again: after data uses were signed off, or the limits of the gates were changed. Until that is
 * done it is REGISTERED, with the verdicts of before. One that waits already answers as it is.
 */
export const validateModel: Command<ModelInput, ModelVersionRow> = {
  action: 'model.validate',
  permission: 'model.validate',
  about: ({ modelId }) => ({ campaign: null, subject: modelId }),
  async handle(act, { modelId }) {
    const model = await holdModel(act.tx, modelId);
    const { campaign, digest, status, gates } = model;
    if (status === 'REGISTERED')
      return { result: model, facts: { campaign, subject: modelId, digest, details: { again: true } } };
    if (status !== 'VALIDATED' && status !== 'REFUSED')
      refuse('INVALID_STATE', 'MODEL_STATUS', `A model version that is ${status} is not validated again.`);
    await queueJudging(act.tx, modelId, act.now);
    const changed = { status: 'REGISTERED' as const, gates };
    return actOn(act, model, { act: 'VALIDATE', changed, note: null, details: {} });
  },
};
