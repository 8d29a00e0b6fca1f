import { FeatureBands } from './feature-bands.ts';
import { ReferenceWays } from './reference-ways.ts';
import { type Attribution, MOST_PLAYERS, shapleyValues, sizeOf } from './shapley.ts';
import { type TreeEnsemble, treeScore } from './tree-ensemble.ts';
import { TreeShares } from './tree-shares.ts';
import { TreeTerms } from './tree-terms.ts';

/** So many odds (1 MiB) are reckoned with at a time where a reference alone does not need more. */
const MOST_ODDS = 2 ** 17;
/**
 * So many times as many odds as each would need alone are reckoned with where references that differ from the row in other features
 * are taken together: it saves asking every tree again.
 */
const MOST_GROWTH = 16;
/** exp of more, or of less than its negative, is no normal float64. */
const MOST_EXPONENT = 708;

/** A reference, and by bit mask the features that tell the row from it. */
interface Opponent {
  readonly reference: number;
  readonly mask: number;
}

/**
 * Exact interventional Shapley values of a tree ensemble's score: a coalition is worth the mean score of the references with
 * its features taken from the row. The trees are read, not run: between a row and a reference a leaf counts for the coalitions
 * that hold all its features from the row and none of those from the reference.
 */
export class TreeExplainer {
  readonly baseline: number;
  readonly #ensemble: TreeEnsemble;
  readonly #references: readonly Float32Array[];
  /** The sum of the trees for each reference. */
  readonly #margins: readonly number[];
  readonly #ways: ReferenceWays;
  readonly #bands: FeatureBands;
  readonly #terms: TreeTerms;
  #odds = new Float64Array();

  /** @param references float32 rows of features; at least one */
  constructor(ensemble: TreeEnsemble, references: readonly Float32Array[]) {
    if (references.length === 0) throw new RangeError('values need reference rows to stand against');
    this.#ensemble = ensemble;
    this.#references = references;
    this.baseline = references.reduce((sum, row) => sum + treeScore(ensemble, row), 0) / references.length;
    this.#margins = references.map((row) => treeScore({ ...ensemble, link: 'IDENTITY' }, row));
    this.#ways = new ReferenceWays(ensemble.trees, references);
    this.#bands = new FeatureBands(ensemble, references);
    this.#terms = new TreeTerms(ensemble.trees, references, this.#ways);
  }

