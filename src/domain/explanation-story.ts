import type { Decision, Reason } from './decision.ts';
import type { Audience, ExplainedDecision } from './explanation.ts';

/** How a decision came about, of which each is told in its own words. */
export type Why =
  | 'MODEL'
  | 'EXPLORATION'
  | 'EXPLORATION_CAPACITY'
  | 'HELD_OUT'
  | 'BELOW_THRESHOLD'
  | 'CAPACITY'
  | 'NOT_ELIGIBLE';

/** What became of a customer who was to be mailed; APPROVED: the batch was, and waits to be released. */
export type Fate = 'RELEASED' | 'APPROVED' | 'PROPOSED' | 'REMOVED' | 'REJECTED' | 'DROPPED' | 'NO_BATCH';

export function whyOf({ outcome, arm, reasons }: Decision): Why {
  const overCapacity = reasons.includes('CAPACITY');
  switch (outcome) {
    case 'MAIL':
      if (arm !== 'EXPLORATION') return 'MODEL';
      return overCapacity ? 'EXPLORATION_CAPACITY' : 'EXPLORATION';
    case 'NOT_CHOSEN':
      return overCapacity ? 'CAPACITY' : 'BELOW_THRESHOLD';
    default:
      return outcome;
  }
}

/** Null for whoever was not to be mailed. */
export function fateOf({ decision, mail }: ExplainedDecision): Fate | null {
  if (decision.outcome !== 'MAIL') return null;
  if (mail === null) return 'NO_BATCH';
  return mail.status === 'PROPOSED' && mail.approvedAt !== null ? 'APPROVED' : mail.status;
}

/**
 * What the bank noted about somebody and does not tell in a letter: that there is a suspicion may not be tipped off, a
 * death is not told to who opens the mail, and the quiet list shares their one sentence so that it gives neither away.
 */
const UNTOLD: ReadonlySet<Reason> = new Set(['DECEASED', 'FRAUD_FLAG', 'QUIET_LIST']);

/** The reasons that an audience is told, a removal by the reviewer before those of the run. */
export function reasonsTold({ decision, mail }: ExplainedDecision, audience: Audience): readonly Reason[] {
  const removed: readonly Reason[] = mail?.status === 'REMOVED' ? ['REMOVED_BY_REVIEWER'] : [];
  const reasons = [...new Set([...removed, ...decision.reasons])];
  return audience === 'INTERNAL' ? reasons : reasons.filter((reason) => !UNTOLD.has(reason));
}
