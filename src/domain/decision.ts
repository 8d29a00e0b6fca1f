export const OUTCOMES = ['MAIL', 'HELD_OUT', 'NOT_CHOSEN', 'NOT_ELIGIBLE'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const ARMS = ['MODEL', 'HOLDOUT', 'EXPLORATION'] as const;
export type Arm = (typeof ARMS)[number];

/** Whether the model's choice fell on whoever is in an arm; those who are held out of it were chosen too. */
export function isModelChoice(arm: Arm | null): boolean {
  return arm === 'MODEL' || arm === 'HOLDOUT';
}

/** Why a customer may not be mailed, the most decisive first. */
export const ELIGIBILITY_REASONS = [
  'NOT_PRIVATE',
  'HOLDS_PRODUCT',
  'NO_OPT_IN',
  'OPTED_OUT',
  'UNDER_AGE',
  'AGE_OUT_OF_RANGE',
  'DECEASED',
  'FRAUD_FLAG',
  'NOT_A_CUSTOMER',
  'ADDRESS_BOUNCED',
  'QUIET_LIST',
  'IN_FLOW',
  'RECENTLY_MAILED',
  'CONTACT_PRESSURE',
  'DATA_INCOMPLETE',
] as const;
export type EligibilityReason = (typeof ELIGIBILITY_REASONS)[number];

export const REASONS = [
  'ABOVE_THRESHOLD',
  'BELOW_THRESHOLD',
  'CAPACITY',
  'RANDOM_HOLDOUT',
  'RANDOM_EXPLORATION',
  ...ELIGIBILITY_REASONS,
  'REMOVED_BY_REVIEWER',
  'STOPPED_CONVERTED',
  'STOPPED_OPTED_OUT',
  'STOPPED_BOUNCED',
] as const;
export type Reason = (typeof REASONS)[number];

/** The recorded outcome for one customer in one run. */
export interface Decision {
  readonly customer: string;
  readonly outcome: Outcome;
  readonly arm: Arm | null;
  /** All of them, the decisive one first. */
  readonly reasons: readonly Reason[];
  /** Probability to convert; null for whoever was not eligible and so was not scored. */
  readonly score: number | null;
  /** 1 is the best score of the eligible. */
  readonly rank: number | null;
}

/**
 * What a decision's leaf in the run's Merkle tree says: a JSON array in RFC 8785 form, so that anyone can write it again.
 * `["decision/1",row,customer,outcome,arm,[reasons],score,rank,salt in hex]`. Put together by hand because it is written
 * for every customer: ids and words need no escapes, and numbers are as ECMAScript writes them, as the RFC asks.
 */
export function leafText(row: number, decision: Decision, salt: string): string {
  const { customer, outcome, arm, reasons, score, rank } = decision;
  const quotedArm = arm === null ? 'null' : `"${arm}"`;
  // Most have one reason, which need not be joined to others.
  const words = reasons.length === 1 ? reasons[0] : reasons.join('","');
  return `["decision/1",${row},"${customer}","${outcome}",${quotedArm},["${words}"],${score},${rank},"${salt}"]`;
}
