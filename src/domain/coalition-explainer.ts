import { type AskModel, askOverReferences, differingFeatures, type Mixtures } from './mixtures.ts';
import { shapleyValues } from './shapley.ts';

/** Where more features differ, the model is not asked for every coalition: 2^12 rows a reference are enough. */
export const MOST_ASKED = 12;

/** Who plays between the row and a reference, and which mixture makes the worth of each coalition, by its bit mask. */
interface Game {
  readonly players: readonly number[];
  readonly mixtures: Int32Array;
}

/**
 * Exact interventional Shapley values of any model's score: a coalition is worth the mean score of the references with its
 * features taken from the row, and the model is asked for each. A feature that is the same in a reference plays no part against
 * it. Null where more than MOST_ASKED features differ from a reference.
 */
export async function coalitionValues(
  ask: AskModel,
  row: Float32Array,
  references: readonly Float32Array[],
): Promise<Float64Array | null> {
  if (references.some((reference) => differingFeatures(row, reference).length > MOST_ASKED)) return null;
  const values = new Float64Array(row.length);
  await askOverReferences(
    ask,
    row,
    references,
    (mixtures, reference) => gameBetween(mixtures, differingFeatures(row, reference), reference),
    ({ players, mixtures }, scores) => {
      const shares = shapleyValues(Float64Array.from(mixtures, (mixture) => scores[mixture] ?? Number.NaN));
      for (const [player, feature] of players.entries())
        values[feature] = (values[feature] ?? 0) + (shares[player] ?? 0) / references.length;
    },
  );
  return values;
}

function gameBetween(mixtures: Mixtures, players: readonly number[], reference: Float32Array): Game {
  const taking = players.map((feature) => mixtures.taking(feature, reference));
  const byRemainder = new Int32Array(2 ** players.length);
  for (let remainder = 1; remainder < byRemainder.length; remainder++) {
    const last = 31 - Math.clz32(remainder);
    byRemainder[remainder] = taking[last]?.(byRemainder[remainder ^ (1 << last)] ?? 0) ?? 0;
  }
  // What a coalition does not hold is the reference's; the complement of a mask is the mask from the other end.
  return { players, mixtures: byRemainder.reverse() };
}
