import type { FeedContract, Label } from './feed-contract.ts';
import type { GateLimits } from './gates/gate-limits.ts';
import type { IsoDate } from './week.ts';
import type { Wording } from './wording.ts';

export const CHECK_NAMES = [
  'FEED_PRESENT',
  'FEED_MANIFEST',
  'FEED_FRESH',
  'FEED_SCHEMA',
  'FEED_FORMAT',
  'FEED_DIGEST',
  'FEED_FORBIDDEN',
  'FEED_KEYS',
  'FEED_FUNDS',
  'FEED_ROWS',
  'FEED_REJECTED',
  'FEED_NULLS',
  'FEED_RATES',
  'MARKET_BAND',
  'DRIFT',
  'FEATURE_SHIFT',
  'VOLUME_BAND',
  'VOLUME_SPIKE',
  'OVERCONFIDENT',
  'SCORE_SHIFT',
  'NARROW',
  'REPEATED',
  'CHALLENGER',
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** What of the review of a batch has limits (review-evidence.ts): seconds to a verdict, share opened, identical verdicts in a row. */
export const REVIEW_MEASURES = ['REVIEW_TIME', 'REVIEW_OPENED', 'REVIEW_STREAK'] as const;
export type ReviewMeasure = (typeof REVIEW_MEASURES)[number];

/** The checks whose limits are settings; the others always halt. */
export const LIMITED_CHECKS = [
  'FEED_ROWS',
  'FEED_REJECTED',
  'FEED_NULLS',
  'FEED_RATES',
  'DRIFT',
  'FEATURE_SHIFT',
  'VOLUME_SPIKE',
  'OVERCONFIDENT',
  'SCORE_SHIFT',
  'NARROW',
  ...REVIEW_MEASURES,
] as const satisfies readonly (CheckName | ReviewMeasure)[];
export type LimitedCheck = (typeof LIMITED_CHECKS)[number];

/** Checks that came after 0.1.0: settings of before do not name them, and there they never fire. */
type LaterCheck = 'FEATURE_SHIFT' | ReviewMeasure;
export type Limits = Readonly<
  Record<Exclude<LimitedCheck, LaterCheck>, Limit> & Partial<Record<LaterCheck, Limit>>
>;

/** What is bad when it is low: there `halt` is not above `warn`. */
export const LOW_IS_BAD: readonly LimitedCheck[] = ['NARROW', 'REVIEW_TIME', 'REVIEW_OPENED'];

/** Above which measured value (below which, for LOW_IS_BAD) a check warns and halts; null never fires. */
export interface Limit {
  readonly warn: number | null;
  readonly halt: number | null;
}

/** The limit of a check that never fires. */
export const NEVER: Limit = { warn: null, halt: null };

/** What a check's limit is where a campaign does not say (feed.md §0). */
export const DEFAULT_LIMITS: Readonly<Record<LimitedCheck, Limit>> = {
  FEED_ROWS: { warn: 0.1, halt: 0.5 },
  FEED_REJECTED: { warn: 0.001, halt: 0.01 },
  FEED_NULLS: { warn: 0.05, halt: 0.2 },
  FEED_RATES: { warn: 0.05, halt: 0.2 },
  DRIFT: { warn: 0.25, halt: null },
  FEATURE_SHIFT: { warn: 0.25, halt: null },
  VOLUME_SPIKE: { warn: 3, halt: 8 },
  OVERCONFIDENT: { warn: 0.05, halt: 0.3 },
  SCORE_SHIFT: { warn: 0.25, halt: null },
  NARROW: { warn: 0.5, halt: null },
  REVIEW_TIME: NEVER,
  REVIEW_OPENED: NEVER,
  REVIEW_STREAK: NEVER,
};

export interface Band {
  readonly min: number;
  readonly max: number;
}

/** A feature held at a value until a date: the governed form of a hotfix. */
export interface FeatureOverride {
  readonly feature: string;
  readonly value: number;
  readonly reason: string;
  readonly expires: IsoDate;
}

/** The settings of a campaign, immutable per config version. Shares are of 1, market bands relative changes. */
export interface Config {
  readonly threshold: number;
  readonly capacity: number;
  readonly minAge: number;
  readonly maxAge: number;
  readonly holdoutShare: number;
  readonly explorationSize: number;
  readonly evaluationWeeks: number;
  readonly restWeeks: number;
  readonly maxMailsPerDay: number;
  readonly maxMailsPer14Days: number;
  readonly volumeMin: number;
  readonly volumeMax: number;
  readonly marketWeekBand: Band | null;
  readonly marketMonthBand: Band | null;
  readonly sampleSize: number;
  /** Cron expression, in the bank's time zone. */
  readonly schedule: string;
  readonly overrides: readonly FeatureOverride[];
  readonly limits: Limits;
  /** By which models are judged; the reviewed ones (DEFAULT_GATE_LIMITS) where the settings do not say. */
  readonly gates?: GateLimits | undefined;
}

export interface DataUseDeclaration {
  readonly columns: readonly string[];
  readonly source: Wording;
  readonly purpose: Wording;
  readonly legalBasis: Wording;
  readonly validUntil: IsoDate;
}

/** A campaign as its `campaign.yaml` defines it (feed.md §0), defaults filled in. */
export interface CampaignDefinition {
  readonly key: string;
  readonly name: Label;
  readonly product: Label;
  readonly timeZone: string;
  readonly contact: Label;
  readonly objection: Label;
  /** The days of the flow's messages after the first. */
  readonly flowDays: readonly number[];
  readonly feed: FeedContract;
  readonly dataUses: readonly DataUseDeclaration[];
  readonly config: Config;
}
