import type { DataUseDeclaration } from '../campaign.ts';
import type { DataUseStatus } from '../data-use.ts';
import type { FeedContract, Label } from '../feed-contract.ts';
import type { ModelCard } from '../model-card.ts';
import type { ModelPeriod, PastAct } from '../model-life.ts';
import type { JudgedGate, ModelStatus } from '../model-version.ts';
import type { WeekCounts } from '../training-table.ts';
import type { IsoDate, IsoWeek } from '../week.ts';

/** The forms in which a page is given. */
export const PAGE_FORMATS = ['MARKDOWN', 'HTML'] as const;
export type PageFormat = (typeof PAGE_FORMATS)[number];

/** All that the page of a model version tells of: its package, what the gates found, its life. Texts as they were delivered. */
export interface ModelPageFacts {
  /** The instant for which the page is true. */
  readonly at: Date;
  /** Its day on the calendar of the bank's time zone. */
  readonly day: IsoDate;
  readonly card: ModelCard;
  readonly status: ModelStatus;
  readonly digest: string;
  readonly campaign: { readonly key: string; readonly name: Label };
  readonly registeredBy: string;
  readonly registeredAt: Date;
  /** The feed contract in force. */
  readonly contract: FeedContract;
  readonly gates: readonly JudgedGate[];
  readonly dataUses: readonly (DataUseDeclaration & {
    readonly status: DataUseStatus;
    readonly decidedBy: string | null;
  })[];
  readonly history: readonly PastAct[];
  readonly live: readonly ModelPeriod[];
  readonly challenger: readonly ModelPeriod[];
  /** By week and attempt, the oldest first. */
  readonly runs: readonly { readonly week: IsoWeek; readonly attempt: number; readonly status: string }[];
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly digest: string }[];
  /** Rows and weeks of training.csv, rows and converters up to the end of training and after it, rows of reference.csv. */
  readonly training: {
    readonly weeks: readonly WeekCounts[];
    readonly reference: number;
  };
}
