import { type CodedText, type ModelSpec, ScoringError } from '../../domain/ports.ts';
import { type OnnxModel, type OnnxValue, shownName } from './onnx-model.ts';

export type InputType = 'float32' | 'float64' | 'int64';

/** How one feature is handed to a model: as a number, or as the text that its code stands for. */
export type ColumnPlan =
  | { readonly name: string; readonly type: InputType }
  | { readonly name: string; readonly type: 'string'; readonly texts: readonly CodedText[] };

/** How a matrix of features is handed to a model. */
export type InputPlan =
  | { readonly kind: 'matrix'; readonly name: string; readonly type: InputType; readonly fixed: boolean }
  | { readonly kind: 'columns'; readonly inputs: readonly ColumnPlan[] };

/** What the model process needs to know besides the model; plain data. */
export interface ScoringPlan {
  readonly features: readonly string[];
  readonly input: InputPlan;
  readonly output: ModelSpec['output'];
}

const FLOAT = 1;
const STRING = 8;
const TYPES: ReadonlyMap<number, InputType> = new Map([
  [FLOAT, 'float32'],
  [7, 'int64'],
  [11, 'float64'],
]);

/** Floating-point numbers that are too coarse for a score. */
const HALF: ReadonlyMap<number, string> = new Map([
  [10, 'float16'],
  [16, 'bfloat16'],
]);

/** Decides how a model is fed and read. Throws ScoringError where its declaration and the card do not fit. */
export function planScoring(model: OnnxModel, spec: ModelSpec): ScoringPlan {
  const { features, output } = spec;
  judgeOutput(model, output);
  return { features, input: planInput(model.inputs, spec), output };
}

function judgeOutput(model: OnnxModel, { name, index }: ModelSpec['output']): void {
  const declared = model.outputs.find((output) => output.name === name);
  if (declared === undefined) {
    const names = model.outputs.map((output) => shownName(output.name)).slice(0, 20);
    throw new ScoringError(
      `the model has no output ${shownName(name)}, only ${names.join(', ') || 'none at all'}: name the probability tensor in the card, or export it`,
    );
  }
  if (declared.kind === 'other') {
    throw new ScoringError(
      `output ${shownName(name)} is not a tensor but a list or map (ZipMap): export with zipmap=False, and neither as a sequence, optional nor sparse`,
    );
  }
  if (
    declared.kind === 'tensor' &&
    declared.type !== 0 &&
    !['float32', 'float64'].includes(TYPES.get(declared.type) ?? '')
  ) {
    const half = HALF.get(declared.type);
    throw new ScoringError(
      half === undefined
        ? `output ${shownName(name)} holds no floating-point numbers (a label, perhaps): name the probability tensor in the card, or export it`
        : `output ${shownName(name)} holds ${half}: export probabilities as float or double`,
    );
  }
  const dims = declared.kind === 'tensor' ? declared.dims : null;
  if (dims === null) return;
  const numbers = dims.length === 1 ? 1 : dims[1];
  if (dims.length < 1 || dims.length > 2) {
    throw new ScoringError(
      `output ${shownName(name)} has ${dims.length} dimensions: export probabilities of the shape [N], [N,1] or [N,2]`,
    );
  }
  if (numbers !== null && numbers !== undefined && index >= numbers) {
    throw new ScoringError(
      `output ${shownName(name)} has ${numbers} number(s) a row, the card asks for index ${index}, counted from 0`,
    );
  }
}

function planInput(inputs: readonly OnnxValue[], { features, texts }: ModelSpec): InputPlan {
  for (const input of inputs) judgeInput(input);
  const [only] = inputs;
  if (only === undefined)
    throw new ScoringError('the model takes no input: export it with its features as input');
  if (inputs.length === 1 && !(features.length === 1 && features[0] === only.name)) {
    return planMatrix(only, features.length);
  }
  const byName = new Map(inputs.map((input) => [input.name, input]));
  const lacking = features.filter((feature) => !byName.has(feature));
  const known = new Set(features);
  const surplus = inputs.filter(({ name }) => !known.has(name)).map(({ name }) => name);
  if (lacking.length > 0 || surplus.length > 0 || byName.size !== inputs.length) {
    throw new ScoringError(
      `the model's inputs are not the card's features (no input for: ${listed(lacking)}; no feature for: ${listed(surplus)}): give inputs and features the same names, or export one matrix input`,
    );
  }
  return {
    kind: 'columns',
    inputs: features.map((feature) => {
      const input = byName.get(feature);
      if (input === undefined || (input.dims?.length === 2 && input.dims[1] !== 1)) {
        throw new ScoringError(
          `input ${shownName(feature)} is not of the shape [N,1]: export one column a feature`,
        );
      }
      return input.type === STRING
        ? { name: feature, type: 'string', texts: textsOf(feature, texts?.get(feature)) }
        : { name: feature, type: typeOf(input) };
    }),
  };
}

function textsOf(feature: string, texts: readonly CodedText[] | undefined): readonly CodedText[] {
  if (texts === undefined) {
    throw new ScoringError(
      `input ${shownName(feature)} takes text, and its feature is a number: give the feature a category recipe in the card, or export the model with a number as input`,
    );
  }
  if (new Set(texts.map(([code]) => code)).size < texts.length) {
    throw new ScoringError(
      `input ${shownName(feature)} takes text, and the card has one code for several texts: give each text a code of its own`,
    );
  }
  return texts;
}

function planMatrix(input: OnnxValue, features: number): InputPlan {
  if (input.type === STRING) {
    throw new ScoringError(
      `input ${shownName(input.name)} is a matrix of text: export one input a feature, each with the name of its feature`,
    );
  }
  const type = typeOf(input);
  const width = input.dims?.[1] ?? null;
  if (type === 'int64' && features > 1) {
    throw new ScoringError(
      `input ${shownName(input.name)} is a matrix of int64: export with FloatTensorType([None, ${features}])`,
    );
  }
  if (width !== null && width !== features) {
    throw new ScoringError(
      `input ${shownName(input.name)} takes ${width} features, the card has ${features}: the card's features must be those of the model, in its order`,
    );
  }
  return { kind: 'matrix', name: input.name, type, fixed: width !== null };
}

function judgeInput({ name, kind, type, dims }: OnnxValue): void {
  const shown = shownName(name);
  if (kind !== 'tensor') {
    throw new ScoringError(
      `input ${shown} is not a tensor (but a list, a map, optional or sparse): export with tensor inputs`,
    );
  }
  if (!TYPES.has(type) && type !== STRING) {
    throw new ScoringError(
      `input ${shown} is neither float, double, int64 nor text: export with one of these types`,
    );
  }
  if (dims?.length !== 2) {
    throw new ScoringError(
      `input ${shown} does not have the shape [N, features] or [N,1]: export with FloatTensorType([None, features])`,
    );
  }
  if (dims[0] !== null) {
    throw new ScoringError(
      `input ${shown} takes exactly ${dims[0]} row(s) at a time: export with a free first dimension, FloatTensorType([None, features])`,
    );
  }
}

function typeOf(input: OnnxValue): InputType {
  const type = TYPES.get(input.type);
  if (type === undefined) throw new ScoringError(`input ${shownName(input.name)} has an unknown type`);
  return type;
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.slice(0, 20).map(shownName).join(', ');
}
