import type { GateLimits } from '../../domain/gates/gate-limits.ts';
import type { GateMaterial } from '../../domain/gates/gate-material.ts';
import { GATE_NAMES, type Gate, type GateName } from '../../domain/model-gate.ts';
import {
  type ExplainedScore,
  type ModelSpec,
  type Scorer,
  ScoringError,
  type ScoringSession,
} from '../../domain/ports.ts';
import { readCuts } from './cuts-body.ts';
import { readExplained } from './explained-body.ts';
import { judgeRequest } from './judge-request.ts';
import { readJudged } from './judged.schema.ts';
import { ModelProcess, type ScorerLimits } from './model-process.ts';
import { noProbability } from './no-probability.ts';
import { readOnnxModel } from './onnx-model.ts';
import { FRAME } from './scorer-frames.ts';
import { planScoring } from './scoring-plan.ts';

export const DEFAULT_SCORER_LIMITS: ScorerLimits = {
  openMilliseconds: 30_000,
  batchMilliseconds: 60_000,
  judgeMilliseconds: 300_000,
  memoryBytes: 2 * 2 ** 30,
};

/** A few rows being explained and as many waiting: the process never idles, and a batch does not wait long. */
const ROWS_A_REQUEST = 8;
const REQUESTS_UNDER_WAY = 2;

/** Opens models with onnxruntime, each in a child process with bounded time and memory. */
export class OnnxScorer implements Scorer {
  constructor(private readonly limits: ScorerLimits = DEFAULT_SCORER_LIMITS) {}

  /**
   * Reads the file without running it, opens it in a process of its own and scores a probe. Throws ScoringError
   * with what is wrong and how to export it instead.
   */
  async open(spec: ModelSpec): Promise<ScoringSession> {
    if (spec.features.length === 0) throw new ScoringError('the card has no features');
    const plan = planScoring(readOnnxModel(spec.model), spec);
    const process = new ModelProcess(this.limits);
    try {
      const json = Buffer.from(JSON.stringify(plan));
      const opened = await process.request(FRAME.OPEN, json.length, [json, spec.model]);
      return new OnnxScoringSession(
        process,
        Buffer.from(opened.body).toString(),
        spec.features,
        this.limits.judgeMilliseconds,
      );
    } catch (error) {
      await process.close();
      if (error instanceof ScoringError) {
        throw new ScoringError(`the model cannot be opened: ${error.message}`);
      }
      throw error;
    }
  }
}

class OnnxScoringSession implements ScoringSession {
  constructor(
    private readonly process: ModelProcess,
    readonly runtime: string,
    private readonly features: readonly string[],
    private readonly judgeMilliseconds: number,
  ) {}

  /**
   * Scores one batch. The matrix is copied, so the caller may fill it anew at once; a second batch may be handed in
   * while the first is being scored. Throws ScoringError on any score that is no probability.
   */
  score(matrix: Float32Array, rows: number): Promise<Float64Array> {
    const scores = this.scoreBatch(matrix, rows);
    // Where two batches are under way and the first fails, nobody waits for the second: its failure is no bug.
    scores.catch(() => undefined);
    return scores;
  }

  /**
   * Explains row after row, some under way at a time, so that batches handed in meanwhile take their turn between them. What is
   * handed in is copied.
   */
  explain(reference: Float32Array, rows: Float32Array): Promise<readonly ExplainedScore[]> {
    const explained = this.explainRows(reference.slice(), rows.slice());
    explained.catch(() => undefined);
    return explained;
  }

  async cuts(reference: Float32Array): Promise<readonly Float32Array[] | null> {
    if (reference.length === 0) throw new ScoringError('the model has no reference rows to explain against');
    this.refuseNonFinite(reference);
    const rows = reference.length / this.features.length;
    const { body } = await this.process.request(FRAME.CUTS, rows, [new Uint8Array(reference.slice().buffer)]);
    const cuts = readCuts(body, this.features.length);
    if (cuts === undefined) throw new ScoringError('the model process answers with other things than cuts');
    return cuts;
  }

