import { goesYes, type Tree } from './tree-ensemble.ts';

/**
 * Of a reference a tree sees only its way: where it goes at each inner node. References of one way in one tree are a group, and one of
 * them speaks for all. Groups are numbered over all trees.
 */
export class ReferenceWays {
  /** The group of a reference in a tree, at tree · references + reference. */
  readonly groupOf: Int32Array;
  /** Per group its tree. */
  readonly treeOf: readonly number[];
  /** Per group the reference that speaks for it. */
  readonly speakerOf: readonly number[];
  /** Per group how many references it holds. */
  readonly countOf: readonly number[];

  constructor(trees: readonly Tree[], references: readonly Float32Array[]) {
    this.groupOf = new Int32Array(references.length * trees.length);
    const [treeOf, speakerOf, countOf]: [number[], number[], number[]] = [[], [], []];
    for (const [place, tree] of trees.entries()) {
      const before = treeOf.length;
      for (const [reference, way] of waysIn(tree, references).entries()) {
        const group = before + way;
        if (group === treeOf.length) {
          treeOf.push(place);
          speakerOf.push(reference);
          countOf.push(0);
        }
        countOf[group] = (countOf[group] ?? 0) + 1;
        this.groupOf[place * references.length + reference] = group;
      }
    }
    this.treeOf = treeOf;
    this.speakerOf = speakerOf;
    this.countOf = countOf;
  }
}

/** Numbers the ways of references in a tree from 0, in the order in which they come first. */
function waysIn(tree: Tree, references: readonly Float32Array[]): Int32Array {
  const ways = new Int32Array(references.length);
  const split = new Int32Array(2 * references.length);
  for (const [node, feature] of tree.feature.entries()) {
    if (feature < 0) continue;
    split.fill(-1);
    let known = 0;
    for (let reference = 0; reference < references.length; reference++) {
      const row = references[reference];
      if (row === undefined) continue;
      const at = 2 * (ways[reference] ?? 0) + (goesYes(tree, node, row) ? 1 : 0);
      if (split[at] === -1) split[at] = known++;
      ways[reference] = split[at] ?? 0;
    }
  }
  return ways;
}
