import { refuse } from '../domain/refusal.ts';
import { CampaignRow } from '../store/campaign.row.ts';
import { lockCampaign } from '../store/campaign.store.ts';
import type { Act, Command } from './execute.ts';
import { needNote } from './review-batch.ts';

export interface EngineInput {
  readonly campaign: string;
  readonly reason: string;
}

/** Switches a campaign's engine off: no run starts until it is resumed. */
export const pauseEngine: Command<EngineInput, CampaignRow> = {
  action: 'engine.pause',
  permission: 'engine.pause',
  about: ({ campaign }) => ({ campaign, subject: campaign }),
  handle: (act, input) => switchEngine(act, input, true),
};

export const resumeEngine: Command<EngineInput, CampaignRow> = {
  action: 'engine.resume',
  permission: 'engine.resume',
  about: ({ campaign }) => ({ campaign, subject: campaign }),
  handle: (act, input) => switchEngine(act, input, false),
};

async function switchEngine({ tx }: Act, { campaign: key, reason }: EngineInput, paused: boolean) {
  needNote(reason);
  const campaign = await lockCampaign(tx, key);
  if (campaign.paused === paused) {
    refuse(
      'INVALID_STATE',
      'ENGINE_STATE',
      `The engine of ${key} is ${paused ? 'paused' : 'running'} already.`,
    );
  }
  await tx.update(CampaignRow, { key }, { paused });
  const details = { before: stateOf(!paused), after: stateOf(paused), reason };
  return { result: { ...campaign, paused }, facts: { campaign: key, subject: key, details } };
}

function stateOf(paused: boolean): string {
  return paused ? 'PAUSED' : 'RUNNING';
}
