import type { ReferenceWays } from './reference-ways.ts';
import { sizeOf } from './shapley.ts';
import { goesYes, type Tree } from './tree-ensemble.ts';

/** So many terms are kept (12 MiB) before all are forgotten and made anew where they are asked for. */
const MOST_TERMS = 2 ** 20;

/**
 * What trees add to the margin of a reference as features become the row's, as a sum of terms: a term counts for every coalition that
 * holds all its features (Harsanyi's dividends, the Möbius transform of the margin). Behind the logistic link a term is a factor of
 * the odds. Terms are the same for all references of a group, and made when the first of them asks.
 */
export class TreeTerms {
  readonly #trees: readonly Tree[];
  readonly #references: readonly Float32Array[];
  readonly #ways: ReferenceWays;
  /** The terms of a group are from `first` (−1 where they are not made) to before `end`. */
  readonly #first: Int32Array;
  readonly #end: Int32Array;
  #masks = new Int32Array(1024);
  #factors = new Float64Array(1024);
  #count = 0;
  /** Per tree the most that the leaves with a term come to in one group, whatever their signs. */
  readonly #reaches: Float64Array;
  /** By mask where its term may be: it is there only where `masks` says so (Briggs and Torczon's sparse set, 1993). */
  #placeOf = new Int32Array(1);
  /** By mask its row in the odds that are multiplied. */
  #rowOf = new Int32Array(1);
  /** Per group a column of the odds, −1 but while it is looked for. */
  readonly #columnOf: Int32Array;
  #row: Float32Array = new Float32Array();
  #bitOf: Int32Array = new Int32Array();

  constructor(trees: readonly Tree[], references: readonly Float32Array[], ways: ReferenceWays) {
    this.#trees = trees;
    this.#references = references;
    this.#ways = ways;
    this.#first = new Int32Array(ways.treeOf.length).fill(-1);
    this.#end = new Int32Array(ways.treeOf.length);
    this.#columnOf = new Int32Array(ways.treeOf.length).fill(-1);
    this.#reaches = new Float64Array(trees.length);
  }

  /** No factors that were multiplied into odds since the start, in whatever order, come to more than exp(reach) or less than exp(−reach). */
  get reach(): number {
    return this.#reaches.reduce((sum, reach) => sum + reach, 0);
  }

  /**
   * From now on terms are those of this row.
   * @param players the features that have a bit, in the order of the bits; the trees tell the row from the asked references by no other
   */
  start(row: Float32Array, players: readonly number[]): void {
    this.#row = row;
    this.#bitOf = new Int32Array(row.length);
    for (const [player, feature] of players.entries()) this.#bitOf[feature] = 1 << player;
    if (this.#placeOf.length < 2 ** players.length) {
      this.#placeOf = new Int32Array(2 ** players.length);
      this.#rowOf = new Int32Array(2 ** players.length);
    }
    this.#reaches.fill(0);
    this.#forget();
  }

  /**
   * Multiplies the odds against by the factors of all trees; of the empty coalition there is none.
   * @param odds a row a coalition, a column a reference
   * @param coalitions the masks of the rows: all those of the features that tell the row from these references
   */
  multiplyInto(odds: Float64Array, references: Int32Array, coalitions: Int32Array): void {
    for (const [row, mask] of coalitions.entries()) this.#rowOf[mask] = row;
    const columns = references.length;
    const after = new Int32Array(columns);
    const groups = new Int32Array(columns);
    for (let tree = 0; tree < this.#trees.length; tree++) {
      const count = this.#chain(tree, references, after, groups);
      for (let at = 0; at < count; at++) {
        const group = groups[at] ?? 0;
        const first = this.#columnOf[group] ?? -1;
        this.#columnOf[group] = -1;
        if (this.#first[group] === -1) this.#make(group);
        const end = this.#end[group] ?? 0;
        for (let term = this.#first[group] ?? 0; term < end; term++) {
          const row = (this.#rowOf[this.#masks[term] ?? 0] ?? 0) * columns;
          const factor = this.#factors[term] ?? 0;
          for (let column = first; column !== -1; column = after[column] ?? -1)
            odds[row + column] = (odds[row + column] ?? 0) * factor;
        }
      }
    }
  }

  /**
   * Finds the groups of references in a tree and answers how many. A group's columns are a chain: `columnOf` says its first, `after`
   * behind each the next.
   */
  #chain(tree: number, references: Int32Array, after: Int32Array, groups: Int32Array): number {
    let count = 0;
    const own = tree * this.#references.length;
    for (let column = 0; column < references.length; column++) {
      const group = this.#ways.groupOf[own + (references[column] ?? 0)] ?? 0;
      const known = this.#columnOf[group] ?? -1;
      if (known === -1) groups[count++] = group;
      after[column] = known;
      this.#columnOf[group] = column;
    }
    return count;
  }

  #make(group: number): void {
    const place = this.#ways.treeOf[group] ?? 0;
    const tree = this.#trees[place];
    const reference = this.#references[this.#ways.speakerOf[group] ?? 0];
    if (tree === undefined || reference === undefined) return;
    if (this.#count > MOST_TERMS) this.#forget();
    const first = this.#count;
    this.#first[group] = first;
    const reach = this.#walk(tree, reference, first, 0, 0, 0);
    this.#reaches[place] = Math.max(this.#reaches[place] ?? 0, reach);
    for (let term = first; term < this.#count; term++)
      this.#factors[term] = Math.exp(-(this.#factors[term] ?? 0));
    this.#end[group] = this.#count;
  }

  /**
   * Goes on from a node that is come to with the present features from the row and the absent ones from the reference; answers what the
   * leaves with a term come to, whatever their signs.
   */
  #walk(
    tree: Tree,
    reference: Float32Array,
    first: number,
    from: number,
    present: number,
    absent: number,
  ): number {
    let node = from;
    let reach = 0;
    for (let feature = tree.feature[node] ?? -1; feature >= 0; feature = tree.feature[node] ?? -1) {
      const yes = goesYes(tree, node, this.#row);
      const own = (yes ? tree.yes : tree.no)[node] ?? 0;
      const other = (yes ? tree.no : tree.yes)[node] ?? 0;
      const bit = this.#bitOf[feature] ?? 0;
      if (bit === 0 || (present & bit) !== 0 || goesYes(tree, node, reference) === yes) node = own;
      else {
        if ((absent & bit) === 0) reach += this.#walk(tree, reference, first, own, present | bit, absent);
        absent |= bit;
        node = other;
      }
    }
    const value = tree.value[node] ?? 0;
    this.#addLeaf(value, present, absent, first);
    return (present | absent) === 0 ? reach : reach + Math.abs(value);
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
      this.#factors[place] = 0;
    }
    this.#factors[place] = (this.#factors[place] ?? 0) + value;
  }

  #grow(): void {
    const [masks, factors] = [this.#masks, this.#factors];
    this.#masks = new Int32Array(2 * masks.length);
    this.#factors = new Float64Array(2 * factors.length);
    this.#masks.set(masks);
    this.#factors.set(factors);
  }

  #forget(): void {
    this.#first.fill(-1);
    this.#count = 0;
  }
}
