/** By reading trees, by asking the model for every coalition, or, where both are out of reach, by sampled orders. */
export const ATTRIBUTION_METHODS = ['TREES', 'COALITIONS', 'SAMPLED'] as const;
export type AttributionMethod = (typeof ATTRIBUTION_METHODS)[number];

/** How a score comes about: baseline + the sum of the values is the score. */
export interface Attribution {
  /** The mean score of the reference rows. */
  readonly baseline: number;
  /** One a feature, in the model's order. */
  readonly values: Float64Array;
}

/** A game of more players has more coalitions than can be asked one by one. */
export const MOST_PLAYERS = 20;

/**
 * Shapley values of a game of n players, given the worth of each coalition by its bit mask (2^n numbers):
 * φᵢ = Σ over S without i of |S|! (n − |S| − 1)! / n! · (v(S ∪ i) − v(S)) (Shapley 1953).
 */
export function shapleyValues(worth: Float64Array): Float64Array {
  const players = Math.log2(worth.length);
  if (!Number.isInteger(players)) throw new RangeError('a game has a worth for each coalition');
  const weight = weightsOf(players);
  const values = new Float64Array(players);
  for (let coalition = 0; coalition < worth.length; coalition++) {
    const size = sizeOf(coalition);
    const own = worth[coalition] ?? 0;
    const within = own * (weight[size - 1] ?? 0);
    const without = own * (weight[size] ?? 0);
    for (let player = 0; player < players; player++) {
      values[player] = (values[player] ?? 0) + ((coalition >>> player) & 1 ? within : -without);
    }
  }
  return values;
}

/** a! b! / (a + b + 1)!: the share of the orders of a + b + 1 players in which one comes after these a and before those b. */
export function orderShare(a: number, b: number): number {
  let share = 1 / (a + b + 1);
  for (let i = 1; i <= b; i++) share *= i / (a + i);
  return share;
}

/** How many players a coalition has. */
export function sizeOf(coalition: number): number {
  let count = 0;
  for (let rest = coalition; rest !== 0; rest &= rest - 1) count++;
  return count;
}

const WEIGHTS: (Float64Array | undefined)[] = [];

function weightsOf(players: number): Float64Array {
  WEIGHTS[players] ??= Float64Array.from({ length: players }, (_, size) =>
    orderShare(size, players - size - 1),
  );
  return WEIGHTS[players];
}
