import type { Tree, TreeEnsemble } from '../../domain/tree-ensemble.ts';
import { ProtobufCursor } from './protobuf-cursor.ts';

/** What an operator's node says: its attributes by name. */
interface Attributes {
  readonly integers: ReadonlyMap<string, readonly number[]>;
  readonly floats: ReadonlyMap<string, readonly number[]>;
  readonly texts: ReadonlyMap<string, readonly string[]>;
}

/** Operators behind the trees that leave the numbers as they are. */
const PASSING = new Set(['Cast', 'Identity', 'ZipMap']);

/**
 * Reads a model that is nothing but one ensemble of trees (TreeEnsembleClassifier or -Regressor of ai.onnx.ml up to 3) over the
 * features in their order; null for any other. `index` is the number of the output that is the score. What was read is to be
 * compared with what the model says before it is relied on.
 */
export function readTrees(model: Uint8Array, index: number): TreeEnsemble | null {
  const [trees, ...behind] = nodesOf(model);
  if (trees === undefined || behind.some(({ operator }) => !PASSING.has(operator))) return null;
  const attributes = attributesOf(trees.node);
  const modes = attributes.texts.get('nodes_modes') ?? [];
  // Thresholds of another type stand elsewhere, and other comparisons are not read.
  if (!attributes.floats.has('nodes_values')) return null;
  if (modes.some((mode) => mode !== 'BRANCH_LEQ' && mode !== 'LEAF')) return null;
  if (trees.operator === 'TreeEnsembleRegressor') return regressor(attributes);
  return trees.operator === 'TreeEnsembleClassifier' ? classifier(attributes, index) : null;
}

function regressor(attributes: Attributes): TreeEnsemble | null {
  const [aggregate = 'SUM'] = attributes.texts.get('aggregate_function') ?? [];
  const [transform = 'NONE'] = attributes.texts.get('post_transform') ?? [];
  if ((aggregate !== 'SUM' && aggregate !== 'AVERAGE') || (transform !== 'NONE' && transform !== 'LOGISTIC'))
    return null;
  const trees = treesOf(attributes, 'target', (id) => (id === 0 ? 1 : 0));
  const share = aggregate === 'AVERAGE' ? 1 / trees.length : 1;
  const [base = 0] = attributes.floats.get('base_values') ?? [];
  return {
    base,
    link: transform === 'NONE' ? 'IDENTITY' : 'LOGISTIC',
    trees: trees.map((tree) => ({ ...tree, value: tree.value.map((value) => value * share) })),
  };
}

/** Of two classes; with weights of one class only they are of the second (onnxruntime, binary case). */
function classifier(attributes: Attributes, index: number): TreeEnsemble | null {
  const labels =
    attributes.integers.get('classlabels_int64s') ?? attributes.texts.get('classlabels_strings') ?? [];
  const [transform = 'NONE'] = attributes.texts.get('post_transform') ?? [];
  const ids = new Set(attributes.integers.get('class_ids'));
  const base = attributes.floats.get('base_values') ?? [];
  if (labels.length !== 2 || index > 1) return null;
  if (ids.size === 1 && transform === 'LOGISTIC') {
    const sign = index === 1 ? 1 : -1;
    return { base: sign * (base[0] ?? 0), link: 'LOGISTIC', trees: treesOf(attributes, 'class', () => sign) };
  }
  if (ids.size === 1 && transform === 'NONE' && index === 1)
    return { base: base[0] ?? 0, link: 'IDENTITY', trees: treesOf(attributes, 'class', () => 1) };
  if (ids.size !== 2) return null;
  if (transform === 'NONE') {
    const trees = treesOf(attributes, 'class', (id) => (id === index ? 1 : 0));
    return { base: base[index] ?? 0, link: 'IDENTITY', trees };
  }
  if (transform !== 'SOFTMAX') return null;
  // Of two classes the softmax of one is the logistic function of their difference.
  const trees = treesOf(attributes, 'class', (id) => (id === index ? 1 : -1));
  return { base: (base[index] ?? 0) - (base[1 - index] ?? 0), link: 'LOGISTIC', trees };
}

