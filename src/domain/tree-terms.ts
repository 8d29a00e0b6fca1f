import type { ReferenceWays } from './reference-ways.ts';
import { sizeOf } from './shapley.ts';
import { goesYes, type Tree } from './tree-ensemble.ts';

/** So many terms are kept (12 MiB) before all are forgotten and made anew where they are asked for. */
const MOST_TERMS = 2 ** 20;

/**
 * What trees add to the margin of a reference as features become the row's, as a sum of terms: a term counts for every coalition that
 * holds all its features (Harsanyi's dividends, the Möbius transform of the margin). Terms are the same for all references of a group,
 * and made when the first of them asks.
 */
export class TreeTerms {
  readonly #trees: readonly Tree[];
  readonly #references: readonly Float32Array[];
  readonly #ways: ReferenceWays;
  /** The terms of a group are from `first` (−1 where they are not made) to before `end`. */
  readonly #first: Int32Array;
  readonly #end: Int32Array;
  #masks = new Int32Array(1024);
  #values = new Float64Array(1024);
  #count = 0;
  /** By mask where its term may be: it is there only where `masks` says so (Briggs and Torczon's sparse set, 1993). */
  #placeOf = new Int32Array(1);
  #row: Float32Array = new Float32Array();
  #bitOf: Int32Array = new Int32Array();

  constructor(trees: readonly Tree[], references: readonly Float32Array[], ways: ReferenceWays) {
    this.#trees = trees;
    this.#references = references;
    this.#ways = ways;
    this.#first = new Int32Array(ways.treeOf.length).fill(-1);
    this.#end = new Int32Array(ways.treeOf.length);
  }

  /**
   * From now on terms are those of this row.
   * @param players the features that have a bit, in the order of the bits; the trees tell the row from the asked references by no other
   */
  start(row: Float32Array, players: readonly number[]): void {
    this.#row = row;
    this.#bitOf = new Int32Array(row.length);
    for (const [player, feature] of players.entries()) this.#bitOf[feature] = 1 << player;
    if (this.#placeOf.length < 2 ** players.length) this.#placeOf = new Int32Array(2 ** players.length);
    this.#forget();
  }

  /** Adds to the margins, by mask, the terms of all trees against a reference; of the empty coalition there is none. */
  addTo(margins: Float64Array, reference: number): void {
    const { groupOf } = this.#ways;
    const [firsts, ends, trees] = [this.#first, this.#end, this.#trees.length];
    for (let place = reference * trees; place < (reference + 1) * trees; place++) {
      const group = groupOf[place] ?? 0;
      if (firsts[group] === -1) this.#make(group);
      const end = ends[group] ?? 0;
      const masks = this.#masks;
      const values = this.#values;
      for (let at = firsts[group] ?? 0; at < end; at++) {
        const mask = masks[at] ?? 0;
        margins[mask] = (margins[mask] ?? 0) + (values[at] ?? 0);
      }
    }
  }

  #make(group: number): void {
    const tree = this.#trees[this.#ways.treeOf[group] ?? 0];
    const reference = this.#references[this.#ways.speakerOf[group] ?? 0];
    if (tree === undefined || reference === undefined) return;
    if (this.#count > MOST_TERMS) this.#forget();
    const first = this.#count;
    this.#first[group] = first;
    this.#walk(tree, reference, first, 0, 0, 0);
    this.#end[group] = this.#count;
  }

  /** Goes on from a node that is come to with the present features from the row and the absent ones from the reference. */
  #walk(
    tree: Tree,
    reference: Float32Array,
    first: number,
    from: number,
    present: number,
    absent: number,
  ): void {
    let node = from;
    for (let feature = tree.feature[node] ?? -1; feature >= 0; feature = tree.feature[node] ?? -1) {
      const yes = goesYes(tree, node, this.#row);
      const own = (yes ? tree.yes : tree.no)[node] ?? 0;
      const other = (yes ? tree.no : tree.yes)[node] ?? 0;
      const bit = this.#bitOf[feature] ?? 0;
      if (bit === 0 || (present & bit) !== 0 || goesYes(tree, node, reference) === yes) node = own;
      else {
        if ((absent & bit) === 0) this.#walk(tree, reference, first, own, present | bit, absent);
        absent |= bit;
        node = other;
      }
    }
    this.#addLeaf(tree.value[node] ?? 0, present, absent, first);
  }

  /** The terms that together are the value for the coalitions that hold the present and none of the absent. */
  #addLeaf(value: number, present: number, absent: number, first: number): void {
    for (let part = absent; ; part = (part - 1) & absent) {
      if ((present | part) !== 0) this.#add(present | part, sizeOf(part) % 2 === 0 ? value : -value, first);
      if (part === 0) return;
    }
  }

  #add(mask: number, value: number, first: number): void {
    let place = this.#placeOf[mask] ?? 0;
    if (place < first || place >= this.#count || this.#masks[place] !== mask) {
      place = this.#count++;
      if (place === this.#masks.length) this.#grow();
      this.#placeOf[mask] = place;
      this.#masks[place] = mask;
      this.#values[place] = 0;
    }
    this.#values[place] = (this.#values[place] ?? 0) + value;
  }

  #grow(): void {
    const [masks, values] = [this.#masks, this.#values];
    this.#masks = new Int32Array(2 * masks.length);
    this.#values = new Float64Array(2 * values.length);
    this.#masks.set(masks);
    this.#values.set(values);
  }

  #forget(): void {
    this.#first.fill(-1);
    this.#count = 0;
  }
}
