import type { RecipientStatus } from './batch.ts';
import type { CampaignDefinition, Config } from './campaign.ts';
import type { Decision, EligibilityReason, Outcome } from './decision.ts';
import type { FeedContract } from './feed-contract.ts';
import type { ModelCard } from './model-card.ts';
import type { AttributionMethod } from './shapley.ts';
import type { IsoDate, IsoWeek } from './week.ts';
import type { Wording } from './wording.ts';

export const AUDIENCES = ['INTERNAL', 'CUSTOMER'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** The rules in the order in which a run judges them: who may be mailed, then who is chosen. */
export type Rule = EligibilityReason | 'THRESHOLD' | 'CAPACITY' | 'HOLDOUT' | 'EXPLORATION';

/** How one rule fell out for a customer. A rule of two limits has two of these. */
export interface RuleOutcome {
  readonly rule: Rule;
  /** What the record holds: a flag, an age in years, days, mails, a score, a rank, the fraction that chance drew; null when missing. */
  readonly value: number | boolean | null;
  /** What it is held against, in the same unit; null where the rule has none. */
  readonly limit: number | boolean | null;
  /** NOT_JUDGED: nothing came so far, or the feed contract leaves the column out. */
  readonly verdict: 'PASS' | 'FAIL' | 'NOT_JUDGED';
  /** Whether the limit is a setting of the config version; false for what law, the feed or the flow fixes. */
  readonly setting: boolean;
}

/** What one feature added to the score, or took from it. */
export interface Contribution {
  readonly feature: string;
  readonly value: number;
  /** Shapley value, in units of the score. */
  readonly contribution: number;
  /** Of a sampled value; null where it is exact. */
  readonly standardError: number | null;
  /** The columns that the feature was computed from, as they stood in the feed. */
  readonly parts: readonly { readonly column: string; readonly value: number | string | null }[];
}

/** The smallest change of one changeable feature that turns the outcome, as found by executing the model of the week. */
export interface Counterfactual {
  readonly feature: string;
  readonly from: number;
  readonly to: number;
  readonly scoreAfter: number;
  readonly outcomeAfter: Outcome;
}

/** Why a decision fell as it did: language-free, computed from the record of its week, stored once. */
export interface ExplanationFacts {
  readonly format: 'explanation/1';
  readonly asOf: IsoDate;
  /** When the customer consented, where the feed says it. */
  readonly consentedOn: IsoDate | null;
  readonly rules: readonly RuleOutcome[];
  /** Null for whoever was not scored. Contributions in card order; baseline + their sum is the score, to 1e-6. */
  readonly attribution: {
    readonly method: AttributionMethod;
    readonly baseline: number;
    readonly contributions: readonly Contribution[];
  } | null;
  /** Null where no change of one changeable feature turns the outcome, and for whoever was not scored. */
  readonly counterfactual: Counterfactual | null;
}

/** What became of a customer who was in the batch. */
export interface MailOutcome {
  readonly status: RecipientStatus;
  /** Of a removal by the reviewer. */
  readonly removal: { readonly by: string; readonly at: Date; readonly note: string } | null;
  /** When the batch was approved by another person, and handed over. */
  readonly approvedAt: Date | null;
  readonly releasedAt: Date | null;
}

/** How a customer came into a fallback batch: no run decided it. */
export interface Drawn {
  readonly batch: string;
  readonly at: Date;
  /** By which rule the release dropped them; null where it did not. */
  readonly dropped: EligibilityReason | null;
}

/** Everything that the texts of an explanation are written from; all but the campaign's address of that week's record. */
export interface ExplainedDecision {
  readonly week: IsoWeek;
  readonly campaign: CampaignDefinition;
  readonly contract: FeedContract;
  readonly card: ModelCard;
  readonly config: { readonly number: number; readonly settings: Config };
  /** The data uses that were signed off and in force for the run, or on the day of the draw. */
  readonly dataUses: readonly {
    readonly columns: readonly string[];
    readonly source: Wording;
    readonly purpose: Wording;
    readonly legalBasis: Wording;
  }[];
  readonly decision: Decision;
  readonly facts: ExplanationFacts;
  /** Null for whoever was in no batch. */
  readonly mail: MailOutcome | null;
  /** Of whoever was drawn while the engine was off; left out of what a run decided. The card then counts for nothing. */
  readonly drawn?: Drawn;
  /** The draw of the same week, beside what its run decided. */
  readonly beside?: ExplainedDecision & { readonly drawn: Drawn };
}
