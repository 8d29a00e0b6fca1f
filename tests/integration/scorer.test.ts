import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import {
  DOUBLE,
  FLOAT,
  greedyModel,
  INT64,
  integerAttribute,
  integersAttribute,
  type ModelFile,
  onnxFile,
  sigmoidOfMean,
  slowModel,
  tensor,
} from '../support/onnx-builder.ts';
import { closeSessions, modelProcesses, openModel as open, refusal } from '../support/scoring.ts';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
afterEach(closeSessions);

describe('a sound model', () => {
  test('gives one probability a row, in the order of the rows, for batches under way together', async () => {
    const session = await open(sigmoidOfMean(2), ['a', 'b']);
    const matrix = Float32Array.of(1, 3, -2, -4);
    const first = session.score(matrix, 2);
    matrix.fill(9);
    const second = session.score(Float32Array.of(0, 0), 1);
    const [one = 0, two = 0] = await first;
    expect(one).toBeCloseTo(sigmoid(2), 6);
    expect(two).toBeCloseTo(sigmoid(-3), 6);
    expect(await second).toEqual(Float64Array.of(0.5));
    expect(await session.score(new Float32Array(0), 0)).toHaveLength(0);
  });

  test('does not mind what becomes of the matrix after it was handed in', async () => {
    // More than a pipe takes at once, so that most of it is still here when the caller goes on.
    const session = await open(sigmoidOfMean(1), ['a']);
    const matrix = new Float32Array(2_000_000);
    const scores = session.score(matrix, matrix.length);
    matrix.fill(9);
    expect(new Set(await scores)).toEqual(new Set([0.5]));
  });

  test('records runtime, options, Node and CPU', async () => {
    const session = await open(sigmoidOfMean(1), ['a']);
    expect(session.runtime).toContain('onnxruntime-node 1.30.0');
    expect(session.runtime).toContain('intraOpNumThreads=1; interOpNumThreads=1');
    expect(session.runtime).toContain('executionMode=sequential; graphOptimizationLevel=all');
    expect(session.runtime).toContain(process.version);
  });

  test('takes one named input a feature, by name, as float, double and int64', async () => {
    const cast = (from: string, to: string) => ({
      op: 'Cast',
      inputs: [from],
      outputs: [to],
      attributes: [integerAttribute('to', FLOAT)],
    });
    const model = onnxFile({
      // p = sigmoid(a - b * c): no two inputs can be mistaken for each other.
      nodes: [
        cast('b', 'b1'),
        cast('c', 'c1'),
        { op: 'Mul', inputs: ['b1', 'c1'], outputs: ['bc'] },
        { op: 'Sub', inputs: ['a', 'bc'], outputs: ['d'] },
        { op: 'Sigmoid', inputs: ['d'], outputs: ['p'] },
      ],
      inputs: [
        { name: 'c', type: INT64, dims: [null, 1] },
        { name: 'a', type: FLOAT, dims: [null, 1] },
        { name: 'b', type: DOUBLE, dims: [null, 1] },
      ],
      outputs: [{ name: 'p', dims: [null, 1] }],
    });
    const session = await open(model, ['a', 'b', 'c']);
    const [score] = await session.score(Float32Array.of(2, 0.5, 3), 1);
    expect(score).toBeCloseTo(sigmoid(0.5), 6);
    expect(await refusal(session.score(Float32Array.of(2, 0.5, 3.5), 1))).toContain('"c" takes int64');
    expect(await refusal(open(model, ['a', 'b', 'd']))).toMatch(/no input for: "d"; no feature for: "c"/);
  });

  test('takes an input named __proto__', async () => {
    const model = sigmoidOfMean(1, {
      nodes: [{ op: 'Sigmoid', inputs: ['__proto__'], outputs: ['p'] }],
      inputs: [{ name: '__proto__', dims: [null, 1] }],
      initializers: [],
    });
    for (const feature of ['__proto__', 'a']) {
      const session = await open(model, [feature]);
      expect(await session.score(Float32Array.of(0), 1)).toEqual(Float64Array.of(0.5));
    }
  });

  test('is scored to the same bits in batches of any size', async () => {
    const session = await open(sigmoidOfMean(3), ['a', 'b', 'c']);
    const matrix = Float32Array.from({ length: 3000 }, (_, i) => Math.sin(i));
    const together = await session.score(matrix, 1000);
    const apart = await Promise.all(
      [0, 1, 2, 3].map((part) => session.score(matrix.slice(part * 750, (part + 1) * 750), 250)),
    );
    expect(Float64Array.from(apart.flatMap((scores) => [...scores]))).toEqual(together);
  });
});

