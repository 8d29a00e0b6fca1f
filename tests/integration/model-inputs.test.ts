import { existsSync, readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterEach, describe, expect, test } from 'vitest';
import { DEFAULT_GATE_LIMITS } from '../../src/domain/gates/gate-limits.ts';
import { modelSpec } from '../../src/domain/model-spec.ts';
import type { ModelSpec, ScoringSession } from '../../src/domain/ports.ts';
import type { Recipe } from '../../src/domain/recipe.ts';
import { addWeeks } from '../../src/domain/week.ts';
import {
  DOUBLE,
  FLOAT,
  floatAttribute,
  floatsAttribute,
  INT64,
  integerAttribute,
  integersAttribute,
  type ModelFile,
  onnxFile,
  STRING,
  sigmoidOfMean,
  textsAttribute,
} from '../support/onnx-builder.ts';
import { closeSessions, openModel, openSpec, refusal } from '../support/scoring.ts';
import { cardOf, feature } from '../support/varied-card.ts';

afterEach(closeSessions);

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

function spec(
  recipes: Readonly<Record<string, Recipe>>,
  output: ModelSpec['output'],
  model: Uint8Array,
): ModelSpec {
  const features = Object.entries(recipes).map(([name, recipe]) => feature(name, recipe));
  return modelSpec({ ...cardOf(features), output }, model);
}

