import { drawKey } from '../audit/draw-key.ts';
import type { Config } from '../domain/campaign.ts';
import type { Decision } from '../domain/decision.ts';
import { DRAW } from '../domain/draw-keys.ts';
import { reasonsOf } from '../domain/eligibility.ts';
import { KeyedHash } from '../domain/keyed-hash.ts';
import { meaningOf, type Selection, type SelectionKeys } from '../domain/selection.ts';
import type { IsoWeek } from '../domain/week.ts';
import type { Scored } from './score-snapshot.ts';

/** The keys by which chance decides in a run. @param since the week from which the settings count */
export function selectionKeys(
  { seed, week }: { readonly seed: string; readonly week: IsoWeek },
  config: Config,
  since: IsoWeek,
): SelectionKeys {
  const key = (name: string) => new KeyedHash(drawKey(seed, name));
  return {
    ties: key(DRAW.ties(week)),
    exploration: key(DRAW.exploration(week)),
    holdout: key(DRAW.holdout(since, config.evaluationWeeks, week)),
  };
}

/** The decisions on the customers of a snapshot, by row. */
export class Decisions {
  /** The place of each row among the eligible, −1 for who is not. */
  readonly #places: Int32Array;

  constructor(
    private readonly scored: Scored,
    private readonly selection: Selection,
  ) {
    let eligible = 0;
    this.#places = new Int32Array(scored.reasons.length);
    for (const [row, bits] of scored.reasons.entries()) this.#places[row] = bits === 0 ? eligible++ : -1;
  }

  get size(): number {
    return this.#places.length;
  }

  at(row: number): Decision {
    const customer = this.scored.everyone[row] ?? '';
    const place = this.#places[row] ?? -1;
    if (place < 0) {
      const reasons = reasonsOf(this.scored.reasons[row] ?? 0);
      return { customer, outcome: 'NOT_ELIGIBLE', arm: null, reasons, score: null, rank: null };
    }
    const { outcome, arm, reasons } = meaningOf(this.selection.verdicts[place] ?? 0);
    const score = this.scored.scores[place] ?? null;
    const rank = this.selection.ranks[place] ?? null;
    return { customer, outcome, arm, reasons, score, rank };
  }
}
