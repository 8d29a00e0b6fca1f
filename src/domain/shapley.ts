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
  for (let player = 0; player < players; player++) {
    const bit = 1 << player;
    let value = 0;
    for (let having = bit; having < worth.length; having = (having + 1) | bit) {
      const without = having ^ bit;
      value += (weight[without] ?? 0) * ((worth[having] ?? 0) - (worth[without] ?? 0));
    }
    values[player] = value;
  }
  return values;
}

/** a! b! / (a + b + 1)!: the share of the orders of a + b + 1 players in which one comes after these a and before those b. */
export function orderShare(a: number, b: number): number {
  let share = 1 / (a + b + 1);
  for (let i = 1; i <= b; i++) share *= i / (a + i);
  return share;
}

/** How many players a coalition has (Warren, Hacker's Delight, 5-1). */
export function sizeOf(coalition: number): number {
  const pairs = coalition - ((coalition >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

const WEIGHTS: (Float64Array | undefined)[] = [];

/** |S|! (n − |S| − 1)! / n! by coalition; kept, for a row asks for the same again and again. */
function weightsOf(players: number): Float64Array {
  const known = WEIGHTS[players];
  if (known !== undefined) return known;
  const bySize = Float64Array.from({ length: players }, (_, size) => orderShare(size, players - size - 1));
  const weights = Float64Array.from(
    { length: 2 ** players },
    (_, coalition) => bySize[sizeOf(coalition)] ?? 0,
  );
  WEIGHTS[players] = weights;
  return weights;
}
