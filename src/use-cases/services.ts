import type { ExportedLog } from '../audit/export.ts';
import type { ExportTarget } from '../audit/export-folder.ts';
import type { TombstoneOf } from '../audit/tombstone.ts';
import type { JudgingProgress } from '../domain/judging.ts';
import type { Pace } from '../domain/pace.ts';
import type {
  Clock,
  FeedSource,
  Ids,
  MailTool,
  ModelPackageReader,
  Notifier,
  PageWriter,
  Phrasebook,
  Randomness,
  Scorer,
} from '../domain/ports.ts';
import type { Retention } from '../domain/retention.ts';
import type { IsoWeek } from '../domain/week.ts';
import type { Database } from '../store/transaction.ts';

/** How far a run is; `total` is 0 while it is not known. */
export interface RunProgress {
  readonly runId: string;
  readonly campaign: string;
  readonly week: IsoWeek;
  readonly step: string;
  readonly done: number;
  readonly total: number;
}

/** What the acts of the service need of the world; built in app.ts. */
export interface Services {
  readonly db: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly randomness: Randomness;
  readonly feeds: FeedSource;
  readonly scorer: Scorer;
  readonly packages: ModelPackageReader;
  readonly mailTool: MailTool;
  readonly notifier: Notifier;
  /** The texts of explanations. */
  readonly phrases: Phrasebook;
  readonly pages: PageWriter;
  /** Tells whoever watches; never waited for. */
  readonly progress: (progress: RunProgress) => void;
  /** Tells whoever watches how the judging of a model version goes on, and keeps it with the version; never waited for. */
  readonly judging: (progress: JudgingProgress) => void;
  /** Where the audit log is exported to as it grows; null where it is not. */
  readonly auditExport: { readonly folder: ExportTarget; readonly log: ExportedLog } | null;
  /** Signs a text that ends in a newline with the key of the audit log; answers the signed note. */
  readonly sign: (text: string) => string;
  /** What stays of an erased customer. */
  readonly tombstoneOf: TombstoneOf;
  /** How long each kind of record is kept. */
  readonly retention: Retention;
  /** How customers may be read. */
  readonly reading: {
    /** Whether a read must say for what. */
    readonly purposeRequired: boolean;
    /** Of each agent of the contact centre. */
    readonly pace: Pace;
    /** How many different customers somebody opens within an hour before an incident says so. */
    readonly alarmAt: number;
  };
  /** What executes, as manifests record it. */
  readonly engine: { readonly version: string; readonly commit: string | null };
}
