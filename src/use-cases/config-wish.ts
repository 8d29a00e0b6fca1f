import type { ConfigImpact } from '../domain/config-impact.ts';
import type { ConfigPatch } from '../domain/config-patch.ts';
import { judgeLoss, type Proposal, proposalOf } from '../domain/config-proposal.ts';
import { needNote } from '../domain/note.ts';
import { obey, type Refusal, RefusalError, refuse } from '../domain/refusal.ts';
import type { CampaignRow } from '../store/campaign.row.ts';
import { campaignOf } from '../store/campaign.store.ts';
import type { Transaction } from '../store/transaction.ts';
import { configImpact } from './config-impact.ts';
import { standingOf } from './config-standing.ts';
import { assertGoing } from './engine.ts';
import type { Services } from './services.ts';

/** How many of the last recorded weeks the impact of a change is shown on. */
const IMPACT_WEEKS = 8;

/** What somebody wants of the settings, and why. */
export interface Wish {
  readonly patch: ConfigPatch;
  readonly reason: string;
  /** Whoever changes settings in the middle of an evaluation says that they know. */
  readonly acceptsEvaluationLoss: boolean;
}

/** A wish that was worked out against the settings that were in force. */
export interface WorkedWish extends Wish {
  readonly campaign: string;
  /** The revision of the change that is to be edited, 0 of a new one. */
  readonly revision: number;
  /** The number of those settings. */
  readonly base: number;
  readonly impact: ConfigImpact;
}

/** All that a wish makes of the settings in force. */
export interface WishedSettings extends Proposal, Wish {
  readonly base: number;
  readonly impact: ConfigImpact;
  readonly cutsEvaluation: string | null;
}

/**
 * Works a wish out outside of the act's transaction: to replay weeks takes its time, and is refused while everything is paused. What
 * the rules refuse is an answer too, for the act to audit.
 */
export async function workOut(
  services: Services,
  wishOf: () => Promise<Wish & Pick<WorkedWish, 'campaign' | 'revision'>>,
  signal: AbortSignal,
): Promise<WorkedWish | Refusal> {
  const { manager } = services.db;
  try {
    const wish = await wishOf();
    needNote(wish.reason);
    const campaign = await campaignOf(manager, wish.campaign);
    await assertGoing(manager, campaign.key, 'BACKGROUND');
    const standing = await standingOf(manager, campaign, services.clock.now());
    const { number: base, settings: inForce } = standing.inForce;
    const { settings } = obey(proposalOf(inForce, wish.patch, standing));
    obey(judgeLoss(standing.cutsEvaluation, wish.acceptsEvaluationLoss));
    return {
      ...wish,
      base,
      impact: await configImpact(services, campaign.key, settings, IMPACT_WEEKS, signal),
    };
  } catch (error) {
    if (error instanceof RefusalError) return error.refusal;
    throw error;
  }
}

/** The settings of a wish in the act's transaction, judged again by what holds now. Throws RefusalError. */
export async function wishedSettings(
  tx: Transaction,
  campaign: CampaignRow,
  { base, impact, patch, reason, acceptsEvaluationLoss }: WorkedWish,
  now: Date,
): Promise<WishedSettings> {
  const standing = await standingOf(tx, campaign, now);
  const { inForce, cutsEvaluation } = standing;
  if (inForce.number !== base)
    refuse('CONFLICT', 'SETTINGS_CHANGED', 'Other settings became effective just now; look at them first.');
  const proposal = obey(proposalOf(inForce.settings, patch, standing));
  obey(judgeLoss(cutsEvaluation, acceptsEvaluationLoss));
  return { ...proposal, patch, reason, acceptsEvaluationLoss, base, impact, cutsEvaluation };
}
