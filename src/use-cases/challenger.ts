import { judgeUse } from '../domain/model-life.ts';
import { needNote } from '../domain/note.ts';
import { obey, refuse } from '../domain/refusal.ts';
import { challengerAt } from '../store/model.reads.ts';
import { noteModelFrom } from '../store/model-life.store.ts';
import type { ModelVersionRow } from '../store/model-version.row.ts';
import { assertSignedOff } from './data-use-cover.ts';
import type { Act, Command } from './execute.ts';
import { actOn, holdModel, type ModelInput } from './model-act.ts';

/** Has an approved version score in the shadow of a campaign's runs, from the next run on, instead of the challenger before. */
export const setChallenger: Command<ModelInput, ModelVersionRow> = {
  action: 'model.setChallenger',
  permission: 'model.challenge',
  about: ({ modelId }) => ({ campaign: null, subject: modelId }),
  async handle(act, { modelId }) {
    const { tx, now, actor } = act;
    const model = await holdModel(tx, modelId);
    obey(judgeUse(model, actor.subject));
    await assertSignedOff(tx, model, now);
    const { campaign } = model;
    const before = await challengerAt(tx, campaign, now);
    if (before?.id === modelId)
      refuse('INVALID_STATE', 'CHALLENGER', 'The model version is the challenger already.');
    await noteModelFrom(tx, 'model_challenge', { campaign, at: now, modelId, actor: actor.subject });
    const details = { replaces: before?.digest ?? null };
    return actOn(act, model, { act: 'SET_CHALLENGER', note: null, details });
  },
};

/** Has the challenger of a campaign score no more: at once, and of a run that it is scoring nothing is recorded. */
export const clearChallenger: Command<ModelInput & { note: string }, ModelVersionRow> = {
  action: 'model.clearChallenger',
  permission: 'model.challenge',
  about: ({ modelId }) => ({ campaign: null, subject: modelId }),
  async handle(act, { modelId, note }) {
    const model = await holdModel(act.tx, modelId);
    needNote(note);
    if (!(await standDown(act, model)))
      refuse('INVALID_STATE', 'CHALLENGER', 'The model version is not the challenger of its campaign.');
    return actOn(act, model, { act: 'CLEAR_CHALLENGER', note, details: { reason: note } });
  },
};

/** Ends that a version, held by the act, is the challenger of its campaign; false where it is not. */
export async function standDown({ tx, now, actor }: Act, model: ModelVersionRow): Promise<boolean> {
  const { campaign, id } = model;
  const challenger = await challengerAt(tx, campaign, now);
  if (challenger?.id !== id) return false;
  await noteModelFrom(tx, 'model_challenge', { campaign, at: now, modelId: null, actor: actor.subject });
  return true;
}
