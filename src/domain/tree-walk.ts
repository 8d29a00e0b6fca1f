import { goesYes, type Tree } from './tree-ensemble.ts';

/**
 * Walks through trees between a row and many references at once. At a leaf `fromRow` are the features that must be the row's to come
 * there, `fromReference` those that must be the reference's, and `order` holds, from one place to another, which references they are.
 */
export class TreeWalk {
  readonly fromRow: number[] = [];
  readonly fromReference: number[] = [];
  /** The numbers of all references, in an order that each walk makes anew for the places that it is given. */
  readonly order: Int32Array;
  /** The values of the references by feature. */
  readonly #columns: readonly Float32Array[];
  /** The thresholds that trees hold a feature against, ascending. */
  readonly #thresholds: readonly Float32Array[];
  /** Between which of these the references are, by feature. */
  readonly #bands: readonly Int32Array[];

  constructor(trees: readonly Tree[], references: readonly Float32Array[]) {
    const features = references[0]?.length ?? 0;
    this.order = Int32Array.from(references.keys());
    this.#columns = Array.from({ length: features }, (_, feature) =>
      Float32Array.from(references, (reference) => reference[feature] ?? Number.NaN),
    );
    this.#thresholds = thresholdsOf(trees, features);
    this.#bands = this.#columns.map((column, feature) =>
      Int32Array.from(column, (value) => bandOf(value, this.#thresholds[feature])),
    );
  }

  /**
   * Calls with the value of each leaf that the row comes to with some features of a reference, and the places of those references.
   * Walks with the references of the numbers from `from` to before `to`.
   */
  leaves(
    tree: Tree,
    row: Float32Array,
    from: number,
    to: number,
    onLeaf: (value: number, from: number, to: number) => void,
  ): void {
    const { fromRow, fromReference } = this;
    const walk = (node: number, first: number, end: number): void => {
      if (first === end) return;
      const feature = tree.feature[node] ?? -1;
      if (feature < 0) {
        onLeaf(tree.value[node] ?? 0, first, end);
        return;
      }
      const yes = goesYes(tree, node, row);
      const own = (yes ? tree.yes : tree.no)[node] ?? 0;
      const other = (yes ? tree.no : tree.yes)[node] ?? 0;
      if (fromRow.includes(feature)) {
        walk(own, first, end);
        return;
      }
      const apart = this.#part(tree, node, yes, first, end);
      walk(own, first, apart);
      if (fromReference.includes(feature)) walk(other, apart, end);
      else {
        fromRow.push(feature);
        walk(own, apart, end);
        fromRow.pop();
        fromReference.push(feature);
        walk(other, apart, end);
        fromReference.pop();
      }
    };
    for (let place = from; place < to; place++) this.order[place] = place;
    walk(0, from, to);
  }

  /** Puts the references that go the same way as the row before those that do not; answers where those begin. */
  #part(tree: Tree, node: number, yes: boolean, first: number, end: number): number {
    const { order } = this;
    const column = this.#columns[tree.feature[node] ?? 0];
    const threshold = tree.threshold[node] ?? 0;
    const missing = tree.missing[node] === 1;
    let apart = first;
    for (let at = first; at < end; at++) {
      const reference = order[at] ?? 0;
      const value = column?.[reference] ?? Number.NaN;
      if ((value <= threshold || (missing && Number.isNaN(value))) !== yes) continue;
      order[at] = order[apart] ?? 0;
      order[apart++] = reference;
    }
    return apart;
  }

  /** The features by which a tree may send a row another way than one of these references. */
  differing(row: Float32Array, from: number, to: number): readonly number[] {
    return Array.from(row.keys()).filter((feature) => {
      const own = bandOf(row[feature] ?? Number.NaN, this.#thresholds[feature]);
      return this.#bands[feature]?.subarray(from, to).some((band) => band !== own);
    });
  }
}

function thresholdsOf(trees: readonly Tree[], features: number): readonly Float32Array[] {
  const found = Array.from({ length: features }, () => new Set<number>());
  for (const { feature, threshold } of trees)
    for (const [node, asked] of feature.entries()) found[asked]?.add(threshold[node] ?? 0);
  return found.map((thresholds) => Float32Array.from(thresholds).sort());
}

/** How many of the thresholds a value is above; −1 where it is missing. */
function bandOf(value: number, thresholds: Float32Array = new Float32Array()): number {
  if (Number.isNaN(value)) return -1;
  const band = thresholds.findIndex((threshold) => value <= threshold);
  return band < 0 ? thresholds.length : band;
}
