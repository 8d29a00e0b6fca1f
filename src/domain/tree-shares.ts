import { orderShare } from './shapley.ts';
import { goesYes, type Tree } from './tree-ensemble.ts';

/** Whose a feature is on the way to a node. */
const [NOBODY, ROW, REFERENCE] = [0, 1, 2];

/**
 * Shares the difference of a tree's value between a row and a reference out over its features, in one walk for any number of them
 * (interventional TreeSHAP, Lundberg et al. 2020; why it is right: Laberge and Pequignot 2022).
 */
export class TreeShares {
  readonly #values: Float64Array;
  readonly #row: Float32Array;
  readonly #owner: Uint8Array;
  /** What the leaves behind the node just left give to each feature that is the row's on the way, and take from each of the reference's. */
  #given = 0;
  #taken = 0;

  /** @param values what the shares are added to, by feature */
  constructor(values: Float64Array, row: Float32Array) {
    this.#values = values;
    this.#row = row;
    this.#owner = new Uint8Array(row.length);
  }

  /** @param weight how many such references there are */
  add(tree: Tree, reference: Float32Array, weight: number): void {
    this.#walk(tree, reference, weight, 0, 0, 0);
  }

  /** @param present how many features must be the row's to come to this node; `absent` as many the reference's */
  #walk(
    tree: Tree,
    reference: Float32Array,
    weight: number,
    from: number,
    present: number,
    absent: number,
  ): void {
    let node = from;
    for (let feature = tree.feature[node] ?? -1; feature >= 0; feature = tree.feature[node] ?? -1) {
      const yes = goesYes(tree, node, this.#row);
      const own = (yes ? tree.yes : tree.no)[node] ?? 0;
      const other = (yes ? tree.no : tree.yes)[node] ?? 0;
      const owner = this.#owner[feature];
      if (owner === ROW || goesYes(tree, node, reference) === yes) node = own;
      else if (owner === REFERENCE) node = other;
      else {
        this.#owner[feature] = ROW;
        this.#walk(tree, reference, weight, own, present + 1, absent);
        const [given, taken] = [this.#given, this.#taken];
        this.#owner[feature] = REFERENCE;
        this.#walk(tree, reference, weight, other, present, absent + 1);
        this.#owner[feature] = NOBODY;
        this.#values[feature] = (this.#values[feature] ?? 0) + given - this.#taken;
        this.#given += given;
        this.#taken += taken;
        return;
      }
    }
    const value = weight * (tree.value[node] ?? 0);
    this.#given = present === 0 ? 0 : value * orderShare(present - 1, absent);
    this.#taken = absent === 0 ? 0 : value * orderShare(present, absent - 1);
  }
}
