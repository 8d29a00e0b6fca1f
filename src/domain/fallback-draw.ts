import type { KeyedHash } from './keyed-hash.ts';
import type { SelectionKeys } from './selection.ts';

/** By which chance decides who is in a fallback batch. */
export interface FallbackKeys extends Pick<SelectionKeys, 'holdout'> {
  readonly lots: KeyedHash;
}

export interface FallbackDraw {
  /** By customer. */
  readonly drawn: readonly string[];
  /** How many were left out because they are in the holdout. */
  readonly heldOut: number;
}

/**
 * Draws at random out of those who may be mailed: the lowest lots, equal ones by id. Who is in the holdout of the evaluation
 * period is left out, whether a run has chosen them yet or not: a mail to them would spoil what they are compared for.
 */
export function drawFallback(
  eligible: readonly string[],
  size: number,
  holdoutShare: number,
  { lots, holdout }: FallbackKeys,
): FallbackDraw {
  const open = eligible.filter((customer) => holdout.fraction(customer) >= holdoutShare);
  const drawn = open
    .map((customer) => ({ customer, lot: lots.fraction(customer) }))
    .sort((a, b) => a.lot - b.lot || (a.customer < b.customer ? -1 : 1))
    .slice(0, size)
    .map(({ customer }) => customer)
    .sort();
  return { drawn, heldOut: eligible.length - open.length };
}
