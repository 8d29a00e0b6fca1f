import { type Attribution, MOST_PLAYERS, orderShare, shapleyValues, sizeOf } from './shapley.ts';
import { goesYes, logistic, type Tree, type TreeEnsemble, treeScore } from './tree-ensemble.ts';

/** A leaf that a row with some features of the reference reaches: features of the first on its path, and of the second. */
interface Leaf {
  readonly value: number;
  readonly fromRow: readonly number[];
  readonly fromReference: readonly number[];
}

/** A tree and the references that go through it alike. */
interface Grouped {
  readonly tree: Tree;
  readonly groupOf: Int32Array;
  /** One reference of each group. */
  readonly examples: readonly Float32Array[];
}

/**
 * Exact interventional Shapley values of a tree ensemble's score: a coalition is worth the mean score of the references with
 * its features taken from the row. The trees are read, not run: between a row and a reference a leaf counts for the coalitions
 * that hold all its features from the row and none of those from the reference.
 */
export class TreeExplainer {
  readonly baseline: number;
  private readonly ensemble: TreeEnsemble;
  private readonly references: readonly Float32Array[];
  readonly #grouped: readonly Grouped[];

  /** @param references float32 rows of features; at least one */
  constructor(ensemble: TreeEnsemble, references: readonly Float32Array[]) {
    this.ensemble = ensemble;
    this.references = references;
    if (references.length === 0) throw new RangeError('values need reference rows to stand against');
    this.baseline = references.reduce((sum, row) => sum + treeScore(ensemble, row), 0) / references.length;
    this.#grouped = ensemble.trees.map((tree) => grouped(tree, references));
  }

  /**
   * Any number of features where the link is the identity (interventional TreeSHAP, Lundberg et al. 2020); behind the logistic
   * one at most MOST_PLAYERS may differ between the row and a reference. Throws RangeError beyond.
   */
  explain(row: Float32Array): Attribution {
    const found = this.#grouped.map(({ tree, examples }) =>
      examples.map((reference) => leavesBetween(tree, row, reference)),
    );
    const values = new Float64Array(row.length);
    for (const place of this.references.keys()) {
      const leaves = this.#grouped.flatMap(({ groupOf }, at) => found[at]?.[groupOf[place] ?? 0] ?? []);
      if (this.ensemble.link === 'IDENTITY') addLeaves(values, leaves);
      else addGame(values, leaves, this.ensemble.base);
    }
    return { baseline: this.baseline, values: values.map((value) => value / this.references.length) };
  }
}

function grouped(tree: Tree, references: readonly Float32Array[]): Grouped {
  const groups = new Map<string, number>();
  const examples: Float32Array[] = [];
  const groupOf = Int32Array.from(references, (reference) => {
    let way = '';
    for (const [node, feature] of tree.feature.entries())
      if (feature >= 0) way += goesYes(tree, node, reference) ? 'y' : 'n';
    const known = groups.get(way);
    if (known !== undefined) return known;
    groups.set(way, examples.length);
    return examples.push(reference) - 1;
  });
  return { tree, groupOf, examples };
}

function leavesBetween(tree: Tree, row: Float32Array, reference: Float32Array): readonly Leaf[] {
  const leaves: Leaf[] = [];
  const walk = (node: number, fromRow: readonly number[], fromReference: readonly number[]): void => {
    const feature = tree.feature[node] ?? -1;
    if (feature < 0) {
      leaves.push({ value: tree.value[node] ?? 0, fromRow, fromReference });
      return;
    }
    const next = (yes: boolean) => (yes ? tree.yes : tree.no)[node] ?? 0;
    const ofRow = goesYes(tree, node, row);
    const ofReference = goesYes(tree, node, reference);
    if (ofRow === ofReference || fromRow.includes(feature)) walk(next(ofRow), fromRow, fromReference);
    else if (fromReference.includes(feature)) walk(next(ofReference), fromRow, fromReference);
    else {
      walk(next(ofRow), [...fromRow, feature], fromReference);
      walk(next(ofReference), fromRow, [...fromReference, feature]);
    }
  };
  walk(0, [], []);
  return leaves;
}

/** Without a link a leaf's value is shared out by itself: each of its features is needed, or must stay away. */
function addLeaves(values: Float64Array, leaves: readonly Leaf[]): void {
  for (const { value, fromRow, fromReference } of leaves) {
    const [present, absent] = [fromRow.length, fromReference.length];
    for (const feature of fromRow)
      values[feature] = (values[feature] ?? 0) + value * orderShare(present - 1, absent);
    for (const feature of fromReference)
      values[feature] = (values[feature] ?? 0) - value * orderShare(present, absent - 1);
  }
}

/** Behind a link the trees' sum is made for every coalition of the features that differ. */
function addGame(values: Float64Array, leaves: readonly Leaf[], base: number): void {
  const bitOf = new Int32Array(values.length);
  const players: number[] = [];
  for (const { fromRow, fromReference } of leaves) {
    for (const features of [fromRow, fromReference]) {
      for (const feature of features) {
        if (bitOf[feature] !== 0) continue;
        bitOf[feature] = 1 << players.length;
        if (players.push(feature) > MOST_PLAYERS)
          throw new RangeError(`more than ${MOST_PLAYERS} features differ from a reference`);
      }
    }
  }
  const worth = new Float64Array(1 << players.length);
  worth[0] = base;
  for (const { value, fromRow, fromReference } of leaves)
    spread(worth, value, maskOf(fromRow, bitOf), maskOf(fromReference, bitOf));
  sumOverSubsets(worth);
  for (const [coalition, margin] of worth.entries()) worth[coalition] = logistic(margin);
  const shares = shapleyValues(worth);
  for (const [player, feature] of players.entries())
    values[feature] = (values[feature] ?? 0) + (shares[player] ?? 0);
}

function maskOf(features: readonly number[], bitOf: Int32Array): number {
  let mask = 0;
  for (const feature of features) mask |= bitOf[feature] ?? 0;
  return mask;
}

/** Adds what, summed over subsets, is `value` for every coalition that holds `present` and nothing of `absent` (Möbius). */
function spread(worth: Float64Array, value: number, present: number, absent: number): void {
  for (let part = absent; ; part = (part - 1) & absent) {
    const at = present | part;
    worth[at] = (worth[at] ?? 0) + (sizeOf(part) % 2 === 0 ? value : -value);
    if (part === 0) return;
  }
}

function sumOverSubsets(worth: Float64Array): void {
  for (let bit = 1; bit < worth.length; bit <<= 1) {
    for (let mask = 0; mask < worth.length; mask++)
      if (mask & bit) worth[mask] = (worth[mask] ?? 0) + (worth[mask ^ bit] ?? 0);
  }
}
