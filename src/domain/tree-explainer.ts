import { type Attribution, MOST_PLAYERS, orderShare, shapleyValues, sizeOf } from './shapley.ts';
import { goesYes, logistic, type Tree, type TreeEnsemble, treeScore } from './tree-ensemble.ts';

/**
 * The leaves that a row with some features of a reference reaches, one after another. A path says how many of its features must
 * be the row's, how many the reference's, and then which.
 */
interface Leaves {
  readonly values: number[];
  readonly paths: number[];
}

/** A tree and the references that go through it alike. */
interface Grouped {
  readonly tree: Tree;
  readonly groupOf: Int32Array;
  /** One reference of each group. */
  readonly examples: readonly Float32Array[];
  /** How many references each group has. */
  readonly sizes: readonly number[];
}

/**
 * Exact interventional Shapley values of a tree ensemble's score: a coalition is worth the mean score of the references with
 * its features taken from the row. The trees are read, not run: between a row and a reference a leaf counts for the coalitions
 * that hold all its features from the row and none of those from the reference.
 */
export class TreeExplainer {
  readonly baseline: number;
  readonly #ensemble: TreeEnsemble;
  readonly #references: number;
  readonly #grouped: readonly Grouped[];

  /** @param references float32 rows of features; at least one */
  constructor(ensemble: TreeEnsemble, references: readonly Float32Array[]) {
    if (references.length === 0) throw new RangeError('values need reference rows to stand against');
    this.#ensemble = ensemble;
    this.#references = references.length;
    this.baseline = references.reduce((sum, row) => sum + treeScore(ensemble, row), 0) / references.length;
    this.#grouped = ensemble.trees.map((tree) => grouped(tree, references));
  }

