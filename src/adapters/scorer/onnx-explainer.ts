import type { ExplainedScore } from '../../domain/ports.ts';
import type { TreeEnsemble } from '../../domain/tree-ensemble.ts';
import { TreeExplainer } from '../../domain/tree-explainer.ts';
import type { OnnxSession } from './onnx-session.ts';
import { readTrees } from './onnx-trees.ts';
import type { ScoringPlan } from './scoring-plan.ts';

/** Shares the scores of a model out over its features. Errors are plain Errors, for a person to read. */
export class OnnxExplainer {
  readonly #width: number;
  readonly #trees: TreeEnsemble | null;

  constructor(_session: OnnxSession, model: Uint8Array, plan: ScoringPlan) {
    this.#width = plan.features.length;
    this.#trees = readTrees(model, plan.output.index);
  }

  /** @param matrix row-major: the reference rows and, behind them, the row to explain */
  async explain(matrix: Float32Array, references: number): Promise<ExplainedScore> {
    const rows = Array.from({ length: references + 1 }, (_, row) =>
      matrix.subarray(row * this.#width, (row + 1) * this.#width),
    );
    const row = rows.pop();
    if (this.#trees === null || row === undefined) throw new Error('the model is not one of trees');
    return { ...new TreeExplainer(this.#trees, rows).explain(row), method: 'TREES', standardErrors: null };
  }
}
