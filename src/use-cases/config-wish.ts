import type { ConfigImpact } from '../domain/config-impact.ts';
import type { ConfigPatch } from '../domain/config-patch.ts';
import { cutEvaluation, type Proposal, proposalOf } from '../domain/config-proposal.ts';
import { Refusal, RefusalError, refuse } from '../domain/refusal.ts';
import { dateIn, weekOf } from '../domain/week.ts';
import type { CampaignRow } from '../store/campaign.row.ts';
import { campaignOf } from '../store/campaign.store.ts';
import { firstWeekOf } from '../store/config-change.store.ts';
import type { ConfigVersionRow } from '../store/config-version.row.ts';
import type { Transaction } from '../store/transaction.ts';
import { standingOf } from './config-change-facts.ts';
import { configImpact } from './config-impact.ts';
import { needNote } from './review-batch.ts';
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
 * Works a wish out outside of the act's transaction: to replay weeks takes its time. What the rules refuse is an answer too, for the
 * act to audit.
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
    const { inForce, circumstances } = await standingOf(manager, campaign, services.clock.now());
    const proposal = proposalOf(inForce.settings, wish.patch, circumstances);
    if (proposal instanceof Refusal) return proposal;
    const impact = await configImpact(services, campaign.key, proposal.settings, IMPACT_WEEKS, signal);
    return { ...wish, base: inForce.number, impact };
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
  const { inForce, circumstances } = await standingOf(tx, campaign, now);
  if (inForce.number !== base)
    refuse('CONFLICT', 'SETTINGS_CHANGED', 'Other settings became effective just now; look at them first.');
  const proposal = proposalOf(inForce.settings, patch, circumstances);
  if (proposal instanceof Refusal) throw new RefusalError(proposal);
  const cutsEvaluation = await cutBy(tx, campaign, inForce, now);
  if (!acceptsEvaluationLoss) needAcceptance(cutsEvaluation);
  return { ...proposal, patch, reason, acceptsEvaluationLoss, base, impact, cutsEvaluation };
}

/** The evaluation that other settings would cut now, in words; null where none. */
export async function cutBy(
  tx: Transaction,
  { definition }: CampaignRow,
  inForce: ConfigVersionRow,
  now: Date,
): Promise<string | null> {
  const since = await firstWeekOf(tx, inForce.id);
  return cutEvaluation(inForce.settings.evaluationWeeks, since, weekOf(dateIn(definition.timeZone, now)));
}

/** Refuses to cut an evaluation whose loss nobody accepted. */
export function needAcceptance(cutsEvaluation: string | null): void {
  if (cutsEvaluation === null) return;
  refuse(
    'INVALID_STATE',
    'EVALUATION_LOSS',
    `${cutsEvaluation} Wait, or accept the loss (acceptsEvaluationLoss).`,
  );
}
