import type { Decision } from './decision.ts';
import type { RunManifest } from './manifest.ts';

export const REPRODUCTION_VERDICTS = ['IDENTICAL', 'WITHIN_TOLERANCE', 'DIVERGED', 'BROKEN_RECORD'] as const;
export type ReproductionVerdict = (typeof REPRODUCTION_VERDICTS)[number];

/** A decision that came out otherwise than it was recorded; both as a person reads them. */
export interface DecisionDifference {
  readonly customer: string;
  readonly recorded: string;
  readonly reproduced: string;
}

/** Scores that differ by more than this are not the same scores computed elsewhere. */
const SCORE_TOLERANCE = 1e-6;
/** More differences than these are counted, not listed. */
const LISTED_DIFFERENCES = 10;

/** Compares what was decided then with what is decided now from the same record, customer by customer. */
export class DecisionComparison {
  compared = 0;
  /** Decided otherwise. */
  differing = 0;
  /** Decided alike, with a score or rank that differs in its last digits. */
  close = 0;
  readonly first: DecisionDifference[] = [];

  add(recorded: Decision, reproduced: Decision): void {
    this.compared++;
    if (sameDecision(recorded, reproduced)) {
      if (recorded.score !== reproduced.score || recorded.rank !== reproduced.rank) this.close++;
      return;
    }
    this.differing++;
    if (this.first.length < LISTED_DIFFERENCES) {
      const { customer } = recorded;
      this.first.push({
        customer,
        recorded: textOfDecision(recorded),
        reproduced: textOfDecision(reproduced),
      });
    }
  }
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

function textOfDecision({ outcome, arm, reasons, score, rank }: Decision): string {
  const scored = score === null ? '' : `, score ${score}, rank ${rank}`;
  return `${outcome}${arm === null ? '' : ` ${arm}`} (${reasons.join(', ')})${scored}`;
}
