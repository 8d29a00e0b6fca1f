import { ScoringError } from '../../domain/ports.ts';
import { ProtobufCursor, ProtobufError } from './protobuf-cursor.ts';

/** An input or output as the file declares it; a dimension is null where it is free. */
export interface OnnxValue {
  readonly name: string;
  /** tensor, another kind that the service does not take, or null where the file does not say. */
  readonly kind: 'tensor' | 'other' | null;
  /** TensorProto.DataType: 1 float, 7 int64, 8 string, 11 double. */
  readonly type: number;
  readonly dims: readonly (number | null)[] | null;
}

/** What the service must know of a model before a runtime opens it. */
export interface OnnxModel {
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** Nodes, initializers, inputs and outputs together; a look at more would keep the service busy. */
const MOST_PARTS = 100_000;
const MOST_DIMENSIONS = 64;
const DOMAINS = new Set(['', 'ai.onnx', 'ai.onnx.ml']);
const RANDOM = new Set([
  'Bernoulli',
  'Multinomial',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
]);

/**
 * Reads an ONNX file (onnx.proto, IR 3 and later) without a runtime and refuses what a package may not hold:
 * operators of other domains, control flow, random operators, local functions, data outside the file, tensors that
 * claim more than they carry. Throws ScoringError. One pass over the bytes; nothing in them is run.
 */
export function readOnnxModel(bytes: Uint8Array): OnnxModel {
  try {
    return readModel(bytes);
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    throw new ScoringError(
      `the file is not an ONNX model or was cut off (${error.message}): export it again`,
    );
  }
}

function readModel(bytes: Uint8Array): OnnxModel {
  if (bytes.length === 0) throw new ScoringError('the model file is empty: export it again');
  if (new TextDecoder('latin1').decode(bytes.subarray(4, 8)) === 'ORTM') {
    throw new ScoringError('the model is in the ORT format: deliver the ONNX file it was made from');
  }
  const graph = new GraphReader();
  const model = new ProtobufCursor(bytes);
  let irVersion = 0;
  let opsets = 0;
  while (model.next()) {
    if (model.field === 1) irVersion = model.value;
    else if (model.field === 7) graph.read(model.message());
    else if (model.field === 8) opsets += 1;
    else if (model.field === 20)
      throw new ScoringError('the model holds training steps: export for inference');
    else if (model.field === 25) {
      throw new ScoringError('the model has functions of its own: export it with functions inlined');
    }
  }
  if (irVersion < 3) {
    throw new ScoringError('the model has no IR version of 3 or later: export it again with a current onnx');
  }
  if (opsets === 0) throw new ScoringError('the model imports no opset: export it again with a current onnx');
  return {
    inputs: graph.inputs.filter(({ name }) => !graph.initializers.has(name)),
    outputs: graph.outputs,
  };
}

class GraphReader {
  readonly inputs: OnnxValue[] = [];
  readonly outputs: OnnxValue[] = [];
  readonly initializers = new Set<string>();
  private parts = 0;

  read(graph: ProtobufCursor): void {
    while (graph.next()) {
      this.parts += 1;
      if (this.parts > MOST_PARTS) {
        throw new ScoringError(
          `the model has more than ${MOST_PARTS} operators, constants, inputs and outputs: export a smaller one`,
        );
      }
      if (graph.field === 1) refuseNode(graph.message());
      else if (graph.field === 5)
        this.initializers.add(refuseTensor(graph.message(), graph.end - graph.start));
      else if (graph.field === 11) this.inputs.push(readValue(graph.message()));
      else if (graph.field === 12) this.outputs.push(readValue(graph.message()));
      else if (graph.field === 15) refuseSparse();
    }
  }
}

function refuseNode(node: ProtobufCursor): void {
  let operator = '';
  let domain = '';
  let branches = false;
  while (node.next()) {
    if (node.field === 4) operator = node.text();
    else if (node.field === 5) branches = refuseAttribute(node.message()) || branches;
    else if (node.field === 7) domain = node.text();
  }
  const shown = shownName(operator);
  if (!DOMAINS.has(domain)) {
    throw new ScoringError(
      `operator ${shown} is of the domain ${shownName(domain)}: only operators of ai.onnx and ai.onnx.ml are accepted; export for inference with standard operators`,
    );
  }
  if (branches || operator === 'If' || operator === 'Loop' || operator === 'Scan') {
    throw new ScoringError(
      `operator ${shown} is control flow, which may never end: export without If, Loop, Scan`,
    );
  }
  if (RANDOM.has(operator)) {
    throw new ScoringError(
      `operator ${shown} draws at random, so no score could be reproduced: export without it`,
    );
  }
}

/** Refuses an attribute's tensors; true when it holds a graph. */
function refuseAttribute(attribute: ProtobufCursor): boolean {
  let branches = false;
  while (attribute.next()) {
    if (attribute.field === 5 || attribute.field === 10) {
      refuseTensor(attribute.message(), attribute.end - attribute.start);
    } else if (attribute.field === 6 || attribute.field === 11) branches = true;
    else if (attribute.field === 22 || attribute.field === 23) refuseSparse();
  }
  return branches;
}

/** Refuses a tensor that lies outside the file or claims more numbers than it carries; gives its name. */
function refuseTensor(tensor: ProtobufCursor, size: number): string {
  let name = '';
  let elements = 1;
  let external = false;
  while (tensor.next()) {
    if (tensor.field === 1) {
      if (tensor.delimited) {
        const dims = tensor.message();
        for (let dim = dims.packed(); dim !== undefined; dim = dims.packed()) elements *= dim;
      } else elements *= tensor.value;
    } else if (tensor.field === 8) name = tensor.text();
    else if (tensor.field === 13 || (tensor.field === 14 && tensor.value !== 0)) external = true;
  }
  if (external) {
    throw new ScoringError(
      `tensor ${shownName(name)} has its data in another file: export with all data inside model.onnx`,
    );
  }
  // Two numbers a byte is the densest that ONNX packs them (int4).
  if (elements > 2 * size) {
    throw new ScoringError(`tensor ${shownName(name)} claims more numbers than it carries: export it again`);
  }
  return name;
}

function refuseSparse(): never {
  throw new ScoringError('the model has sparse tensors: export with dense ones');
}

function readValue(value: ProtobufCursor): OnnxValue {
  let name = '';
  let kind: OnnxValue['kind'] = null;
  let type = 0;
  let dims: (number | null)[] | null = null;
  while (value.next()) {
    if (value.field === 1) name = value.text();
    if (value.field !== 2) continue;
    const declared = value.message();
    while (declared.next()) {
      if (declared.field === 6) continue;
      kind = declared.field === 1 ? 'tensor' : 'other';
      if (kind === 'other') continue;
      const tensor = declared.message();
      while (tensor.next()) {
        if (tensor.field === 1) type = tensor.value;
        else if (tensor.field === 2) dims = readShape(tensor.message());
      }
    }
  }
  return { name, kind, type, dims };
}

function readShape(shape: ProtobufCursor): (number | null)[] {
  const dims: (number | null)[] = [];
  while (shape.next()) {
    if (shape.field !== 1) continue;
    if (dims.length === MOST_DIMENSIONS) {
      throw new ScoringError(`a shape has more than ${MOST_DIMENSIONS} dimensions: export it again`);
    }
    const dimension = shape.message();
    let size: number | null = null;
    while (dimension.next()) size = dimension.field === 1 ? dimension.value : null;
    dims.push(size);
  }
  return dims;
}

/** A name out of a foreign file, fit for a message. */
export function shownName(name: string): string {
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);
}
