import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_SCORER_LIMITS, OnnxScorer } from '../../src/adapters/scorer/onnx-scorer.ts';
import { WarmScorer } from '../../src/adapters/scorer/warm-scorer.ts';
import { coalitionValues } from '../../src/domain/coalition-explainer.ts';
import type { AskModel } from '../../src/domain/mixtures.ts';
import type { ExplainedScore } from '../../src/domain/ports.ts';
import { largestDifference } from '../support/numbers.ts';
import {
  FLOAT,
  INT64,
  integerAttribute,
  type ModelFile,
  onnxFile,
  sigmoidOfMean,
  slowModel,
  stump,
  tensor,
} from '../support/onnx-builder.ts';
import { closeSessions, modelProcesses, openModel, refusal } from '../support/scoring.ts';
import { byRunning } from '../support/tree-models.ts';

afterEach(closeSessions);

const PROBABILITY = { name: 'probabilities', index: 1 };
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const sumOf = ({ baseline, values }: ExplainedScore) => values.reduce((sum, value) => sum + value, baseline);
const namesOf = (count: number) => Array.from({ length: count }, (_, feature) => `f${feature}`);
/** Numbers around 0 that look drawn and are the same in every run. */
const matrixOf = (rows: number, width: number, from = 0) =>
  Float32Array.from({ length: rows * width }, (_, cell) => Math.sin(1 + from + cell * 1.7) * 2);
const rowsOf = (matrix: Float32Array, width: number) =>
  Array.from({ length: matrix.length / width }, (_, row) => matrix.slice(row * width, (row + 1) * width));

/** A logistic regression of f0·1 + f1·2 + … with every third weight negative. */
function regression(features: number, changes: Partial<ModelFile> = {}) {
  const weights = Array.from(
    { length: features },
    (_, i) => ((i % 3 === 2 ? -1 : 1) * (i + 1)) / features / 2,
  );
  const model = sigmoidOfMean(features, {
    initializers: [tensor('weights', FLOAT, [features, 1], weights)],
    ...changes,
  });
  const score = (row: Float32Array) =>
    sigmoid(row.reduce((sum, value, feature) => sum + value * (weights[feature] ?? 0), 0));
  return { model, score };
}

function packageOf(folder: string) {
  const [header = '', ...lines] = readFileSync(`${folder}/reference.csv`, 'utf8').trim().split('\n');
  return {
    model: readFileSync(`${folder}/model.onnx`),
    features: header.split(','),
    reference: Float32Array.from(lines.flatMap((line) => line.split(',').map(Number))),
  };
}

describe.each([
  'models/investing-retail-1',
  '../shared/models/uci-boosted-1',
  '../shared/models/uci-boosted-2',
])('the trees of %s', (folder) => {
  it.skipIf(!existsSync(folder))('share a score out as asking for every coalition does', async () => {
    const { model, features, reference } = packageOf(folder);
    const width = features.length;
    const session = await openModel(model, features, PROBABILITY);
    const scores = await session.score(reference, reference.length / width);
    const baseline = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    const explained = await session.explain(reference, reference);
    expect(explained).toHaveLength(scores.length);
    for (const [row, found] of explained.entries()) {
      expect(found.method).toBe('TREES');
      expect(found.standardErrors).toBeNull();
      expect(found.baseline).toBe(baseline);
      expect(Math.abs(sumOf(found) - (scores[row] ?? Number.NaN))).toBeLessThan(1e-6);
    }
    const rows = rowsOf(reference, width);
    const ask: AskModel = (matrix, count) => session.score(matrix, count);
    for (const row of [0, 7]) {
      const asked = await coalitionValues(ask, rows[row] ?? expect.fail('a row'), rows);
      expect(largestDifference(explained[row]?.values ?? [], asked ?? [])).toBeLessThan(1e-6);
    }
  });

  it.skipIf(!existsSync(folder))('step at their cuts and nowhere else', async () => {
    const { model, features, reference } = packageOf(folder);
    const session = await openModel(model, features, PROBABILITY);
    const cuts = (await session.cuts(reference)) ?? expect.fail('trees have cuts');
    expect(cuts).toHaveLength(features.length);
    const [row = reference] = rowsOf(reference, features.length);
    for (const [feature, values] of cuts.entries()) {
      // Of each piece its middle and its end, which is the cut itself.
      const ends = [...values.slice(1)];
      const tried = ends.flatMap((end, i) => [((values[i] ?? end) + end) / 2, end]);
      const scores = await session.score(
        Float32Array.from(tried.flatMap((value) => [...row.with(feature, value)])),
        tried.length,
      );
      for (const i of ends.keys()) expect(scores[2 * i]).toBe(scores[2 * i + 1]);
      // A score that is the same everywhere would be told of no cut.
      if (ends.length > 0 && feature === 0) expect(new Set(scores).size).toBeGreaterThan(1);
    }
  });
});

