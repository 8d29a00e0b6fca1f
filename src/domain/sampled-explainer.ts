import { KeyedHash } from './keyed-hash.ts';
import { type AskModel, askOverReferences, differingFeatures, type Mixtures } from './mixtures.ts';

/** Pairs of orders that a row is given, over all references; two a reference at least, or nothing is known of their spread. */
const PAIRS_A_ROW = 1024;

/** Shapley values by sampled orders, and how far they may be off. */
export interface SampledValues {
  readonly values: Float64Array;
  /** One a feature: the standard deviation that its value would have over other draws. */
  readonly standardErrors: Float64Array;
}

/** An order in which the features that differ go over to the reference, by their places, and the mixtures on the way. */
interface Walk {
  readonly order: readonly number[];
  readonly mixtures: readonly number[];
}

interface Walks {
  readonly players: readonly number[];
  /** In pairs: each order and the same backwards, which evens out much of what chance does (antithetic variates). */
  readonly pairs: readonly (readonly [Walk, Walk])[];
}

/**
 * Interventional Shapley values of any model's score, estimated (Castro, Gómez and Tejada 2009; antithetic pairs as in Mitchell et
 * al. 2022): between the row and every reference features change sides one after another in orders drawn by chance, and a feature's
 * value is the mean of what its changes do. Every walk adds up, so the values do. Drawn from the row's bits: a row has the same
 * values whenever it is asked for. Standard errors come from the spread of the pairs within each reference, for every reference is
 * used as often.
 */
export async function sampledValues(
  ask: AskModel,
  row: Float32Array,
  references: readonly Float32Array[],
): Promise<SampledValues> {
  const count = Math.max(2, Math.ceil(PAIRS_A_ROW / references.length));
  const draw = drawsOf(row);
  const values = new Float64Array(row.length);
  const variances = new Float64Array(row.length);
  await askOverReferences(
    ask,
    row,
    references,
    (mixtures, reference) =>
      walksBetween(mixtures, differingFeatures(row, reference), reference, count, draw),
    ({ players, pairs }, scores) => {
      const found = pairs.map(([there, back]) => changes(there, back, scores));
      for (const [player, feature] of players.entries()) {
        const sample = found.map((values) => values[player] ?? 0);
        const mean = sample.reduce((sum, value) => sum + value, 0) / count;
        const squares = sample.reduce((sum, value) => sum + (value - mean) ** 2, 0);
        values[feature] = (values[feature] ?? 0) + mean / references.length;
        variances[feature] =
          (variances[feature] ?? 0) + squares / (count * (count - 1)) / references.length ** 2;
      }
    },
  );
  return { values, standardErrors: variances.map(Math.sqrt) };
}

function walksBetween(
  mixtures: Mixtures,
  players: readonly number[],
  reference: Float32Array,
  count: number,
  draw: () => number,
): Walks {
  const taking = players.map((feature) => mixtures.taking(feature, reference));
  const walk = (order: readonly number[]): Walk => {
    let mixture = 0;
    const way = order.map((player) => {
      mixture = taking[player]?.(mixture) ?? 0;
      return mixture;
    });
    return { order, mixtures: way };
  };
  const pairs = Array.from({ length: count }, () => {
    const order = shuffled(players.length, draw);
    return [walk(order), walk(order.toReversed())] as const;
  });
  return { players, pairs };
}

/** What each player's change of sides did, the mean of two walks. */
function changes(there: Walk, back: Walk, scores: Float64Array): Float64Array {
  const found = new Float64Array(there.order.length);
  for (const { order, mixtures } of [there, back]) {
    let before = scores[0] ?? Number.NaN;
    for (const [step, player] of order.entries()) {
      const after = scores[mixtures[step] ?? -1] ?? Number.NaN;
      found[player] = (found[player] ?? 0) + (before - after) / 2;
      before = after;
    }
  }
  return found;
}

/** The numbers below `length` in an order that chance gives (Fisher and Yates). */
function shuffled(length: number, draw: () => number): readonly number[] {
  const order: number[] = [];
  for (let place = 0; place < length; place++) {
    const at = Math.floor(draw() * (place + 1));
    order[place] = order[at] ?? place;
    order[at] = place;
  }
  return order;
}

/** Numbers in [0, 1) that depend on the bits of a row alone. */
function drawsOf(row: Float32Array): () => number {
  const hash = new KeyedHash(new Uint8Array(16));
  const seed = hash.hex(new Uint32Array(row.slice().buffer).join(' '));
  let draws = 0;
  return () => hash.fraction(`${seed} ${draws++}`);
}
