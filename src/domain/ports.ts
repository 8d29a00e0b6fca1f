import type { GateLimits } from './gates/gate-limits.ts';
import type { GateMaterial } from './gates/gate-material.ts';
import type { ModelPackage } from './model-card.ts';
import type { Gate, GateName } from './model-gate.ts';
import type { Attribution, AttributionMethod } from './shapley.ts';
import type { IsoDate, IsoWeek } from './week.ts';

/** The instant it is. */
export interface Clock {
  now(): Date;
}

/** New ids for new things (UUIDs). */
export interface Ids {
  next(): string;
}

/** Unpredictable bytes: salts and seeds. */
export interface Randomness {
  bytes(count: number): Uint8Array;
}

/** `feed.json`, the manifest of a delivered feed. */
export interface FeedManifest {
  readonly campaign: string;
  readonly week: IsoWeek;
  readonly asOf: IsoDate;
  readonly producedAt: Date;
  readonly files: readonly { readonly name: string; readonly rows: number; readonly sha256: string }[];
}

/**
 * Rows of a delivered file as UTF-8 cells: cell c of row r is
 * `bytes.subarray(cells[2 * (r * width + c)], cells[2 * (r * width + c) + 1])`, empty when missing.
 */
export interface CellBlock {
  readonly bytes: Uint8Array;
  readonly cells: Int32Array;
  readonly rows: number;
  readonly width: number;
  /** The line of each row in its file; the header is line 1. */
  readonly lines: Int32Array;
  /** Rows that do not have as many fields as the header, left out of the block. */
  readonly ragged: readonly { readonly line: number; readonly fields: number }[];
}

/** A file of a feed being read: once, from front to back. Whoever opens one disposes of it. */
export interface FeedFile extends AsyncDisposable {
  readonly header: readonly string[];
  blocks(): AsyncIterable<CellBlock>;
  /** SHA-256 of the bytes as stored, lower-case hex; known when all blocks were read. */
  digest(): string;
}

/** What the warehouse delivered for a week. */
export interface FeedDelivery {
  readonly manifest: FeedManifest;
  open(name: string): Promise<FeedFile>;
}

/** A delivery that cannot be read: says where and which rule, never a value. */
export class FeedError extends Error {
  readonly check: 'FEED_MANIFEST' | 'FEED_FORMAT' | 'FEED_DIGEST' | 'FEED_SCHEMA';
  readonly file: string;
  readonly line: number | null;
  readonly field: string | null;
  readonly rule: string;

  constructor(
    check: FeedError['check'],
    file: string,
    line: number | null,
    field: string | null,
    rule: string,
  ) {
    super(
      [file, line === null ? '' : `line ${line}`, field ?? '', rule].filter((part) => part !== '').join(', '),
    );
    this.name = 'FeedError';
    this.check = check;
    this.file = file;
    this.line = line;
    this.field = field;
    this.rule = rule;
  }
}

/** Where feeds arrive. */
export interface FeedSource {
  /** The feed of a week, undefined when its manifest is not there yet. Throws FeedError on an unreadable manifest. */
  find(campaign: string, week: IsoWeek): Promise<FeedDelivery | undefined>;
  /** The weeks for which a manifest is present, ascending. */
  weeks(campaign: string): Promise<readonly IsoWeek[]>;
}

/** A code of a category feature and the text that it stands for. */
export type CodedText = readonly [code: number, text: string];

/** What a model is opened with. */
export interface ModelSpec {
  readonly model: Uint8Array;
  readonly features: readonly string[];
  readonly output: { readonly name: string; readonly index: number };
  /** The texts behind the codes of category features, by feature: a model may take these as text. */
  readonly texts?: ReadonlyMap<string, readonly CodedText[]>;
}

/** A score shared out over the features that made it. */
export interface ExplainedScore extends Attribution {
  readonly method: AttributionMethod;
  /** Of each sampled value; null where they are exact. */
  readonly standardErrors: Float64Array | null;
}

/** A model opened in a process of its own. */
export interface ScoringSession {
  /** Runtime, version and options, as the manifest records them. */
  readonly runtime: string;
  /** Scores rows × features (row-major) to one probability a row. Throws ScoringError. */
  score(matrix: Float32Array, rows: number): Promise<Float64Array>;
  /**
   * Shapley values of the scores of `rows` against the rows of `reference` (both row-major, features in the spec's order):
   * one explained row a row, exact where it can be. Throws ScoringError.
   */
  explain(reference: Float32Array, rows: Float32Array): Promise<readonly ExplainedScore[]>;
  /**
   * The values of each feature, ascending, at which alone the score steps: up to and with such a value it is as it is just below.
   * Null where the model is not one that steps, or nobody knows where. Throws ScoringError.
   * @param reference as for `explain`
   */
  cuts(reference: Float32Array): Promise<readonly Float32Array[] | null>;
  /**
   * Runs the gates for which the model is asked. Throws ScoringError.
   * @param onGate told of each gate as it is begun
   */
  judge(
    material: GateMaterial,
    limits: GateLimits,
    onGate?: (gate: GateName) => void,
  ): Promise<readonly Gate[]>;
  close(): Promise<void>;
}

/** The languages of the texts. */
export type PhraseLanguage = 'nl' | 'en';

/** Versioned templates of texts in the languages of the service, as ICU messages. */
export interface Phrasebook {
  /** The version that a text was written with, such as `explanation/1`. */
  readonly version: string;
  /** Throws where the phrase is not in the book or a value that it names is missing. */
  say(
    language: PhraseLanguage,
    phrase: string,
    values?: Readonly<Record<string, string | number | Date>>,
  ): string;
}

/** Makes pages of Markdown that stand by themselves. */
export interface PageWriter {
  /** A page in HTML; whatever HTML the Markdown holds is shown, not obeyed. */
  html(page: {
    readonly title: string;
    readonly language: PhraseLanguage;
    readonly markdown: string;
  }): string;
}

/** A model that cannot be opened or run; the message says what is wrong and how to export it instead. */
export class ScoringError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ScoringError';
  }
}

export interface Scorer {
  /** Throws ScoringError. */
  open(spec: ModelSpec): Promise<ScoringSession>;
}

/** One thing wrong with a delivered package. */
export interface PackageFault {
  readonly file: string;
  readonly line: number | null;
  readonly field: string | null;
  readonly rule: string;
}

export class PackageError extends Error {
  readonly faults: readonly PackageFault[];

  constructor(faults: readonly PackageFault[]) {
    super(
      faults
        .map(({ file, line, field, rule }) =>
          [file, line === null ? '' : `line ${line}`, field ?? '', rule]
            .filter((part) => part !== '')
            .join(', '),
        )
        .join('\n'),
    );
    this.name = 'PackageError';
    this.faults = faults;
  }
}

/** Reads model packages; throws PackageError with every fault found. */
export interface ModelPackageReader {
  fromZip(zip: Uint8Array): Promise<ModelPackage>;
  fromFolder(folder: string): Promise<ModelPackage>;
  /** A package that is kept. */
  fromFiles(files: ModelPackage['files']): Promise<ModelPackage>;
}

/** A file for the mail tool and the manifest that says it is complete. */
export interface HandOffFile {
  readonly campaign: string;
  readonly name: string;
  readonly content: Uint8Array;
  readonly manifest: Uint8Array;
}

/** Takes released batches. Delivering the same file twice leaves it once. */
export interface MailTool {
  deliver(file: HandOffFile): Promise<void>;
}

/** Tells whoever is responsible. Throws when the message could not be handed over. */
export interface Notifier {
  notify(message: { readonly subject: string; readonly text: string }): Promise<void>;
}
