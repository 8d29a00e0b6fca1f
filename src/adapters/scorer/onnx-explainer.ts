import { coalitionValues } from '../../domain/coalition-explainer.ts';
import type { ExplainedScore } from '../../domain/ports.ts';
import { sampledValues } from '../../domain/sampled-explainer.ts';
import { cutsOf, type TreeEnsemble, treeScore } from '../../domain/tree-ensemble.ts';
import { TreeExplainer } from '../../domain/tree-explainer.ts';
import type { OnnxSession } from './onnx-session.ts';
import { readTrees } from './onnx-trees.ts';
import type { ScoringPlan } from './scoring-plan.ts';

/** What read trees may be off from the model's own score, and what an explanation may leave unexplained. */
const TOLERANCE = 1e-6;

/** The reference rows, what the model says of them, and the model's trees where they say the same. */
interface Against {
  readonly bytes: Uint8Array;
  readonly references: readonly Float32Array<ArrayBuffer>[];
  readonly baseline: number;
  readonly ensemble: TreeEnsemble | null;
  readonly trees: TreeExplainer | null;
}

/** Shares the scores of a model out over its features. Errors are plain Errors, for a person to read. */
export class OnnxExplainer {
  readonly #session: OnnxSession;
  readonly #model: Uint8Array;
  readonly #plan: ScoringPlan;
  readonly #onProgress: () => void;
  #against: Against | null = null;

  /** @param onProgress called between two pieces of work, none of which takes longer than a batch of rows may */
  constructor(session: OnnxSession, model: Uint8Array, plan: ScoringPlan, onProgress: () => void) {
    this.#session = session;
    this.#model = model;
    this.#plan = plan;
    this.#onProgress = onProgress;
  }

  /**
   * Explains rows, each in the first way that can: trees, coalitions, sampled orders.
   * @param matrix row-major: `references` rows to stand against and, behind them, the rows to explain
   */
  async explain(matrix: Float32Array<ArrayBuffer>, references: number): Promise<readonly ExplainedScore[]> {
    const width = this.#plan.features.length;
    const against = await this.#standAgainst(matrix.slice(0, references * width));
    const explained: ExplainedScore[] = [];
    for (const row of rowsOf(matrix.slice(references * width), width))
      explained.push(await this.#explainRow(row, against));
    return explained;
  }

  async #explainRow(
    row: Float32Array<ArrayBuffer>,
    { references: rows, baseline, trees }: Against,
  ): Promise<ExplainedScore> {
    const [score = Number.NaN] = await this.#ask(row, 1);
    const addUp = (values: Float64Array) =>
      Math.abs(values.reduce((sum, value) => sum + value, baseline) - score) <= TOLERANCE;
    const read = trees?.explain(row, this.#onProgress) ?? null;
    // Trees that score this row otherwise than the model does were misread after all.
    if (read !== null && addUp(read.values))
      return { method: 'TREES', baseline, values: read.values, standardErrors: null };
    const asked = await coalitionValues(this.#ask, row, rows);
    const exact = asked === null ? null : { values: asked, standardErrors: null };
    const found = exact ?? (await sampledValues(this.#ask, row, rows));
    if (!addUp(found.values))
      throw new Error(
        'a row is scored otherwise among other rows than alone, so its score cannot be shared out: export a model that judges each row by itself',
      );
    return { ...found, method: exact === null ? 'SAMPLED' : 'COALITIONS', baseline };
  }

  /** Where the model's trees part, feature by feature; null where it has none that say what it says. */
  async cuts(matrix: Float32Array<ArrayBuffer>): Promise<readonly Float32Array[] | null> {
    const { ensemble } = await this.#standAgainst(matrix);
    return ensemble === null ? null : cutsOf(ensemble, this.#plan.features.length);
  }

  /** Prepared once for all rows that are explained against the same reference. */
  async #standAgainst(matrix: Float32Array<ArrayBuffer>): Promise<Against> {
    const bytes = new Uint8Array(matrix.buffer);
    if (this.#against !== null && Buffer.compare(this.#against.bytes, bytes) === 0) return this.#against;
    const width = this.#plan.features.length;
    const references = rowsOf(matrix, width);
    const scores = await this.#ask(matrix, references.length);
    const baseline = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    const ensemble = await this.#verifiedTrees(references, scores);
    this.#against = {
      bytes,
      references,
      baseline,
      ensemble,
      trees: ensemble === null ? null : new TreeExplainer(ensemble, references),
    };
    return this.#against;
  }

  /** The model's trees; null where it is not one of trees, or they do not say what the model says of the references and mixtures of them. */
  async #verifiedTrees(
    references: readonly Float32Array<ArrayBuffer>[],
    scores: Float64Array,
  ): Promise<TreeEnsemble | null> {
    const { features, input, output } = this.#plan;
    if (input.kind === 'columns' && features.length > 1) return null;
    const trees = readTrees(this.#model, output.index);
    if (trees === null) return null;
    const mixed = references.map((row, place) =>
      row.map((value, feature) => references[(place + feature) % references.length]?.[feature] ?? value),
    );
    const ofMixed = await this.#ask(Float32Array.from(mixed.flatMap((row) => [...row])), mixed.length);
    const agree = (rows: readonly Float32Array[], said: Float64Array) =>
      rows.every((row, place) => Math.abs(treeScore(trees, row) - (said[place] ?? Number.NaN)) <= TOLERANCE);
    return agree(references, scores) && agree(mixed, ofMixed) ? trees : null;
  }

  readonly #ask = async (rows: Float32Array<ArrayBuffer>, count: number): Promise<Float64Array> => {
    const scores = await this.#session.score(rows, count);
    this.#onProgress();
    if (!scores.every(Number.isFinite))
      throw new Error('the model gives no score to a row made of two: export a model that scores every row');
    return scores;
  };
}

function rowsOf(matrix: Float32Array<ArrayBuffer>, width: number): readonly Float32Array<ArrayBuffer>[] {
  return Array.from({ length: matrix.length / width }, (_, row) =>
    matrix.slice(row * width, (row + 1) * width),
  );
}