describe('an answer that is no probability', () => {
  const raw = (changes: Partial<ModelFile> = {}) =>
    sigmoidOfMean(1, {
      nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['p'] }],
      initializers: [],
      ...changes,
    });

  test('is refused, and the session goes on', async () => {
    // The probe's numbers pass: x / 5 is within 0..1 for 1 to 5.
    const model = raw({
      nodes: [{ op: 'Div', inputs: ['x', 'five'], outputs: ['p'] }],
      initializers: [tensor('five', FLOAT, [1], [5])],
    });
    const session = await open(model, ['a']);
    expect(await refusal(session.score(Float32Array.of(6), 1))).toContain('no probability');
    expect(await refusal(session.score(Float32Array.of(-0.001), 1))).toContain('no probability');
    expect(await refusal(session.score(Float32Array.of(Number.NaN), 1))).toContain(
      '"a" of a row is not a finite',
    );
    expect(await session.score(Float32Array.of(5), 1)).toEqual(Float64Array.of(1));
  });

  test('is found by the probe', async () => {
    expect(await refusal(open(raw(), ['a']))).toContain('no probability');
  });

  test('is a row that is scored by its neighbours', async () => {
    const model = sigmoidOfMean(1, {
      nodes: [
        {
          op: 'ReduceMean',
          inputs: ['x'],
          outputs: ['mean'],
          attributes: [integersAttribute('axes', [0])],
        },
        { op: 'Sub', inputs: ['x', 'mean'], outputs: ['d'] },
        { op: 'Sigmoid', inputs: ['d'], outputs: ['p'] },
      ],
      initializers: [],
    });
    expect(await refusal(open(model, ['a']))).toContain('among other rows');
  });

  test('is a single number for all rows', async () => {
    const model = sigmoidOfMean(1, {
      nodes: [
        { op: 'ReduceMean', inputs: ['x'], outputs: ['mean'] },
        { op: 'Sigmoid', inputs: ['mean'], outputs: ['p'] },
      ],
      initializers: [],
      outputs: [{ name: 'p', dims: [null, 1] }],
    });
    expect(await refusal(open(model, ['a']))).toContain('has the shape [1,1] for 5 rows');
  });
});

describe('a model that misbehaves is ended', () => {
  test('when a batch takes too long', async () => {
    const session = await open(slowModel(), ['a'], { name: 'p', index: 0 }, { batchMilliseconds: 300 });
    const slow = session.score(new Float32Array(20_000), 20_000);
    const next = session.score(new Float32Array(1), 1);
    expect(await refusal(slow)).toContain('did not answer within 0.3 s');
    expect(await refusal(next)).toContain('did not answer within 0.3 s');
    expect(await refusal(session.score(new Float32Array(1), 1))).toContain('did not answer within 0.3 s');
  });

  test('when it takes too long to open', async () => {
    const attempt = open(sigmoidOfMean(1), ['a'], { name: 'p', index: 0 }, { openMilliseconds: 1 });
    expect(await refusal(attempt)).toContain('did not answer within 0.001 s');
  });

  test.skipIf(process.platform !== 'linux')('when it asks for more memory than it may have', async () => {
    const limits = { memoryBytes: 512 * 2 ** 20 };
    expect(await refusal(open(greedyModel(3), ['a'], { name: 'p', index: 0 }, limits))).toMatch(/memory/);
    await open(sigmoidOfMean(1), ['a'], { name: 'p', index: 0 }, limits);
  });

  test.skipIf(process.platform !== 'linux')('by its own crash', async () => {
    const session = await open(slowModel(), ['a']);
    const scores = session.score(new Float32Array(20_000), 20_000);
    for (const pid of modelProcesses(process.pid)) process.kill(pid, 'SIGSEGV');
    expect(await refusal(scores)).toContain('ended by itself (SIGSEGV)');
    expect(await refusal(session.score(new Float32Array(1), 1))).toContain('ended by itself');
    await session.close();
  });

  test('when its session is closed', async () => {
    const session = await open(slowModel(), ['a']);
    const scores = session.score(new Float32Array(20_000), 20_000);
    await session.close();
    expect(await refusal(scores)).toContain('closed');
    if (process.platform === 'linux') expect(modelProcesses(process.pid)).toEqual([]);
  });

  test.skipIf(process.platform !== 'linux')('when the service dies, even while it computes', async () => {
    const url = (path: string) => JSON.stringify(pathToFileURL(path).href);
    const program = `
      import { OnnxScorer } from ${url('src/adapters/scorer/onnx-scorer.ts')};
      import { slowModel } from ${url('tests/support/onnx-builder.ts')};
      const session = await new OnnxScorer().open({ model: slowModel(), features: ['a'], output: { name: 'p', index: 0 } });
      session.score(new Float32Array(40_000), 40_000);
      setTimeout(() => console.log('scoring'), 50);`;
    const flags = ['--experimental-transform-types', '--no-warnings', '--input-type=module'];
    const service = spawn(process.execPath, [...flags, '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await createInterface(service.stdout)
      [Symbol.asyncIterator]()
      .next()
      .then(({ value }) => [value]);
    expect(line).toBe('scoring');
    const [pid = 0] = modelProcesses(service.pid ?? 0);
    expect(pid).toBeGreaterThan(0);
    service.kill('SIGKILL');
    await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 5_000 }).toBe(false);
  });
});

describe.skipIf(!existsSync('../shared/models'))('the packages of an outside builder', () => {
  test.each(['uci-boosted-1', 'uci-boosted-2'])(
    '%s is scored as its builder scored it, to 1e-6',
    async (name) => {
      const folder = `../shared/models/${name}`;
      const expected: { rows: { features: number[]; probability: number }[] } = JSON.parse(
        readFileSync(`${folder}/expected.json`, 'utf8'),
      );
      const features = readFileSync(`${folder}/reference.csv`, 'utf8').split('\n')[0]?.split(',') ?? [];
      const session = await open(readFileSync(`${folder}/model.onnx`), features, {
        name: 'probabilities',
        index: 1,
      });
      const matrix = Float32Array.from(expected.rows.flatMap((row) => row.features));
      const scores = await session.score(matrix, expected.rows.length);
      expect(expected.rows.length).toBe(300);
      expected.rows.forEach(({ probability }, row) => {
        expect(Math.abs((scores[row] ?? Number.NaN) - probability)).toBeLessThan(1e-6);
      });
    },
  );
});
