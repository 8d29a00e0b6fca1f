import { cpus } from 'node:os';
import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import type { ColumnPlan, InputType, ScoringPlan } from './scoring-plan.ts';

/** Fixed, because onnxruntime promises equal bits for equal options only. Part of every run's record. */
const OPTIONS = {
  executionProviders: ['cpu'],
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
} as const satisfies InferenceSession.SessionOptions;

/** Five rows: a number that neither a single row nor a count of classes is likely to be mistaken for. */
const PROBE_ROWS = 5;
const PROBE_TOLERANCE = 1e-4;

/** A model opened with onnxruntime in this process. Errors are plain Errors, for a person to read. */
export class OnnxSession {
  private readonly session: InferenceSession;
  private readonly plan: ScoringPlan;
  /** How each column is filled where the model takes columns. */
  private readonly columns: readonly Column[];

  private constructor(session: InferenceSession, plan: ScoringPlan) {
    this.session = session;
    this.plan = plan;
    this.columns = plan.input.kind === 'columns' ? plan.input.inputs.map(columnOf) : [];
  }

  /** Opens a model and scores a probe with it. Throws where either fails or the answer is no probability a row. */
  static async open(model: Uint8Array, plan: ScoringPlan): Promise<OnnxSession> {
    const session = new OnnxSession(
      await InferenceSession.create(model, { ...OPTIONS, logSeverityLevel: 4 }),
      plan,
    );
    await session.probe();
    return session;
  }

  /** Runtime, version, options, Node and CPU class: what may change the last bits of a score. */
  get runtime(): string {
    const { executionProviders, ...options } = OPTIONS;
    const shown = Object.entries(options).map(([name, value]) => `${name}=${value}`);
    return [
      `onnxruntime-node ${env.versions.node ?? 'unknown'} (${executionProviders.join()}; ${shown.join('; ')})`,
      `node ${process.version} ${process.platform}-${process.arch}`,
      cpus()[0]?.model.trim() ?? 'unknown CPU',
    ].join(', ');
  }

  /** Scores rows × features, row-major, to one number a row. */
  async score(matrix: Float32Array<ArrayBuffer>, rows: number): Promise<Float64Array<ArrayBuffer>> {
    const { name } = this.plan.output;
    const results = await this.session.run(this.feeds(matrix, rows, this.plan.features.length), [name]);
    return this.pick(new Map(Object.entries(results)).get(name), rows);
  }

  private feeds(matrix: Float32Array<ArrayBuffer>, rows: number, width: number): Record<string, Tensor> {
    // Without a prototype, so that an input named __proto__ is a name like any other.
    const feeds: Record<string, Tensor> = Object.create(null);
    const { input } = this.plan;
    if (input.kind === 'matrix') {
      feeds[input.name] = tensorOf(input.type, matrix, [rows, width], input.name);
      return feeds;
    }
    this.columns.forEach(({ name, tensor }, feature) => {
      const values = new Float32Array(rows);
      for (let row = 0; row < rows; row += 1) values[row] = matrix[row * width + feature] ?? Number.NaN;
      feeds[name] = tensor(values);
    });
    return feeds;
  }

  private pick(output: unknown, rows: number): Float64Array<ArrayBuffer> {
    const { name, index } = this.plan.output;
    if (!(output instanceof Tensor)) throw new Error(`the model gave no tensor ${JSON.stringify(name)}`);
    const { data, dims } = output;
    if (!(data instanceof Float32Array || data instanceof Float64Array)) {
      throw new Error(
        `output ${JSON.stringify(name)} holds ${output.type}: export probabilities as float or double`,
      );
    }
    const width = dims.length === 1 ? 1 : (dims[1] ?? 0);
    if (dims[0] !== rows || dims.length > 2 || index >= width) {
      throw new Error(
        `output ${JSON.stringify(name)} has the shape [${dims.join(',')}] for ${rows} rows: export probabilities of the shape [N], [N,1] or [N,2], with number ${index} in them`,
      );
    }
    const scores = new Float64Array(rows);
    for (let row = 0; row < rows; row += 1) scores[row] = data[row * width + index] ?? Number.NaN;
    return scores;
  }