describe('a model that is not of trees', () => {
  it('has no cuts', async () => {
    const session = await openModel(regression(5).model, namesOf(5));
    expect(await session.cuts(matrixOf(6, 5))).toBeNull();
  });

  it('is asked for every coalition', async () => {
    const { model, score } = regression(5);
    const session = await openModel(model, namesOf(5));
    const [reference, rows] = [matrixOf(6, 5), matrixOf(9, 5, 50)];
    const explained = await session.explain(reference, rows);
    for (const [place, row] of rowsOf(rows, 5).entries()) {
      const found = explained[place] ?? expect.fail('one a row');
      expect(found.method).toBe('COALITIONS');
      expect(largestDifference(found.values, byRunning(score, row, rowsOf(reference, 5)))).toBeLessThan(1e-6);
      expect(Math.abs(sumOf(found) - score(row))).toBeLessThan(1e-6);
    }
  });

  it('is asked by named columns too', async () => {
    const inputs = namesOf(2).map((name) => ({ name, dims: [null, 1] }));
    const model = onnxFile({
      nodes: [
        { op: 'Mul', inputs: ['f0', 'f1'], outputs: ['product'] },
        { op: 'Sigmoid', inputs: ['product'], outputs: ['p'] },
      ],
      inputs,
      outputs: [{ name: 'p', dims: [null, 1] }],
    });
    const session = await openModel(model, namesOf(2));
    const [found] = await session.explain(Float32Array.of(1, 1), Float32Array.of(-1, 2));
    const truth = byRunning(([a = 0, b = 0]) => sigmoid(a * b), Float32Array.of(-1, 2), [
      Float32Array.of(1, 1),
    ]);
    expect(found?.method).toBe('COALITIONS');
    expect(largestDifference(found?.values ?? [], truth)).toBeLessThan(1e-6);
  });

  it('is sampled where more than twelve features differ, the same whenever it is asked', async () => {
    const { model, score } = regression(15);
    const session = await openModel(model, namesOf(15));
    const [reference, rows] = [matrixOf(3, 15), matrixOf(4, 15, 99)];
    // One row differs from one reference in no more than twelve, and from the others in all.
    rows.set(reference.subarray(0, 3));
    const explained = await session.explain(reference, rows);
    for (const [place, row] of rowsOf(rows, 15).entries()) {
      const { method, values, standardErrors, ...rest } = explained[place] ?? expect.fail('one a row');
      expect(method).toBe('SAMPLED');
      expect(Math.abs(sumOf({ method, values, standardErrors, ...rest }) - score(row))).toBeLessThan(1e-6);
      for (const [feature, truth] of byRunning(score, row, rowsOf(reference, 15)).entries()) {
        const error = standardErrors?.[feature] ?? Number.NaN;
        expect(error).toBeLessThan(0.01);
        expect(Math.abs((values[feature] ?? Number.NaN) - truth)).toBeLessThan(5 * error + 1e-6);
      }
    }
    expect(await session.explain(reference, rows.slice(15, 30))).toEqual(explained.slice(1, 2));
  });

  it('is exact for a row of which no more than twelve differ', async () => {
    const { model } = regression(15);
    const session = await openModel(model, namesOf(15));
    const reference = matrixOf(1, 15);
    const row = reference.map((value, feature) => (feature < 12 ? value + 1 : value));
    const [found] = await session.explain(reference, row);
    expect(found?.method).toBe('COALITIONS');
    expect([...(found?.values.slice(12) ?? [])]).toEqual([0, 0, 0]);
  });
});

describe('trees that do not say what the model says', () => {
  const inputs = [{ name: 'x', dims: [null, 2] }];
  const outputs = [{ name: 'p', dims: [null, 1] }];
  const explain = async (model: Uint8Array) => {
    const session = await openModel(model, namesOf(2));
    const [found] = await session.explain(Float32Array.of(-1, 0, 1, 0), Float32Array.of(2, 0));
    return found ?? expect.fail('a row is explained');
  };

  it('are not relied on', async () => {
    const plain = await explain(onnxFile({ nodes: [stump(['p'], [0.25, 0.75])], inputs, outputs }));
    expect(plain).toMatchObject({ method: 'TREES', baseline: 0.5, values: Float64Array.of(0.25, 0) });
    const whole = (from: string, to: string, type: number) => ({
      op: 'Cast',
      inputs: [from],
      outputs: [to],
      attributes: [integerAttribute('to', type)],
    });
    // Between the trees and the score everything below 1 becomes 0.
    const nodes = [stump(['t'], [0.25, 1]), whole('t', 'n', INT64), whole('n', 'p', FLOAT)];
    const cast = await explain(onnxFile({ nodes, inputs, outputs }));
    expect(cast).toMatchObject({ method: 'COALITIONS', baseline: 0.5, values: Float64Array.of(0.5, 0) });
  });
});