  /**
   * Any number of features where the link is the identity. Behind the logistic one a game is played against each reference: null where
   * more than MOST_PLAYERS features tell the row from one of them, or where the odds may leave the range of a float64.
   * @param onProgress called now and then
   */
  explain(row: Float32Array, onProgress: () => void = () => {}): Attribution | null {
    const values = new Float64Array(row.length);
    const count = this.#references.length;
    if (this.#ensemble.link === 'IDENTITY') this.#addShares(values, row);
    else if (!this.#addGames(values, row, this.#bands.of(row), 0, count, onProgress)) return null;
    return { baseline: this.baseline, values: values.map((value) => value / count) };
  }

  /** Without a link the trees are shared out one by one. */
  #addShares(values: Float64Array, row: Float32Array): void {
    const { treeOf, speakerOf, countOf } = this.#ways;
    const shares = new TreeShares(values, row);
    for (const [group, count] of countOf.entries()) {
      const tree = this.#ensemble.trees[treeOf[group] ?? 0];
      const reference = this.#references[speakerOf[group] ?? 0];
      if (tree !== undefined && reference !== undefined) shares.add(tree, reference, count);
    }
  }

  /**
   * Behind a link, adds the values of the games against the references from `from` to before `to`; false where one is out of reach.
   * References are taken in halves until their features find room in a bit mask.
   */
  #addGames(
    values: Float64Array,
    row: Float32Array,
    bands: Int32Array,
    from: number,
    to: number,
    onProgress: () => void,
  ): boolean {
    const players = this.#bands.apart(bands, from, to);
    if (players.length > MOST_PLAYERS) {
      const middle = (from + to) >> 1;
      return (
        middle > from &&
        this.#addGames(values, row, bands, from, middle, onProgress) &&
        this.#addGames(values, row, bands, middle, to, onProgress)
      );
    }
    this.#terms.start(row, players);
    const opponents = Array.from({ length: to - from }, (_, at) => {
      const reference = from + at;
      return { reference, mask: this.#bands.maskApart(bands, reference, players) };
    });
    for (const { references, mask } of gamesAgainst(opponents.sort((a, b) => a.mask - b.mask))) {
      const worth = this.#worth(references, coalitionsWithin(mask));
      if (worth === null) return false;
      const own = players.filter((_, player) => (mask >>> player) & 1);
      for (const [player, share] of shapleyValues(worth).entries()) {
        const feature = own[player] ?? 0;
        values[feature] = (values[feature] ?? 0) + share;
      }
      onProgress();
    }
    return true;
  }

  /**
   * What each coalition is worth against references together: the values of a sum of games are the sum of theirs. Reckoned in odds
   * against, of which a term of the margin is a factor; null where they may leave their range.
   */
  #worth(references: Int32Array, coalitions: Int32Array): Float64Array | null {
    const count = references.length;
    const odds = this.#oddsOf(coalitions.length * count).fill(1);
    const margins = Float64Array.from(references, (reference) => this.#margins[reference] ?? Number.NaN);
    for (const [at, margin] of margins.entries()) odds[at] = Math.exp(-margin);
    this.#terms.multiplyInto(odds, references, coalitions);
    if (!(this.#terms.reach + Math.max(...margins.map(Math.abs)) <= MOST_EXPONENT)) return null;
    multiplyOverSubsets(odds, count);
    const worth = new Float64Array(coalitions.length);
    for (let place = 0; place < worth.length; place++) {
      let sum = 0;
      for (let cell = place * count; cell < (place + 1) * count; cell++) sum += 1 / (1 + (odds[cell] ?? 0));
      worth[place] = sum;
    }
    return worth;
  }

  /** Room for odds, the same again and again. */
  #oddsOf(length: number): Float64Array {
    if (this.#odds.length < length) this.#odds = new Float64Array(length);
    return this.#odds.subarray(0, length);
  }
}

/**
 * The games to be played: against references together as long as they differ from the row in much the same features.
 * @param opponents by ascending mask, so that those that differ in the same features are next to each other
 */
function* gamesAgainst(
  opponents: readonly Opponent[],
): Generator<{ readonly references: Int32Array; readonly mask: number }> {
  const mask = opponents.reduce((union, opponent) => union | opponent.mask, 0);
  const together = 2 ** sizeOf(mask) * opponents.length;
  const apart = opponents.reduce((sum, opponent) => sum + 2 ** sizeOf(opponent.mask), 0);
  if (opponents.length === 1 || together <= Math.min(MOST_ODDS, MOST_GROWTH * apart)) {
    yield { references: Int32Array.from(opponents, ({ reference }) => reference), mask };
    return;
  }
  const middle = opponents.length >> 1;
  yield* gamesAgainst(opponents.slice(0, middle));
  yield* gamesAgainst(opponents.slice(middle));
}

/** All coalitions of the players of a mask, ascending. */
function coalitionsWithin(mask: number): Int32Array {
  const coalitions = new Int32Array(2 ** sizeOf(mask));
  let known = 1;
  for (let left = mask; left !== 0; left &= left - 1) {
    for (let at = 0; at < known; at++) coalitions[known + at] = (coalitions[at] ?? 0) | (left & -left);
    known *= 2;
  }
  return coalitions;
}

/** Of numbers, a row a coalition of players, every row becomes the product of those of its subsets, column by column. */
function multiplyOverSubsets(numbers: Float64Array, columns: number): void {
  for (let half = columns; half < numbers.length; half *= 2)
    for (let from = 0; from < numbers.length; from += 2 * half)
      for (let at = from; at < from + half; at++)
        numbers[at + half] = (numbers[at + half] ?? 0) * (numbers[at] ?? 0);
}