/** @param weightOf how much of a leaf's weight for a class or target counts */
function treesOf(
  attributes: Attributes,
  kind: 'class' | 'target',
  weightOf: (id: number) => number,
): readonly Tree[] {
  const integers = (name: string) => attributes.integers.get(name) ?? [];
  const treeIds = integers('nodes_treeids');
  const nodeIds = integers('nodes_nodeids');
  const places = new Map<string, { tree: number; node: number }>();
  const sizes: number[] = [];
  const order = new Map([...new Set(treeIds)].map((id, tree) => [id, tree]));
  for (const [at, id] of treeIds.entries()) {
    const tree = order.get(id) ?? 0;
    const node = sizes[tree] ?? 0;
    sizes[tree] = node + 1;
    places.set(`${id}/${nodeIds[at]}`, { tree, node });
  }
  const trees = sizes.map((size) => ({
    feature: new Int32Array(size).fill(-1),
    threshold: new Float32Array(size),
    yes: new Int32Array(size),
    no: new Int32Array(size),
    missing: new Uint8Array(size),
    value: new Float64Array(size),
  }));
  const placeOf = (tree: number, node: number | undefined) => places.get(`${tree}/${node}`);
  for (const [at, id] of treeIds.entries()) {
    const place = placeOf(id, nodeIds[at]);
    const tree = trees[place?.tree ?? 0];
    if (place === undefined || tree === undefined || attributes.texts.get('nodes_modes')?.[at] === 'LEAF')
      continue;
    tree.feature[place.node] = integers('nodes_featureids')[at] ?? 0;
    tree.threshold[place.node] = attributes.floats.get('nodes_values')?.[at] ?? 0;
    tree.yes[place.node] = placeOf(id, integers('nodes_truenodeids')[at])?.node ?? 0;
    tree.no[place.node] = placeOf(id, integers('nodes_falsenodeids')[at])?.node ?? 0;
    tree.missing[place.node] = integers('nodes_missing_value_tracks_true')[at] ?? 0;
  }
  for (const [at, id] of integers(`${kind}_treeids`).entries()) {
    const place = placeOf(id, integers(`${kind}_nodeids`)[at]);
    const tree = trees[place?.tree ?? 0];
    if (place === undefined || tree === undefined) continue;
    const weight = attributes.floats.get(`${kind}_weights`)?.[at] ?? 0;
    tree.value[place.node] =
      (tree.value[place.node] ?? 0) + weight * weightOf(integers(`${kind}_ids`)[at] ?? 0);
  }
  return trees;
}

function nodesOf(model: Uint8Array): readonly { operator: string; node: () => ProtobufCursor }[] {
  const nodes: { operator: string; node: () => ProtobufCursor }[] = [];
  const file = new ProtobufCursor(model);
  while (file.next()) {
    if (file.field !== 7) continue;
    const graph = file.message();
    while (graph.next()) {
      if (graph.field !== 1) continue;
      const [start, end] = [graph.start, graph.end];
      const node = () => new ProtobufCursor(model, start, end);
      nodes.push({ operator: operatorOf(node()), node });
    }
  }
  return nodes;
}

function operatorOf(node: ProtobufCursor): string {
  let operator = '';
  while (node.next()) if (node.field === 4) operator = node.text();
  return operator;
}

function attributesOf(open: () => ProtobufCursor): Attributes {
  const integers = new Map<string, number[]>();
  const floats = new Map<string, number[]>();
  const texts = new Map<string, string[]>();
  const node = open();
  while (node.next()) {
    if (node.field !== 5) continue;
    const name = nameOf(node.message());
    const attribute = node.message();
    const add = <T>(map: Map<string, T[]>, values: readonly T[]) => {
      const list = map.get(name) ?? [];
      for (const value of values) list.push(value);
      map.set(name, list);
    };
    while (attribute.next()) {
      if (attribute.field === 2 || attribute.field === 7) add(floats, attribute.floats());
      else if (attribute.field === 3 || attribute.field === 8) add(integers, attribute.integers());
      else if (attribute.field === 4 || attribute.field === 9) add(texts, [attribute.text()]);
    }
  }
  return { integers, floats, texts };
}

function nameOf(attribute: ProtobufCursor): string {
  let name = '';
  while (attribute.next()) if (attribute.field === 1) name = attribute.text();
  return name;
}