describe('a model that takes text', () => {
  const JOBS = { nurse: 3, teacher: -2.1, baker: 7 };
  /** p = sigmoid(age + what the job is worth), 100 for jobs that it does not know. */
  const model = onnxFile({
    nodes: [
      {
        op: 'LabelEncoder',
        domain: 'ai.onnx.ml',
        inputs: ['job'],
        outputs: ['worth'],
        attributes: [
          textsAttribute('keys_strings', ['nurse', 'teacher', 'baker']),
          floatsAttribute('values_floats', [0.5, -0.25, -1]),
          floatAttribute('default_float', 100),
        ],
      },
      { op: 'Add', inputs: ['age', 'worth'], outputs: ['sum'] },
      { op: 'Sigmoid', inputs: ['sum'], outputs: ['p'] },
    ],
    inputs: [
      { name: 'job', type: STRING, dims: [null, 1] },
      { name: 'age', dims: [null, 1] },
    ],
    outputs: [{ name: 'p', dims: [null, 1] }],
  });
  const open = (job: Recipe): Promise<ScoringSession> =>
    openSpec(spec({ age: { column: 'age' }, job }, { name: 'p', index: 0 }, model));
  const category = { category: 'job', codes: JOBS, otherwise: -1 };

  test('gets the text that a code stands for, and no text for one that the recipe does not name', async () => {
    const session = await open(category);
    const scores = await session.score(Float32Array.of(0, 3, 1, -2.1, 0, 7, 0.5, -1), 4);
    [sigmoid(0.5), sigmoid(0.75), sigmoid(-1), 1].forEach((score, row) => {
      expect(scores[row]).toBeCloseTo(score, 6);
    });
    expect(await refusal(session.score(Float32Array.of(0, 4), 1))).toContain(
      '"job" takes text and was given a code that the card\'s recipe does not have',
    );
  });

  test('gets the text of the code that unknown and missing texts share with a known one', async () => {
    const session = await open({ ...category, otherwise: 7, missing: -5 });
    const scores = await session.score(Float32Array.of(0, 7, 0, -5), 2);
    expect(scores[0]).toBeCloseTo(sigmoid(-1), 6);
    expect(scores[1]).toBeCloseTo(1, 6);
  });

  test('gets the text of a clipped code, as the recipe computes it', async () => {
    const session = await open({ ...category, clip: [-1.5, 6] });
    const scores = await session.score(Float32Array.of(0, 6, 0, -1.5, 0, -1), 3);
    [sigmoid(-1), sigmoid(-0.25), 1].forEach((score, row) => {
      expect(scores[row]).toBeCloseTo(score, 6);
    });
  });

  test('is explained by its codes', async () => {
    const session = await open(category);
    const [explained] = await session.explain(Float32Array.of(0, 3), Float32Array.of(0, 7));
    expect(explained?.values[0]).toBeCloseTo(0, 6);
    expect(explained?.values[1]).toBeCloseTo(sigmoid(-1) - sigmoid(0.5), 6);
  });

  test('is judged by every gate', async () => {
    const session = await open(category);
    const codes = [3, Math.fround(-2.1), 7, -1];
    const rows = Array.from({ length: 800 }, (_, at) => [(at % 7) - 5, codes[at % 4] ?? 0]);
    const training = {
      rows: rows.length,
      weeks: rows.map((_, at) => addWeeks('2020-W01', at % 20)),
      matrix: Float32Array.from(rows.flat()),
      labels: Uint8Array.from(rows, (_, at) => Number(at % 5 === 0)),
    };
    const features = [
      { name: 'age', direction: 1 },
      { name: 'job', direction: 0 },
    ] as const;
    const trained = { from: '2020-W01', to: '2020-W10' };
    const material = { features, trained, training, reference: rows.slice(0, 100), threshold: 0.5 };
    const gates = await session.judge(material, DEFAULT_GATE_LIMITS);
    expect(
      gates.filter(({ name }) => ['SIGNATURE', 'REPRODUCIBLE', 'SENSITIVITY'].includes(name)),
    ).toMatchObject([{ verdict: expect.anything() }, { verdict: 'PASS' }, { verdict: 'PASS' }]);
  });

  test('is refused where the feature is no category, or a code stands for two texts', async () => {
    expect(await refusal(open({ column: 'job' }))).toMatch(/"job" takes text.*category recipe.*or export/);
    expect(await refusal(open({ ...category, codes: { nurse: 1, baker: 1 } }))).toMatch(
      /one code for several texts: give each text a code of its own/,
    );
    const matrix = sigmoidOfMean(2, { inputs: [{ name: 'x', type: STRING, dims: [null, 2] }] });
    expect(await refusal(openModel(matrix, ['a', 'b']))).toMatch(
      /matrix of text: export one input a feature/,
    );
  });

  const SAMPLE = '../shared/onnx-samples/real/skl2onnx_titanic_named_mixed_tensor.onnx';
  test.skipIf(!existsSync(SAMPLE))('is scored as the runtime scores its texts', async () => {
    const SEX = { female: 0, male: 1 };
    const PORT = { C: 4, Q: 5, S: 6 };
    const recipes: Readonly<Record<string, Recipe>> = {
      pclass: { column: 'pclass' },
      sex: { category: 'sex', codes: SEX, otherwise: -1 },
      age: { column: 'age' },
      fare: { column: 'fare' },
      embarked: { category: 'embarked', codes: PORT, otherwise: -1 },
    };
    const rows = [
      { pclass: 1, sex: 'female', age: 29, fare: 211.5, embarked: 'C' },
      { pclass: 3, sex: 'male', age: 40, fare: 7.5, embarked: 'S' },
      { pclass: 2, sex: 'male', age: 2, fare: 20, embarked: 'Q' },
    ] as const;
    const bytes = readFileSync(SAMPLE);
    const native = await InferenceSession.create(bytes);
    const output = native.outputNames.at(-1) ?? '';
    const session = await openSpec(spec(recipes, { name: output, index: 1 }, bytes));
    const matrix = rows.flatMap((row) => [row.pclass, SEX[row.sex], row.age, row.fare, PORT[row.embarked]]);
    const scores = await session.score(Float32Array.from(matrix), rows.length);
    const dims = [rows.length, 1];
    const texts = (values: string[]) => new Tensor('string', values, dims);
    const numbers = (values: number[]) => new Tensor('float32', Float32Array.from(values), dims);
    const feeds = {
      pclass: new Tensor('int64', BigInt64Array.from(rows.map(({ pclass }) => BigInt(pclass))), dims),
      sex: texts(rows.map(({ sex }) => sex)),
      age: numbers(rows.map(({ age }) => age)),
      fare: numbers(rows.map(({ fare }) => fare)),
      embarked: texts(rows.map(({ embarked }) => embarked)),
    };
    const expected = (await native.run(feeds, [output]))[output]?.data;
    expect(new Set(scores).size).toBe(rows.length);
    expect([...scores]).toEqual(rows.map((_, row) => Number(expected?.[2 * row + 1])));
  });
});

