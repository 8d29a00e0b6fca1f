import type { Arm, Decision, Outcome, Reason } from './decision.ts';

/** How the customers of a snapshot ended; considered = mailed + heldOut + notChosen + notEligible. */
export interface Funnel {
  readonly considered: number;
  readonly eligible: number;
  readonly scored: number;
  readonly aboveThreshold: number;
  readonly mailed: number;
  readonly heldOut: number;
  readonly notChosen: number;
  readonly notEligible: number;
  readonly arms: readonly { readonly arm: Arm; readonly count: number }[];
  /** How often each reason was found, and how often it was the decisive one. */
  readonly reasons: readonly { readonly reason: Reason; readonly count: number; readonly decisive: number }[];
}

type Kind = Pick<Decision, 'outcome' | 'arm' | 'reasons'> & { count: number };

/** Counts decisions by kind: the same outcome, arm and reasons. */
export class FunnelCounter {
  readonly #kinds = new Map<string, Kind>();
  /** The kind of a list of reasons that came before: lists are shared, and a million keys would be written for nothing. */
  readonly #byReasons = new Map<readonly Reason[], Kind>();

  add({ outcome, arm, reasons }: Pick<Decision, 'outcome' | 'arm' | 'reasons'>): void {
    const before = this.#byReasons.get(reasons);
    if (before?.outcome === outcome && before.arm === arm) {
      before.count++;
      return;
    }
    const key = `${outcome} ${arm} ${reasons.join()}`;
    const kind = this.#kinds.get(key) ?? { outcome, arm, reasons, count: 0 };
    kind.count++;
    this.#kinds.set(key, kind);
    this.#byReasons.set(reasons, kind);
  }

  /** Throws when the counts do not add up to the snapshot: then a customer has no outcome, or two. */
  close(considered: number, aboveThreshold: number): Funnel {
    const kinds = [...this.#kinds.values()];
    const count = (of: (kind: { outcome: Outcome; arm: Arm | null }) => boolean) =>
      kinds.filter(of).reduce((sum, kind) => sum + kind.count, 0);
    const mailed = count(({ outcome }) => outcome === 'MAIL');
    const heldOut = count(({ outcome }) => outcome === 'HELD_OUT');
    const notChosen = count(({ outcome }) => outcome === 'NOT_CHOSEN');
    const notEligible = count(({ outcome }) => outcome === 'NOT_ELIGIBLE');
    if (mailed + heldOut + notChosen + notEligible !== considered) {
      throw new Error(
        `the outcomes add up to ${mailed + heldOut + notChosen + notEligible} of ${considered} customers`,
      );
    }
    const arms = (['MODEL', 'HOLDOUT', 'EXPLORATION'] as const).map((arm) => ({
      arm,
      count: count((kind) => kind.arm === arm),
    }));
    const reasons = new Map<Reason, { count: number; decisive: number }>();
    for (const kind of kinds) {
      kind.reasons.forEach((reason, position) => {
        const before = reasons.get(reason) ?? { count: 0, decisive: 0 };
        reasons.set(reason, {
          count: before.count + kind.count,
          decisive: before.decisive + (position === 0 ? kind.count : 0),
        });
      });
    }
    const eligible = considered - notEligible;
    return {
      considered,
      eligible,
      scored: eligible,
      aboveThreshold,
      mailed,
      heldOut,
      notChosen,
      notEligible,
      arms,
      reasons: Array.from(reasons, ([reason, counts]) => ({ reason, ...counts })).sort(
        (a, b) => b.decisive - a.decisive || b.count - a.count,
      ),
    };
  }
}