describe('what cannot be explained', () => {
  it('is refused as it is for scoring', async () => {
    const session = await openModel(regression(2).model, ['a', 'b']);
    const [good, bad] = [Float32Array.of(1, 2), Float32Array.of(1, Number.NaN)];
    expect(await refusal(session.explain(good, bad))).toContain('"b" of a row is not a finite');
    expect(await refusal(session.explain(bad, good))).toContain('"b" of a row is not a finite');
    expect(await refusal(session.explain(new Float32Array(0), good))).toContain('no reference rows');
    await expect(session.explain(good, good.subarray(1))).rejects.toThrow(RangeError);
    expect(await session.explain(good, new Float32Array(0))).toEqual([]);
    expect(await session.explain(good, good)).toHaveLength(1);
  });
});

describe('explaining', () => {
  it('lets batches take their turn', async () => {
    const { model, score } = regression(8);
    const session = await openModel(model, namesOf(8));
    const [reference, rows] = [matrixOf(20, 8), matrixOf(60, 8, 7)];
    const first = rows.slice(0, 8);
    const done: string[] = [];
    const explaining = session.explain(reference, rows).finally(() => done.push('explained'));
    const other = session.explain(reference, first).finally(() => done.push('other'));
    const scores = await session.score(rows, 60).finally(() => done.push('scored'));
    const explained = await explaining;
    expect(done.at(-1)).toBe('explained');
    for (const [place, found] of explained.entries()) {
      expect(Math.abs(sumOf(found) - (scores[place] ?? Number.NaN))).toBeLessThan(1e-6);
      expect(Math.abs(score(rows.slice(place * 8, place * 8 + 8)) - sumOf(found))).toBeLessThan(1e-6);
    }
    expect(await other).toEqual(explained.slice(0, 1));
  });

  it('does not mind what becomes of the rows after they were handed in', async () => {
    const session = await openModel(regression(3).model, namesOf(3));
    const [reference, rows] = [matrixOf(5, 3), matrixOf(5, 3, 7)];
    const expected = await session.explain(reference, rows);
    const again = session.explain(reference, rows);
    reference.fill(9);
    rows.fill(9);
    expect(await again).toEqual(expected);
  });

  it('may take longer than a batch, as long as it gets on', async () => {
    // A batch of 10,000 rows takes a while, and there are twenty.
    const wide = 350;
    const model = onnxFile({
      nodes: [
        { op: 'MatMul', inputs: ['x', 'first'], outputs: ['a'] },
        { op: 'MatMul', inputs: ['a', 'second'], outputs: ['b'] },
        { op: 'MatMul', inputs: ['b', 'last'], outputs: ['c'] },
        { op: 'Sigmoid', inputs: ['c'], outputs: ['p'] },
      ],
      inputs: [{ name: 'x', dims: [null, 11] }],
      outputs: [{ name: 'p', dims: [null, 1] }],
      initializers: [
        tensor('first', FLOAT, [11, wide], new Array(11 * wide).fill(0.001)),
        tensor('second', FLOAT, [wide, wide], new Array(wide * wide).fill(0.001)),
        tensor('last', FLOAT, [wide, 1], new Array(wide).fill(0.001)),
      ],
    });
    const limits = { batchMilliseconds: 1000 };
    const session = await openModel(model, namesOf(11), { name: 'p', index: 0 }, limits);
    const [found] = await session.explain(matrixOf(100, 11), matrixOf(1, 11, 7));
    expect(found?.method).toBe('COALITIONS');
  });

  it('that hangs is ended', async () => {
    const session = await openModel(slowModel(), ['a'], { name: 'p', index: 0 }, { batchMilliseconds: 300 });
    const reference = Float32Array.from({ length: 20_000 }, (_, row) => row);
    const first = session.explain(reference, Float32Array.of(1, 2, 3));
    expect(await refusal(first)).toContain('did not answer within 0.3 s');
  });

  it.skipIf(process.platform !== 'linux')(
    'with a process that was killed fails, and the next has another',
    async () => {
      const scorer = new WarmScorer(new OnnxScorer(DEFAULT_SCORER_LIMITS));
      const spec = { model: slowModel(), features: ['a'], output: { name: 'p', index: 0 } };
      const session = await scorer.open(spec);
      const reference = Float32Array.from({ length: 20_000 }, (_, row) => row);
      const explaining = session.explain(reference, Float32Array.of(1, 2, 3));
      for (const pid of modelProcesses(process.pid)) process.kill(pid, 'SIGKILL');
      expect(await refusal(explaining)).toContain('ended by itself (SIGKILL)');
      await session.close();
      const next = await scorer.open(spec);
      expect(await next.explain(Float32Array.of(1), Float32Array.of(2))).toHaveLength(1);
      await next.close();
      await scorer.close();
      expect(modelProcesses(process.pid)).toEqual([]);
    },
  );
});