describe('numbers', () => {
  test.each([
    ['float', FLOAT],
    ['double', DOUBLE],
  ])('go in as one matrix of %s', async (_, type) => {
    const session = await openModel(
      sigmoidOfMean(2, {
        inputs: [{ name: 'x', type, dims: [null, 2] }],
        nodes: [
          { op: 'Cast', inputs: ['x'], outputs: ['f'], attributes: [integerAttribute('to', FLOAT)] },
          { op: 'MatMul', inputs: ['f', 'weights'], outputs: ['mean'] },
          { op: 'Sigmoid', inputs: ['mean'], outputs: ['p'] },
        ],
      }),
      ['a', 'b'],
    );
    expect((await session.score(Float32Array.of(1, 2), 1))[0]).toBeCloseTo(sigmoid(1.5), 6);
  });

  test('as a matrix of int64 are refused with what to export instead', async () => {
    const matrix = sigmoidOfMean(2, { inputs: [{ name: 'x', type: INT64, dims: [null, 2] }] });
    expect(await refusal(openModel(matrix, ['a', 'b']))).toContain('export with FloatTensorType([None, 2])');
  });

  test.each([10, 16, 6, 9])('of the type %s are refused', async (type) => {
    const other = sigmoidOfMean(1, { inputs: [{ name: 'x', type, dims: [null, 1] }] });
    expect(await refusal(openModel(other, ['a']))).toContain('neither float, double, int64 nor text');
  });
});

/** Both classes of the sigmoid of the mean, in this order. */
function twoClasses(columns: readonly string[]): Partial<ModelFile> {
  return {
    nodes: [
      { op: 'MatMul', inputs: ['x', 'weights'], outputs: ['mean'] },
      { op: 'Sigmoid', inputs: ['mean'], outputs: ['p1'] },
      { op: 'Neg', inputs: ['mean'], outputs: ['less'] },
      { op: 'Sigmoid', inputs: ['less'], outputs: ['p0'] },
      { op: 'Concat', inputs: columns, outputs: ['p'], attributes: [integerAttribute('axis', 1)] },
    ],
    outputs: [{ name: 'p', dims: [null, 2] }],
  };
}

const IN_DOUBLE: Partial<ModelFile> = {
  nodes: [
    { op: 'MatMul', inputs: ['x', 'weights'], outputs: ['mean'] },
    { op: 'Sigmoid', inputs: ['mean'], outputs: ['q'] },
    { op: 'Cast', inputs: ['q'], outputs: ['p'], attributes: [integerAttribute('to', DOUBLE)] },
  ],
  outputs: [{ name: 'p', type: DOUBLE, dims: [null, 1] }],
};

describe('the probability', () => {
  const shapes: readonly [string, Partial<ModelFile>, number, boolean][] = [
    ['[N,1]', {}, 0, false],
    ['[N,1], its shape undeclared', { outputs: [{ name: 'p', dims: null }] }, 0, false],
    [
      '[N]',
      {
        nodes: [
          {
            op: 'ReduceMean',
            inputs: ['x'],
            outputs: ['mean'],
            attributes: [integersAttribute('axes', [1]), integerAttribute('keepdims', 0)],
          },
          { op: 'Sigmoid', inputs: ['mean'], outputs: ['p'] },
        ],
        outputs: [{ name: 'p', dims: [null] }],
        initializers: [],
      },
      0,
      false,
    ],
    ['the first of [N,2]', twoClasses(['p1', 'p0']), 0, false],
    ['the second of [N,2]', twoClasses(['p0', 'p1']), 1, false],
    ['the other class of [N,2]', twoClasses(['p0', 'p1']), 0, true],
    ['of the type double', IN_DOUBLE, 0, false],
  ];
  test.each(shapes)('is read from %s', async (_, changes, index, other) => {
    const session = await openModel(sigmoidOfMean(2, changes), ['a', 'b'], { name: 'p', index });
    const scores = await session.score(Float32Array.of(1, 2, -3, 0), 2);
    [sigmoid(1.5), sigmoid(-1.5)].forEach((score, row) => {
      expect(scores[row]).toBeCloseTo(other ? 1 - score : score, 6);
    });
  });
});
