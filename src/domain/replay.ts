import type { Config } from './campaign.ts';
import type { Check } from './check.ts';
import type { BandImpact } from './config-impact.ts';
import type { FeatureDistribution } from './drift-check.ts';
import type { FeatureShift } from './feature-shift.ts';
import type { Output } from './output-check.ts';
import type { IsoWeek } from './week.ts';

/** What is to be otherwise in the weeks that are replayed. */
export interface WhatIf {
  /** The settings in place of those that a week ran with. */
  readonly settings: (recorded: Config) => Config;
  /** The id of the model version in place of the one that a week ran with, null for that one. */
  readonly model: string | null;
  readonly shifts: readonly FeatureShift[];
  /** Whether MARKET_BAND judges a market that is shifted; else such a market is not judged at all. */
  readonly judgeMarket: boolean;
}

/** A recorded week that was decided again from its frozen rows; its output is still to be judged by the weeks before. */
export interface ReplayedWeek {
  readonly week: IsoWeek;
  /** The settings that it was decided with. */
  readonly config: Config;
  /** Days from a flow's first message to its last. */
  readonly flowLength: number;
  /** The day (since 1970-01-01) on which the first message would go out. */
  readonly sendDay: number;
  /** Customers whom the record says to mail, as far as they were not erased; null where nothing was decided. */
  readonly recorded: number | null;
  /** Customers whom the replay says to mail. */
  readonly mailed: readonly string[];
  /** Of them, those whom the record does not mail. */
  readonly enter: number;
  /** Customers whom the record mails and the replay does not. */
  readonly leave: number;
  readonly heldOut: number;
  readonly eligible: number;
  readonly bands: readonly BandImpact[];
  /** Customers of the week who were erased since, and are in no count. */
  readonly erased: number;
  /** The model version that it was decided by. */
  readonly modelId: string;
  /** The checks of feed and market: one that halts comes before anybody is scored. */
  readonly early: readonly Check[];
  /** The checks of features against the model's reference sample. */
  readonly drift: readonly Check[];
  readonly distributions: readonly FeatureDistribution[];
  readonly output: Output;
}

/** A recorded week that cannot be decided so. */
export interface UnreplayedWeek {
  readonly week: IsoWeek;
  readonly recorded: number | null;
  /** What is missing, in a sentence. */
  readonly obstacle: string;
}

/** What a simulation says of a week: counts of customers, nobody by name. */
export interface SimulatedWeek {
  readonly week: IsoWeek;
  /** False where the week cannot be decided so; `halted` then says what is missing, and nothing is counted. */
  readonly replayed: boolean;
  readonly recorded: number | null;
  /** Where something halts, whom it would have proposed otherwise. */
  readonly simulated: number;
  readonly enter: number;
  readonly leave: number;
  readonly heldOut: number;
  readonly eligible: number;
  readonly aboveThreshold: number;
  readonly erased: number;
  /** Of the simulated, those whom the simulation mailed already within their rest: the frozen rows do not know of it. */
  readonly countedAgain: number;
  /** What would have halted the run, check and message. */
  readonly halted: readonly string[];
  readonly warned: readonly string[];
}
