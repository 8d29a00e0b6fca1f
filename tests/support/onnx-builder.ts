/** Writes small ONNX files (onnx.proto), so that tests can have any model, sound or hostile. */

export const FLOAT = 1;
export const INT64 = 7;
export const STRING = 8;
export const DOUBLE = 11;

/** A node; attributes as encoded AttributeProto. */
export interface NodeSpec {
  readonly op: string;
  readonly inputs?: readonly string[];
  readonly outputs: readonly string[];
  readonly domain?: string;
  readonly attributes?: readonly Uint8Array[];
}

export interface ValueSpec {
  readonly name: string;
  readonly type?: number;
  /** Null where the shape is not declared. */
  readonly dims: readonly (number | null)[] | null;
  /** An encoded TypeProto in place of a tensor of this type and shape. */
  readonly declared?: Uint8Array;
}

export interface ModelFile {
  readonly nodes: readonly NodeSpec[];
  readonly inputs: readonly ValueSpec[];
  readonly outputs: readonly ValueSpec[];
  readonly initializers?: readonly Uint8Array[];
  readonly irVersion?: number;
  /** Fields of ModelProto to append. */
  readonly extra?: readonly Uint8Array[];
}

function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

/** A varint field. */
export function number(field: number, value: number | bigint): Uint8Array {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

/** A length-delimited field: text, bytes or the fields of a message. */
export function bytes(field: number, ...parts: readonly (Uint8Array | string)[]): Uint8Array {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  return Buffer.concat([varint(field * 8 + 2), varint(body.length), body]);
}

/** The fields of a TensorProto with its numbers inside. */
export function tensor(
  name: string,
  type: number,
  dims: readonly number[],
  values: readonly number[],
): Uint8Array {
  const raw =
    type === INT64
      ? new BigInt64Array(values.map(BigInt)).buffer
      : type === DOUBLE
        ? new Float64Array(values).buffer
        : new Float32Array(values).buffer;
  return Buffer.concat([
    ...dims.map((dim) => number(1, dim)),
    number(2, type),
    bytes(8, name),
    bytes(9, new Uint8Array(raw)),
  ]);
}

/** AttributeProto with an integer. */
export function integerAttribute(name: string, value: number): Uint8Array {
  return Buffer.concat([bytes(1, name), number(3, value), number(20, 2)]);
}

/** AttributeProto with a list of integers. */
export function integersAttribute(name: string, values: readonly number[]): Uint8Array {
  return Buffer.concat([bytes(1, name), ...values.map((value) => number(8, value)), number(20, 7)]);
}

/** AttributeProto with a float. */
export function floatAttribute(name: string, value: number): Uint8Array {
  const field = Buffer.alloc(5);
  field.writeUInt8(2 * 8 + 5, 0);
  field.writeFloatLE(value, 1);
  return Buffer.concat([bytes(1, name), field, number(20, 1)]);
}

/** AttributeProto with a list of floats. */
export function floatsAttribute(name: string, values: readonly number[]): Uint8Array {
  const fixed = values.map((value) => {
    const field = Buffer.alloc(5);
    field.writeUInt8(7 * 8 + 5, 0);
    field.writeFloatLE(value, 1);
    return field;
  });
  return Buffer.concat([bytes(1, name), ...fixed, number(20, 6)]);
}

/** AttributeProto with a list of texts. */
export function textsAttribute(name: string, values: readonly string[]): Uint8Array {
  return Buffer.concat([bytes(1, name), ...values.map((value) => bytes(9, value)), number(20, 8)]);
}

/** A tree of one question of the first feature, above 0 or not, with these two answers: a node of `x` and `outputs`. */
export function stump(outputs: readonly string[], answers: readonly [no: number, yes: number]): NodeSpec {
  return {
    op: 'TreeEnsembleRegressor',
    domain: 'ai.onnx.ml',
    inputs: ['x'],
    outputs,
    attributes: [
      integersAttribute('nodes_treeids', [0, 0, 0]),
      integersAttribute('nodes_nodeids', [0, 1, 2]),
      integersAttribute('nodes_featureids', [0, 0, 0]),
      floatsAttribute('nodes_values', [0, 0, 0]),
      textsAttribute('nodes_modes', ['BRANCH_LEQ', 'LEAF', 'LEAF']),
      integersAttribute('nodes_truenodeids', [1, 0, 0]),
      integersAttribute('nodes_falsenodeids', [2, 0, 0]),
      integersAttribute('target_treeids', [0, 0]),
      integersAttribute('target_nodeids', [1, 2]),
      integersAttribute('target_ids', [0, 0]),
      floatsAttribute('target_weights', answers),
      integerAttribute('n_targets', 1),
    ],
  };
}

function value({ name, type = FLOAT, dims, declared }: ValueSpec): Uint8Array {
  const shape = dims?.map((dim) => bytes(1, dim === null ? bytes(2, 'N') : number(1, dim)));
  const tensorType = bytes(1, number(1, type), ...(shape === undefined ? [] : [bytes(2, ...shape)]));
  return Buffer.concat([bytes(1, name), bytes(2, declared ?? tensorType)]);
}

function node({ op, inputs = [], outputs, domain = '', attributes = [] }: NodeSpec): Uint8Array {
  return Buffer.concat([
    ...inputs.map((name) => bytes(1, name)),
    ...outputs.map((name) => bytes(2, name)),
    bytes(4, op),
    ...attributes.map((attribute) => bytes(5, attribute)),
    bytes(7, domain),
  ]);
}

export function onnxFile(model: ModelFile): Uint8Array {
  return Buffer.concat([
    number(1, model.irVersion ?? 8),
    bytes(
      7,
      ...model.nodes.map((spec) => bytes(1, node(spec))),
      bytes(2, 'graph'),
      ...(model.initializers ?? []).map((initializer) => bytes(5, initializer)),
      ...model.inputs.map((spec) => bytes(11, value(spec))),
      ...model.outputs.map((spec) => bytes(12, value(spec))),
    ),
    bytes(8, bytes(1, ''), number(2, 13)),
    bytes(8, bytes(1, 'ai.onnx.ml'), number(2, 3)),
    ...(model.extra ?? []),
  ]);
}

/** A model whose work grows with its rows: two products of [N,3000] and [3000,3000]. */
export function slowModel(): Uint8Array {
  const filled = { op: 'ConstantOfShape', inputs: ['square'], outputs: ['zeros'] };
  return onnxFile({
    nodes: [
      filled,
      { op: 'ConstantOfShape', inputs: ['row'], outputs: ['wide'] },
      { op: 'MatMul', inputs: ['x', 'wide'], outputs: ['a'] },
      { op: 'MatMul', inputs: ['a', 'zeros'], outputs: ['b'] },
      { op: 'MatMul', inputs: ['b', 'zeros'], outputs: ['c'] },
      { op: 'ReduceMean', inputs: ['c'], outputs: ['p'], attributes: [integersAttribute('axes', [1])] },
    ],
    inputs: [{ name: 'x', dims: [null, 1] }],
    outputs: [{ name: 'p', dims: [null, 1] }],
    initializers: [tensor('square', INT64, [2], [3000, 3000]), tensor('row', INT64, [2], [1, 3000])],
  });
}

/** A model that asks for `gibibytes` of memory while it runs. */
export function greedyModel(gibibytes: number): Uint8Array {
  return onnxFile({
    nodes: [
      { op: 'ConstantOfShape', inputs: ['shape'], outputs: ['zeros'] },
      { op: 'ReduceMean', inputs: ['zeros'], outputs: ['mean'] },
      { op: 'Mul', inputs: ['x', 'mean'], outputs: ['p'] },
    ],
    inputs: [{ name: 'x', dims: [null, 1] }],
    outputs: [{ name: 'p', dims: [null, 1] }],
    initializers: [tensor('shape', INT64, [2], [gibibytes, 2 ** 28])],
  });
}

/** A model that is the mean of its features through a sigmoid: one matrix in, one number a row out. */
export function sigmoidOfMean(features: number, changes: Partial<ModelFile> = {}): Uint8Array {
  return onnxFile({
    nodes: [
      { op: 'MatMul', inputs: ['x', 'weights'], outputs: ['mean'] },
      { op: 'Sigmoid', inputs: ['mean'], outputs: ['p'] },
    ],
    inputs: [{ name: 'x', dims: [null, features] }],
    outputs: [{ name: 'p', dims: [null, 1] }],
    initializers: [
      tensor(
        'weights',
        FLOAT,
        [features, 1],
        Array.from({ length: features }, () => 1 / features),
      ),
    ],
    ...changes,
  });
}

/** The sigmoid of its one feature, with something otherwise. */
export const with1 = (changes: Partial<ModelFile>) => sigmoidOfMean(1, changes);
