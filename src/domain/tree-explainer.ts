import { FeatureBands } from './feature-bands.ts';
import { ReferenceWays } from './reference-ways.ts';
import { type Attribution, MOST_PLAYERS, shapleyValues, sizeOf } from './shapley.ts';
import { logistic, type TreeEnsemble, treeScore } from './tree-ensemble.ts';
import { TreeShares } from './tree-shares.ts';
import { TreeTerms } from './tree-terms.ts';

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
   * more than MOST_PLAYERS features tell the row from one of them.
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
   * Behind a link, adds the values of the games against the references from `from` to before `to`; false where one is too large.
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
    const margins = new Float64Array(2 ** players.length);
    const against = Map.groupBy(numbers(from, to), (reference) =>
      this.#bands.maskApart(bands, reference, players),
    );
    for (const [mask, references] of against) {
      const worth = this.#worth(references, coalitionsWithin(mask), margins, onProgress);
      const own = players.filter((_, player) => (mask >>> player) & 1);
      for (const [player, share] of shapleyValues(worth).entries()) {
        const feature = own[player] ?? 0;
        values[feature] = (values[feature] ?? 0) + share;
      }
    }
    return true;
  }

  /**
   * What each coalition is worth against references together that differ from the row in the same features: the values of a sum of
   * games are the sum of theirs.
   * @param margins by mask, all 0 and left so
   */
  #worth(
    references: readonly number[],
    coalitions: Int32Array,
    margins: Float64Array,
    onProgress: () => void,
  ): Float64Array {
    const worth = new Float64Array(coalitions.length);
    const own = new Float64Array(coalitions.length);
    for (const reference of references) {
      this.#terms.addTo(margins, reference);
      margins[0] = this.#margins[reference] ?? Number.NaN;
      for (let at = 0; at < own.length; at++) {
        const coalition = coalitions[at] ?? 0;
        own[at] = margins[coalition] ?? 0;
        margins[coalition] = 0;
      }
      sumOverSubsets(own);
      for (let at = 0; at < own.length; at++) worth[at] = (worth[at] ?? 0) + logistic(own[at] ?? 0);
      onProgress();
    }
    return worth;
  }
}

function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
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

/** Of numbers by bit mask, every one becomes the sum of those of its subsets. */
function sumOverSubsets(numbers: Float64Array): void {
  for (let bit = 1; bit < numbers.length; bit <<= 1)
    for (let mask = bit; mask < numbers.length; mask = (mask + 1) | bit)
      numbers[mask] = (numbers[mask] ?? 0) + (numbers[mask ^ bit] ?? 0);
}
