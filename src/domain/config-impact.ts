import type { IsoWeek } from './week.ts';

/** Recipients of an age band, as recorded and with the proposed settings. */
export interface BandImpact {
  readonly band: string;
  readonly before: number;
  readonly after: number;
}

/** What proposed settings would have made of a recorded week: before + enter − leave = after, by customer. */
export interface WeekImpact {
  readonly week: IsoWeek;
  /** Customers whom the record of the week says to mail, erased ones left out. */
  readonly before: number;
  /** Customers whom the same week would mail with the settings. */
  readonly after: number;
  readonly enter: number;
  readonly leave: number;
  /** By age band, every band of the reports. */
  readonly bands: readonly BandImpact[];
}

/** What a config change would have done in the last recorded weeks (domain.md, Config changes), oldest first. */
export interface ConfigImpact {
  readonly weeks: readonly WeekImpact[];
  /** What would have halted, which weeks could not be replayed, whose rows were erased: a sentence each. */
  readonly warnings: readonly string[];
}
