import { type Attribution, MOST_PLAYERS, orderShare, shapleyValues, sizeOf } from './shapley.ts';
import { logistic, type TreeEnsemble, treeScore } from './tree-ensemble.ts';
import { TreeWalk } from './tree-walk.ts';

/** So many margins are made at once (256 KiB, which a processor keeps at hand). */
const MOST_MARGINS = 2 ** 15;

/**
 * Exact interventional Shapley values of a tree ensemble's score: a coalition is worth the mean score of the references with
 * its features taken from the row. The trees are read, not run: between a row and a reference a leaf counts for the coalitions
 * that hold all its features from the row and none of those from the reference.
 */
export class TreeExplainer {
  readonly baseline: number;
  readonly #ensemble: TreeEnsemble;
  readonly #references: number;
  readonly #walk: TreeWalk;

  /** @param references float32 rows of features; at least one */
  constructor(ensemble: TreeEnsemble, references: readonly Float32Array[]) {
    if (references.length === 0) throw new RangeError('values need reference rows to stand against');
    this.#ensemble = ensemble;
    this.#references = references.length;
    this.baseline = references.reduce((sum, row) => sum + treeScore(ensemble, row), 0) / references.length;
    this.#walk = new TreeWalk(ensemble.trees, references);
  }

  /**
   * Any number of features where the link is the identity (interventional TreeSHAP, Lundberg et al. 2020). Behind the logistic
   * one a game is played against each reference: null where more than MOST_PLAYERS features tell the row from one of them.
   * @param onProgress called now and then
   */
  explain(row: Float32Array, onProgress: () => void = () => {}): Attribution | null {
    const values = new Float64Array(row.length);
    if (this.#ensemble.link === 'IDENTITY') this.#addLeaves(values, row);
    else if (!this.#addGames(values, row, 0, this.#references, onProgress)) return null;
    return { baseline: this.baseline, values: values.map((value) => value / this.#references) };
  }

  /** Without a link a leaf's value is shared out by itself: each of its features is needed, or must stay away. */
  #addLeaves(values: Float64Array, row: Float32Array): void {
    const { fromRow, fromReference } = this.#walk;
    for (const tree of this.#ensemble.trees) {
      this.#walk.leaves(tree, row, 0, this.#references, (value, from, to) => {
        const [present, absent, all] = [fromRow.length, fromReference.length, value * (to - from)];
        for (const feature of fromRow)
          values[feature] = (values[feature] ?? 0) + all * orderShare(present - 1, absent);
        for (const feature of fromReference)
          values[feature] = (values[feature] ?? 0) - all * orderShare(present, absent - 1);
      });
    }
  }

  /** Behind a link, adds the values of the games against these references, in parts where they are many; false where one is too large. */
  #addGames(
    values: Float64Array,
    row: Float32Array,
    from: number,
    to: number,
    onProgress: () => void,
  ): boolean {
    const players = this.#walk.differing(row, from, to);
    const count = to - from;
    if (count > 1 && count * 2 ** players.length > MOST_MARGINS) {
      const middle = from + (count >> 1);
      return (
        this.#addGames(values, row, from, middle, onProgress) &&
        this.#addGames(values, row, middle, to, onProgress)
      );
    }
    if (players.length > MOST_PLAYERS) return false;
    const worth = this.#worth(row, players, from, to);
    onProgress();
    for (const [player, share] of shapleyValues(worth).entries()) {
      const feature = players[player] ?? 0;
      values[feature] = (values[feature] ?? 0) + share;
    }
    return true;
  }

  /** What each coalition is worth against all these references together: the values of a sum of games are the sum of theirs. */
  #worth(row: Float32Array, players: readonly number[], from: number, to: number): Float64Array {
    const bitOf = new Int32Array(row.length);
    for (const [player, feature] of players.entries()) bitOf[feature] = 1 << player;
    const margins = new Float64Array((to - from) << players.length);
    for (let at = 0; at < margins.length; at += 1 << players.length) margins[at] = this.#ensemble.base;
    const { fromRow, fromReference, order } = this.#walk;
    for (const tree of this.#ensemble.trees) {
      this.#walk.leaves(tree, row, from, to, (value, first, end) => {
        const present = maskOf(fromRow, bitOf);
        const absent = maskOf(fromReference, bitOf);
        // What, summed over subsets, is the value for every coalition that holds the present and none of the absent (Möbius).
        for (let part = absent; ; part = (part - 1) & absent) {
          const signed = sizeOf(part) % 2 === 0 ? value : -value;
          for (let place = first; place < end; place++) {
            const at = (((order[place] ?? 0) - from) << players.length) | present | part;
            margins[at] = (margins[at] ?? 0) + signed;
          }
          if (part === 0) break;
        }
      });
    }
    sumOverSubsets(margins, players.length);
    const worth = new Float64Array(1 << players.length);
    for (let at = 0; at < margins.length; at++) {
      const coalition = at & (worth.length - 1);
      worth[coalition] = (worth[coalition] ?? 0) + logistic(margins[at] ?? 0);
    }
    return worth;
  }
}

function maskOf(features: readonly number[], bitOf: Int32Array): number {
  let mask = 0;
  for (const feature of features) mask |= bitOf[feature] ?? 0;
  return mask;
}

/** In each stretch of 2^players numbers, every one becomes the sum of those of its subsets. */
function sumOverSubsets(margins: Float64Array, players: number): void {
  for (let bit = 1; bit < 1 << players; bit <<= 1) {
    for (let first = bit; first < margins.length; first += 2 * bit)
      for (let mask = first; mask < first + bit; mask++)
        margins[mask] = (margins[mask] ?? 0) + (margins[mask ^ bit] ?? 0);
  }
}
