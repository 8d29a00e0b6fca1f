/** A binary tree in arrays, a place a node; node 0 is the root. */
export interface Tree {
  /** The feature that a node asks of, −1 for a leaf. */
  readonly feature: Int32Array;
  /** A row goes to `yes` where its feature is not above the threshold. */
  readonly threshold: Float32Array;
  readonly yes: Int32Array;
  readonly no: Int32Array;
  /** 1 where a missing value goes to `yes`. */
  readonly missing: Uint8Array;
  /** What a leaf adds. */
  readonly value: Float64Array;
}

/** A sum of trees; the score is the sum with the base, or the logistic function of it. */
export interface TreeEnsemble {
  readonly base: number;
  readonly link: 'IDENTITY' | 'LOGISTIC';
  readonly trees: readonly Tree[];
}

/** The score of one row of features (float32), computed in float64. */
export function treeScore(ensemble: TreeEnsemble, row: Float32Array): number {
  let margin = ensemble.base;
  for (const tree of ensemble.trees) {
    let node = 0;
    while ((tree.feature[node] ?? -1) >= 0) node = (goesYes(tree, node, row) ? tree.yes : tree.no)[node] ?? 0;
    margin += tree.value[node] ?? 0;
  }
  return ensemble.link === 'LOGISTIC' ? logistic(margin) : margin;
}

/** Which way a row goes at an inner node. */
export function goesYes({ feature, threshold, missing }: Tree, node: number, row: Float32Array): boolean {
  const value = row[feature[node] ?? 0] ?? Number.NaN;
  return Number.isNaN(value) ? missing[node] === 1 : value <= (threshold[node] ?? 0);
}

/** The values of each feature, ascending, that the trees part at: a row with such a value goes with those below it. */
export function cutsOf({ trees }: TreeEnsemble, features: number): readonly Float32Array[] {
  const cuts = Array.from({ length: features }, () => new Set<number>());
  for (const { feature, threshold } of trees)
    for (const [node, asked] of feature.entries()) cuts[asked]?.add(threshold[node] ?? 0);
  return cuts.map((values) => Float32Array.from(values).sort());
}

export function logistic(margin: number): number {
  return 1 / (1 + Math.exp(-margin));
}
