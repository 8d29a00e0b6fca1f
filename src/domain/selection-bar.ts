import type { Outcome } from './decision.ts';
import { byTie, isChosen, type SelectionKeys, type SelectionSettings } from './selection.ts';

/** A scored customer as the record of the run has them. */
export interface Ranked {
  readonly customer: string;
  readonly score: number;
  readonly rank: number;
}

/**
 * Where the choice of a run ended, the same for all of its customers, as far as it is still on record: who was erased is not in
 * it, and then less can be said for certain.
 */
export interface Cutoff {
  /** The last of those whose rank is within capacity; null where none is known. */
  readonly last: Ranked | null;
  /** The first of those whose rank is beyond capacity; null where none is known. */
  readonly next: Ranked | null;
  /** Who was drawn for exploration. */
  readonly explored: readonly string[];
}

/** What another score would have made of a customer, everyone else being as they were. */
export interface SelectionBar {
  /** What the outcome turns into. */
  readonly outcomeAfter: Outcome;
  /** Whether a customer who was chosen is certainly not, or one who was not certainly is, with this score. */
  turns(score: number): boolean;
}

/**
 * The bar of one customer. Being chosen takes a score at or above the threshold and, within the ranks of `select`, a place before
 * whoever had the last one. Who is no longer chosen must also be out of reach of the draw for exploration, or they might be mailed
 * all the same: as many as are drawn come before them in it, not counting who takes their place among the chosen.
 */
export function barOf(
  own: Ranked,
  settings: SelectionSettings,
  keys: SelectionKeys,
  { last, next, explored }: Cutoff,
): SelectionBar {
  const { threshold, capacity, holdoutShare, explorationSize } = settings;
  const tie = (id: string) => keys.ties.fraction(id);
  const comesBefore = (score: number, other: Ranked) =>
    score > other.score ||
    (score === other.score &&
      byTie(tie(own.customer), own.customer, tie(other.customer), other.customer) < 0);

  if (isChosen(own.score, own.rank, settings)) {
    const draw = keys.exploration.fraction(own.customer);
    const successor = next !== null && next.score >= threshold ? next.customer : null;
    const before = explored.filter((id) => id !== successor && keys.exploration.fraction(id) < draw);
    const undrawn = before.length >= explorationSize;
    return {
      outcomeAfter: 'NOT_CHOSEN',
      turns: (score) => undrawn && (score < threshold || (next !== null && !comesBefore(score, next))),
    };
  }
  const withinCapacity = own.rank <= capacity;
  return {
    outcomeAfter: keys.holdout.fraction(own.customer) < holdoutShare ? 'HELD_OUT' : 'MAIL',
    turns: (score) => score >= threshold && (withinCapacity || (last !== null && comesBefore(score, last))),
  };
}