  /** The rows of the material are refused here as those that are scored are. */
  async judge(
    material: GateMaterial,
    limits: GateLimits,
    onGate: (gate: GateName) => void = () => {},
  ): Promise<readonly Gate[]> {
    this.refuseNonFinite(material.training.matrix);
    this.refuseNonFinite(Float32Array.from(material.reference.flat()));
    const { headLength, parts } = judgeRequest(material, limits);
    const seconds = this.judgeMilliseconds / 1000;
    const timer = setTimeout(
      () => this.process.giveUp(`the model could not be judged within ${seconds} s: export a smaller model`),
      this.judgeMilliseconds,
    );
    try {
      const { body } = await this.process.request(FRAME.JUDGE, headLength, parts, (said) => {
        const gate = GATE_NAMES.find((name) => name === said);
        if (gate !== undefined) onGate(gate);
      });
      return readJudged(body);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): Promise<void> {
    return this.process.close();
  }

  private async scoreBatch(matrix: Float32Array, rows: number): Promise<Float64Array> {
    if (rows === 0) return new Float64Array(0);
    const width = this.features.length;
    if (matrix.length < rows * width)
      throw new RangeError(`the matrix holds fewer than ${rows} rows of ${width}`);
    const batch = matrix.slice(0, rows * width);
    this.refuseNonFinite(batch);
    const bytes = new Uint8Array(batch.buffer);
    const { body, value } = await this.process.request(FRAME.SCORE, rows, [bytes]);
    if (value !== rows || body.length !== rows * 8) {
      throw new ScoringError(`the model gave ${value} scores for ${rows} rows`);
    }
    const scores = new Float64Array(body.buffer);
    const wrong = noProbability(scores);
    if (wrong !== null) throw new ScoringError(wrong);
    return scores;
  }

  private async explainRows(
    reference: Float32Array<ArrayBuffer>,
    rows: Float32Array<ArrayBuffer>,
  ): Promise<readonly ExplainedScore[]> {
    const width = this.features.length;
    if (reference.length % width !== 0 || rows.length % width !== 0)
      throw new RangeError(`the reference or the rows are not rows of ${width}`);
    if (reference.length === 0) throw new ScoringError('the model has no reference rows to explain against');
    this.refuseNonFinite(reference);
    this.refuseNonFinite(rows);
    const explained: ExplainedScore[] = [];
    const underWay: Promise<readonly ExplainedScore[]>[] = [];
    for (let at = 0; at < rows.length; at += ROWS_A_REQUEST * width) {
      const some = this.explainSome(reference, rows.subarray(at, at + ROWS_A_REQUEST * width));
      // Where those before fail, nobody waits for these.
      some.catch(() => undefined);
      underWay.push(some);
      const first = underWay.length === REQUESTS_UNDER_WAY ? underWay.shift() : undefined;
      if (first !== undefined) explained.push(...(await first));
    }
    return explained.concat(...(await Promise.all(underWay)));
  }

  private async explainSome(
    reference: Float32Array<ArrayBuffer>,
    rows: Float32Array<ArrayBuffer>,
  ): Promise<readonly ExplainedScore[]> {
    const width = this.features.length;
    const { body } = await this.process.request(FRAME.EXPLAIN, reference.length / width, [
      new Uint8Array(reference.buffer),
      new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength),
    ]);
    const explained = readExplained(body, width);
    if (explained === undefined || explained.length !== rows.length / width)
      throw new ScoringError(`the model process explained no rows of ${width} features`);
    return explained;
  }

  private refuseNonFinite(batch: Float32Array): void {
    for (let cell = 0; cell < batch.length; cell += 1) {
      if (Number.isFinite(batch[cell])) continue;
      const feature = this.features[cell % this.features.length];
      throw new ScoringError(`feature ${JSON.stringify(feature)} of a row is not a finite number`);
    }
  }
}