  /**
   * Any number of features where the link is the identity (interventional TreeSHAP, Lundberg et al. 2020). Behind the logistic
   * one a game is played against each reference: null where more than MOST_PLAYERS features matter in one of them.
   * @param onReference called after each game
   */
  explain(row: Float32Array, onReference: () => void = () => {}): Attribution | null {
    const values = new Float64Array(row.length);
    const leavesOf = this.#grouped.map(({ tree, examples }) =>
      examples.map((reference) => leavesBetween(tree, row, reference)),
    );
    if (this.#ensemble.link === 'IDENTITY') {
      for (const [at, { sizes }] of this.#grouped.entries())
        for (const [group, leaves] of (leavesOf[at] ?? []).entries())
          addLeaves(values, leaves, sizes[group] ?? 0);
    } else {
      for (let reference = 0; reference < this.#references; reference++) {
        const leaves = this.#grouped.map(
          ({ groupOf }, at) => leavesOf[at]?.[groupOf[reference] ?? 0] ?? NONE,
        );
        if (!addGame(values, leaves, this.#ensemble.base)) return null;
        onReference();
      }
    }
    return { baseline: this.baseline, values: values.map((value) => value / this.#references) };
  }
}

const NONE: Leaves = { values: [], paths: [] };

function grouped(tree: Tree, references: readonly Float32Array[]): Grouped {
  const groups = new Map<string, number>();
  const examples: Float32Array[] = [];
  const sizes: number[] = [];
  const groupOf = Int32Array.from(references, (reference) => {
    let way = '';
    for (const [node, feature] of tree.feature.entries())
      if (feature >= 0) way += goesYes(tree, node, reference) ? 'y' : 'n';
    const group = groups.get(way) ?? examples.push(reference) - 1;
    groups.set(way, group);
    sizes[group] = (sizes[group] ?? 0) + 1;
    return group;
  });
  return { tree, groupOf, examples, sizes };
}

function leavesBetween(tree: Tree, row: Float32Array, reference: Float32Array): Leaves {
  const values: number[] = [];
  const paths: number[] = [];
  const fromRow: number[] = [];
  const fromReference: number[] = [];
  const walk = (node: number): void => {
    const feature = tree.feature[node] ?? -1;
    if (feature < 0) {
      values.push(tree.value[node] ?? 0);
      paths.push(fromRow.length, fromReference.length, ...fromRow, ...fromReference);
      return;
    }
    const next = (yes: boolean) => (yes ? tree.yes : tree.no)[node] ?? 0;
    const ofRow = goesYes(tree, node, row);
    const ofReference = goesYes(tree, node, reference);
    if (ofRow === ofReference || fromRow.includes(feature)) walk(next(ofRow));
    else if (fromReference.includes(feature)) walk(next(ofReference));
    else {
      fromRow.push(feature);
      walk(next(ofRow));
      fromRow.pop();
      fromReference.push(feature);
      walk(next(ofReference));
      fromReference.pop();
    }
  };
  walk(0);
  return { values, paths };
}

/** Without a link a leaf's value is shared out by itself: each of its features is needed, or must stay away. */
function addLeaves(values: Float64Array, leaves: Leaves, times: number): void {
  const { paths } = leaves;
  let at = 0;
  for (const value of leaves.values) {
    const present = paths[at++] ?? 0;
    const absent = paths[at++] ?? 0;
    for (const end = at + present; at < end; at++) {
      const feature = paths[at] ?? 0;
      values[feature] = (values[feature] ?? 0) + times * value * orderShare(present - 1, absent);
    }
    for (const end = at + absent; at < end; at++) {
      const feature = paths[at] ?? 0;
      values[feature] = (values[feature] ?? 0) - times * value * orderShare(present, absent - 1);
    }
  }
}

/** Behind a link the trees' sum is made for every coalition of the features that matter; false where they are too many. */
function addGame(values: Float64Array, trees: readonly Leaves[], base: number): boolean {
  const bitOf = new Int32Array(values.length);
  const players = playersIn(trees, bitOf);
  if (players.length > MOST_PLAYERS) return false;
  const worth = new Float64Array(1 << players.length);
  worth[0] = base;
  for (const leaves of trees) spread(worth, leaves, bitOf);
  sumOverSubsets(worth);
  for (let coalition = 0; coalition < worth.length; coalition++)
    worth[coalition] = logistic(worth[coalition] ?? 0);
  const shares = shapleyValues(worth);
  for (const [player, feature] of players.entries())
    values[feature] = (values[feature] ?? 0) + (shares[player] ?? 0);
  return true;
}

/** The features on the paths, and the bit of each. */
function playersIn(trees: readonly Leaves[], bitOf: Int32Array): readonly number[] {
  const players: number[] = [];
  for (const { paths } of trees) {
    for (let at = 0; at < paths.length; ) {
      const end = at + 2 + (paths[at] ?? 0) + (paths[at + 1] ?? 0);
      for (at += 2; at < end; at++) {
        const feature = paths[at] ?? 0;
        if (bitOf[feature] === 0) bitOf[feature] = 1 << (players.push(feature) - 1);
      }
    }
  }
  return players;
}

/** Adds what, summed over subsets, is a leaf's value for every coalition that holds its present and none of its absent (Möbius). */
function spread(worth: Float64Array, { values, paths }: Leaves, bitOf: Int32Array): void {
  let at = 0;
  for (let leaf = 0; leaf < values.length; leaf++) {
    const value = values[leaf] ?? 0;
    const from = at + 2 + (paths[at] ?? 0);
    const end = from + (paths[at + 1] ?? 0);
    let present = 0;
    let absent = 0;
    for (at += 2; at < from; at++) present |= bitOf[paths[at] ?? 0] ?? 0;
    for (; at < end; at++) absent |= bitOf[paths[at] ?? 0] ?? 0;
    for (let part = absent; ; part = (part - 1) & absent) {
      const mask = present | part;
      worth[mask] = (worth[mask] ?? 0) + (sizeOf(part) % 2 === 0 ? value : -value);
      if (part === 0) break;
    }
  }
}

function sumOverSubsets(worth: Float64Array): void {
  for (let bit = 1; bit < worth.length; bit <<= 1) {
    for (let first = bit; first < worth.length; first += 2 * bit)
      for (let mask = first; mask < first + bit; mask++)
        worth[mask] = (worth[mask] ?? 0) + (worth[mask ^ bit] ?? 0);
  }
}