  private async probe(): Promise<void> {
    const width = this.plan.features.length;
    const matrix = this.probeMatrix(PROBE_ROWS, width);
    const together = await this.score(matrix, PROBE_ROWS);
    for (let row = 0; row < PROBE_ROWS; row += 1) {
      const [alone = Number.NaN] = await this.score(matrix.slice(row * width, (row + 1) * width), 1);
      const score = together[row] ?? Number.NaN;
      if (!(score >= 0 && score <= 1)) {
        const percent = score > 1 && score <= 100 ? ' (or, where these are per cent, divided by 100)' : '';
        throw new Error(
          `the model answers a probe with ${score}, which is no probability: name the probability tensor in the card, or export predict_proba${percent}`,
        );
      }
      if (!(Math.abs(alone - score) <= PROBE_TOLERANCE)) {
        throw new Error(
          'a row is scored otherwise among other rows than alone: export a model that judges each row by itself',
        );
      }
    }
    if (this.plan.input.kind === 'matrix' && !this.plan.input.fixed) await this.probeWidth(width);
  }

  /** Where the file leaves the number of features open, a model that does not need the card's last one is not the card's. */
  private async probeWidth(width: number): Promise<void> {
    const narrower = width - 1;
    if (narrower > 0 && !(await this.takes(narrower))) return;
    throw new Error(
      `the model does not say how many features it takes, and does not need all ${width} of the card: export with FloatTensorType([None, ${width}])`,
    );
  }

  private async takes(width: number): Promise<boolean> {
    try {
      await this.session.run(this.feeds(this.probeMatrix(PROBE_ROWS, width), PROBE_ROWS, width), [
        this.plan.output.name,
      ]);
      return true;
    } catch {
      return false;
    }
  }

  /** Small positive integers, which every input type, a logarithm and a division can take, or codes of the category; rows differ. */
  private probeMatrix(rows: number, width: number): Float32Array<ArrayBuffer> {
    return Float32Array.from({ length: rows * width }, (_, cell) => {
      const turn = Math.floor(cell / width) + (cell % width);
      const codes = this.columns[cell % width]?.codes ?? [];
      return codes[turn % codes.length] ?? 1 + (turn % 5);
    });
  }
}

/** A column of the matrix on its way into a model; `codes` are the only numbers that it takes, where it has any. */
interface Column {
  readonly name: string;
  readonly codes: readonly number[];
  readonly tensor: (values: Float32Array<ArrayBuffer>) => Tensor;
}

function columnOf(plan: ColumnPlan): Column {
  const { name } = plan;
  if (plan.type !== 'string') {
    const { type } = plan;
    return { name, codes: [], tensor: (values) => tensorOf(type, values, [values.length, 1], name) };
  }
  const texts = new Map(plan.texts);
  const textOf = (code: number): string => {
    const text = texts.get(code);
    if (text !== undefined) return text;
    throw new Error(
      `input ${JSON.stringify(name)} takes text and was given a code that the card's recipe does not have: training.csv and reference.csv hold the codes of the recipe`,
    );
  };
  return {
    name,
    codes: [...texts.keys()],
    tensor: (values) => new Tensor('string', Array.from(values, textOf), [values.length, 1]),
  };
}

function tensorOf(type: InputType, values: Float32Array<ArrayBuffer>, dims: number[], name: string): Tensor {
  if (type === 'float32') return new Tensor('float32', values, dims);
  if (type === 'float64') return new Tensor('float64', Float64Array.from(values), dims);
  const integers = BigInt64Array.from(values, (value) => {
    if (!Number.isInteger(value)) {
      throw new Error(
        `input ${JSON.stringify(name)} takes int64 and was given a fraction: make the feature whole, or export with float`,
      );
    }
    return BigInt(value);
  });
  return new Tensor('int64', integers, dims);
}
