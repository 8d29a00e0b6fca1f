import type { IsoDate, IsoWeek } from './week.ts';

/** A file of the feed as it was used. */
export interface ManifestFile {
  readonly name: string;
  readonly digest: string;
  readonly rows: number;
  readonly rejected: number;
}

/** Whatever influenced the outcome of a run, by value or digest: reproducing needs it and the record, nothing else. */
export interface RunManifest {
  readonly format: 'run/1';
  readonly campaign: string;
  readonly week: IsoWeek;
  readonly attempt: number;
  readonly trigger: string;
  readonly actor: string;
  readonly asOf: IsoDate;
  readonly feedFiles: readonly ManifestFile[];
  readonly contract: { readonly number: number; readonly digest: string };
  readonly snapshot: { readonly digest: string; readonly rows: number };
  /** Digest of the fund prices as they were read, by fund and date. */
  readonly funds: string;
  readonly config: { readonly number: number; readonly digest: string };
  readonly flowDays: readonly number[];
  /** The week from which the settings count: the holdout is drawn anew every so many weeks after it. */
  readonly holdoutSince: IsoWeek;
  readonly model: {
    readonly digest: string;
    readonly modelDigest: string;
    readonly cardDigest: string;
    /** Of what was read in the card, which is what the engine goes by. */
    readonly cardContent: string;
  };
  readonly dataUses: readonly string[];
  readonly seed: string;
  readonly decisionRoot: string;
  readonly engine: { readonly version: string; readonly commit: string | null };
  readonly runtime: string;
  readonly timings: Readonly<Record<string, number>>;
}
