import type { Decision } from './decision.ts';
import type { RunManifest } from './manifest.ts';

export const REPRODUCTION_VERDICTS = ['IDENTICAL', 'WITHIN_TOLERANCE', 'DIVERGED', 'BROKEN_RECORD'] as const;
export type ReproductionVerdict = (typeof REPRODUCTION_VERDICTS)[number];

/** A decision that came out otherwise than it was recorded, by its row; both as a person reads them. */
export interface DecisionDifference {
  readonly row: number;
  readonly recorded: string;
  readonly reproduced: string;
}

/** Scores that differ by more than this are not the same scores computed elsewhere. */
const SCORE_TOLERANCE = 1e-6;
/** More differences than these are counted, not listed. */
const LISTED_DIFFERENCES = 10;

/** Compares what was decided then with what is decided now from the same record, customer by customer, in any order. */
export class DecisionComparison {
  compared = 0;
  /** Decided otherwise. */
  differing = 0;
  /** Decided alike, with a score or rank that differs in its last digits. */
  close = 0;
  #first: readonly DecisionDifference[] = [];

  /** The differences of the lowest rows, by row. */
  get first(): readonly DecisionDifference[] {
    return this.#first;
  }

  /** Answers whether they are the same to the last bit. */
  add(row: number, recorded: Decision, reproduced: Decision): boolean {
    this.compared++;
    if (sameDecision(recorded, reproduced)) {
      const same = recorded.score === reproduced.score && recorded.rank === reproduced.rank;
      if (!same) this.close++;
      return same;
    }
    this.differing++;
    const last = this.#first[LISTED_DIFFERENCES - 1]?.row ?? Number.POSITIVE_INFINITY;
    if (row < last) {
      const difference = { row, recorded: textOf(recorded), reproduced: textOf(reproduced) };
      this.#first = [...this.#first, difference]
        .toSorted((a, b) => a.row - b.row)
        .slice(0, LISTED_DIFFERENCES);
    }
    return false;
  }
}

/** More faults than these are not listed. */
const LISTED_FAULTS = 10;
/** How a row was met: at all, again, and as it was recorded. */
const [MET, TWICE, RECORDED] = [1, 2, 4] as const;

/** The rows of a run's decisions as they are met, in whatever order they lie: what is wrong with them is told by row. */
export class MetRows {
  readonly #met: Uint8Array;
  /** The lowest number that no row has. */
  #beyond: number | undefined;

  /** @param erased the rows that are to be met no more */
  constructor(
    rows: number,
    private readonly erased: { has(row: number): boolean },
  ) {
    this.#met = new Uint8Array(rows);
  }

  /** Takes a row that is as it was recorded, or not; answers whether it is the one to compare. */
  meet(row: number, isRecorded: boolean): boolean {
    const met = this.#met[row];
    if (met === undefined) {
      this.#beyond = Math.min(this.#beyond ?? row, row);
      return false;
    }
    this.#met[row] = met | (met === 0 ? MET : TWICE) | (isRecorded ? RECORDED : 0);
    return isRecorded && (met & RECORDED) === 0 && !this.erased.has(row);
  }

  /** What is wrong with the first ten rows with which anything is, the one beyond all others last. */
  faults(): readonly string[] {
    const faults: string[] = [];
    for (const [row, met] of this.#met.entries()) {
      const wrong = wrongWith(met, this.erased.has(row));
      if (wrong !== null) faults.push(`decision row ${row} ${wrong}`);
      if (faults.length === LISTED_FAULTS) return faults;
    }
    return this.#beyond === undefined
      ? faults
      : [...faults, `decision row ${this.#beyond} was never recorded`];
  }
}

function wrongWith(met: number, erased: boolean): string | null {
  if (met === 0) return erased ? null : 'is missing';
  if (erased) return 'was erased and is there again';
  if ((met & TWICE) !== 0) return 'stands twice';
  return (met & RECORDED) === 0 ? 'is not the one that was recorded' : null;
}

/** What a comparison amounts to; `faults` are what was missing or altered in the record. */
export function judgeReproduction(
  { differing, close }: { readonly differing: number; readonly close: number },
  faults: readonly string[],
): ReproductionVerdict {
  if (faults.length > 0) return 'BROKEN_RECORD';
  if (differing > 0) return 'DIVERGED';
  return close > 0 ? 'WITHIN_TOLERANCE' : 'IDENTICAL';
}

/** In what the surroundings of now differ from those of then, by name; a reason for last digits to differ, and no more. */
export function environmentDifferences(
  then: Pick<RunManifest, 'engine' | 'runtime'>,
  now: Pick<RunManifest, 'engine' | 'runtime'>,
): readonly string[] {
  const pairs = [
    ['release', then.engine.version, now.engine.version],
    ['commit', then.engine.commit ?? 'unknown', now.engine.commit ?? 'unknown'],
    ['scoring runtime', then.runtime, now.runtime],
  ] as const;
  return pairs.flatMap(([name, a, b]) => (a === b ? [] : `${name}: ${a} then, ${b} now`));
}

function sameDecision(a: Decision, b: Decision): boolean {
  return (
    a.customer === b.customer &&
    a.outcome === b.outcome &&
    a.arm === b.arm &&
    a.reasons.join() === b.reasons.join() &&
    (a.score === null) === (b.score === null) &&
    Math.abs((a.score ?? 0) - (b.score ?? 0)) <= SCORE_TOLERANCE
  );
}

function textOf({ outcome, arm, reasons, score, rank }: Decision): string {
  const scored = score === null ? '' : `, score ${score}, rank ${rank}`;
  return `${outcome}${arm === null ? '' : ` ${arm}`} (${reasons.join(', ')})${scored}`;
}

/** What a reproduction found, as its certificate tells it. */
export interface ReproductionFacts {
  readonly campaign: string;
  readonly week: string;
  readonly attempt: number;
  readonly runId: string;
  readonly manifestDigest: string;
  readonly at: Date;
  readonly by: string;
  readonly verdict: ReproductionVerdict;
  readonly compared: number;
  readonly differing: number;
  readonly close: number;
  readonly erased: number;
  readonly recordedRoot: string;
  readonly decisionRoot: string;
  readonly faults: readonly string[];
  readonly environment: readonly string[];
}

const MEANING: Readonly<Record<ReproductionVerdict, string>> = {
  IDENTICAL: 'Every decision came out as it was recorded, to the last bit.',
  WITHIN_TOLERANCE:
    'Every decision came out as it was recorded; scores differ in their last digits, by less than a millionth.',
  DIVERGED: 'Decisions came out otherwise than they were recorded.',
  BROKEN_RECORD: 'The record is not what was recorded then, so that nothing follows from comparing with it.',
};

/** The text of a certificate, for a person; to be signed. Ends in a newline. */
export function certificateText(facts: ReproductionFacts): string {
  const list = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
  return [
    'waarom reproduction certificate',
    '',
    `${facts.campaign}, week ${facts.week}, attempt ${facts.attempt}: ${facts.verdict}`,
    MEANING[facts.verdict],
    '',
    `run              ${facts.runId}`,
    `manifest         ${facts.manifestDigest}`,
    `decisions        ${facts.compared} compared, ${facts.differing} differ, ${facts.close} differ in last digits only, ${facts.erased} erased`,
    `recorded root    ${facts.recordedRoot}`,
    `reproduced root  ${facts.decisionRoot}`,
    `executed         ${facts.at.toISOString()} by ${facts.by}`,
    ...list('missing or altered:', facts.faults),
    ...list('surroundings that differ:', facts.environment),
    '',
  ].join('\n');
}
