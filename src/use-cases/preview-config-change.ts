import type { Config } from '../domain/campaign.ts';
import type { ConfigImpact } from '../domain/config-impact.ts';
import { type ConfigPatch, patchedConfig } from '../domain/config-patch.ts';
import { Refusal, RefusalError, refuse } from '../domain/refusal.ts';
import { campaignOf, configAt } from '../store/campaign.store.ts';
import { SimulationTurn } from '../store/simulation-turn.ts';
import { MOST_WEEKS, patchTexts, settingsRefusal } from './ask-simulation.ts';
import { configImpact } from './config-impact.ts';
import { assertGoing } from './engine.ts';
import { type Caller, type Command, execute } from './execute.ts';
import type { Services } from './services.ts';

/** Settings that somebody thinks of, and on how many of the last weeks they are to be tried. */
export interface PreviewConfigChange {
  readonly campaign: string;
  readonly patch: ConfigPatch;
  readonly weeks: number;
}

const askPreview: Command<PreviewConfigChange & { readonly turnedAway: Refusal | null }, Config> = {
  action: 'config.preview',
  permission: 'config.preview',
  about: ({ campaign }) => ({ campaign, subject: null }),
  async handle({ tx, now }, { campaign, patch, weeks, turnedAway }) {
    if (turnedAway !== null) throw new RefusalError(turnedAway);
    await campaignOf(tx, campaign);
    await assertGoing(tx, campaign, 'BACKGROUND');
    if (!Number.isInteger(weeks) || weeks < 1 || weeks > MOST_WEEKS)
      refuse('BAD_INPUT', 'WEEKS', `A preview is of 1 to ${MOST_WEEKS} weeks.`);
    const { settings } = await configAt(tx, campaign, now);
    const fault = settingsRefusal(settings, patch);
    if (fault !== null) throw new RefusalError(fault);
    return {
      result: patchedConfig(settings, patch),
      facts: { campaign, subject: null, details: { weeks, settings: patchTexts(patch) } },
    };
  },
};

/**
 * What a config change would have done in the last weeks, before anybody proposes it. Changes nothing but the log. Throws
 * RefusalError, and the signal's reason where it is ended.
 */
export async function previewConfigChange(
  services: Services,
  caller: Caller,
  input: PreviewConfigChange,
  signal: AbortSignal,
): Promise<ConfigImpact> {
  const taken = await SimulationTurn.take(services.db, caller.actor.subject);
  const turnedAway = taken instanceof Refusal ? taken : null;
  await using _turn = taken instanceof Refusal ? null : taken;
  const settings = await execute(services, caller, askPreview, { ...input, turnedAway });
  return configImpact(services, input.campaign, settings, input.weeks, signal);
}
