import { afterEach, describe, expect, test } from 'vitest';
import {
  bytes,
  FLOAT,
  greedyModel,
  INT64,
  integerAttribute,
  integersAttribute,
  type ModelFile,
  type NodeSpec,
  number,
  onnxFile,
  sigmoidOfMean,
  tensor,
} from '../support/onnx-builder.ts';
import { closeSessions, modelProcesses, openModel as open, refusal } from '../support/scoring.ts';

afterEach(closeSessions);

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const with1 = (changes: Partial<ModelFile>) => sigmoidOfMean(1, changes);
const input = (declared: Uint8Array) => with1({ inputs: [{ name: 'x', dims: null, declared }] });
const output = (declared: Uint8Array) => with1({ outputs: [{ name: 'p', dims: null, declared }] });
const graph = (name: string, ...nodes: Uint8Array[]) =>
  bytes(6, ...nodes.map((node) => bytes(1, node)), bytes(2, name));
const tensorOf = bytes(1, number(1, FLOAT));
const external = Buffer.concat([
  number(1, 1),
  number(2, FLOAT),
  bytes(8, 'w'),
  bytes(13, bytes(1, 'location'), bytes(2, '/etc/passwd')),
  number(14, 1),
]);
/** A value of this kind in a value of this kind in a value… */
const nested = (levels: number) => {
  let declared = Buffer.from(tensorOf);
  for (let level = 0; level < levels; level += 1) declared = Buffer.from(bytes(4, bytes(1, declared)));
  return declared;
};
const constant = (name: string, attribute: Uint8Array): NodeSpec => ({
  op: 'Constant',
  outputs: [name],
  attributes: [attribute],
});

describe('what a model may not be is said before a runtime sees it', () => {
  const name = 'n'.repeat(3 * 2 ** 20);
  test.each<[string, Uint8Array, RegExp]>([
    ['a sparse input', input(bytes(8, number(1, FLOAT))), /input "x" is not a tensor \(but .* sparse\)/],
    ['a sequence as input', input(bytes(4, bytes(1, tensorOf))), /input "x" is not a tensor \(but a list/],
    ['an optional input', input(bytes(9, bytes(1, tensorOf))), /input "x" is not a tensor \(but .* optional/],
    ['a sparse output', output(bytes(8, number(1, FLOAT))), /output "p" is not a tensor/],
    ['an optional output', output(bytes(9, bytes(1, tensorOf))), /output "p" is not a tensor/],
    ['a sequence of tensors as output', output(bytes(4, bytes(1, tensorOf))), /zipmap=False/],
    ['lists in lists, two thousand deep', input(nested(2000)), /input "x" is not a tensor/],
    [
      'a sparse constant',
      with1({ nodes: [constant('c', Buffer.concat([bytes(1, 'sparse_value'), bytes(22), number(20, 11)]))] }),
      /sparse tensors: export with dense/,
    ],
    [
      'a function that hides a loop',
      with1({ extra: [bytes(25, bytes(1, 'Harmless'), bytes(10, 'local'), bytes(7, bytes(4, 'Loop')))] }),
      /functions of its own: export it with functions inlined/,
    ],
    [
      'a call of a function that is not there',
      with1({ nodes: [{ op: 'Harmless', domain: 'local', inputs: ['x'], outputs: ['p'] }] }),
      /"Harmless" is of the domain "local"/,
    ],
    [
      'a branch with data outside',
      with1({ nodes: [{ op: 'If', outputs: ['p'], attributes: [graph('then', bytes(5, external))] }] }),
      /control flow/,
    ],
    [
      'a body of an operator that loops under another name',
      with1({ nodes: [{ op: 'SequenceMap', inputs: ['x'], outputs: ['p'], attributes: [graph('body')] }] }),
      /"SequenceMap" is control flow/,
    ],
    [
      'a list of branches',
      with1({ nodes: [{ op: 'Identity', outputs: ['p'], attributes: [bytes(11, bytes(2, 'g'))] }] }),
      /control flow/,
    ],
    [
      'data outside in a list of tensors',
      with1({ nodes: [constant('c', Buffer.concat([bytes(1, 'v'), bytes(10, external)]))] }),
      /"w" has its data in another file/,
    ],
    [
      'data outside that hides behind data inside',
      with1({ initializers: [Buffer.concat([external, bytes(9, new Uint8Array(4)), number(14, 0)])] }),
      /"w" has its data in another file/,
    ],
    [
      'a size beyond all numbers',
      with1({ initializers: [tensor('w', FLOAT, [2 ** 52, 2 ** 52, 2 ** 52], [1])] }),
      /claims more numbers than it carries/,
    ],
    [
      'an input more than there are features',
      with1({
        inputs: [
          { name: 'x', dims: [null, 1] },
          { name: 'training', type: 9, dims: [] },
        ],
      }),
      /input "training" is neither float, double, int64 nor text/,
    ],
    [
      'two inputs of which the card knows one',
      with1({
        inputs: [
          { name: 'a', dims: [null, 1] },
          { name: 'x', dims: [null, 1] },
        ],
      }),
      /no input for: none; no feature for: "x"/,
    ],
    [
      'two inputs of one name',
      with1({
        inputs: [
          { name: 'a', dims: [null, 1] },
          { name: 'a', dims: [null, 1] },
        ],
      }),
      /are not the card's features/,
    ],
    [
      'parts without number',
      with1({ extra: [bytes(7, Buffer.alloc(300_000, bytes(1, '')))] }),
      /more than 100000 operators, constants, inputs and outputs/,
    ],
    [
      'dimensions without number',
      with1({ inputs: [{ name: 'x', dims: Array.from({ length: 65 }, () => null) }] }),
      /more than 64 dimensions/,
    ],
    [
      'an input of half precision',
      with1({ inputs: [{ name: 'x', type: 10, dims: [null, 1] }] }),
      /input "x" is neither float, double, int64 nor text: export with one of these types/,
    ],
    [
      'scores of half precision',
      with1({ outputs: [{ name: 'p', type: 10, dims: [null, 1] }] }),
      /output "p" holds float16: export probabilities as float or double/,
    ],
    [
      'scores of a brain float',
      with1({ outputs: [{ name: 'p', type: 16, dims: [null, 1] }] }),
      /output "p" holds bfloat16: export probabilities as float or double/,
    ],
    ['no output', with1({ outputs: [] }), /only none at all/],
    [
      'three dimensions',
      with1({ outputs: [{ name: 'p', dims: [null, 1, 1] }] }),
      /has 3 dimensions: export probabilities of the shape/,
    ],
    [
      'names of megabytes',
      with1({ nodes: [{ op: name, domain: name, outputs: ['p'] }] }),
      /^operator "n{60}…" is of the domain "n{60}…"/,
    ],
  ])('%s', async (_, model, rule) => {
    const message = await refusal(open(model, ['a']));
    expect(message).toMatch(rule);
    expect(message.length).toBeLessThan(500);
  });
});

describe('what only the runtime finds out', () => {
  const UNSOUND = /the model is not sound: export it again/;
  test.each<[string, Uint8Array, RegExp]>([
    [
      'one name for two results',
      with1({
        nodes: [
          { op: 'Sigmoid', inputs: ['x'], outputs: ['p'] },
          { op: 'Sigmoid', inputs: ['x'], outputs: ['p'] },
        ],
      }),
      UNSOUND,
    ],
    [
      'a circle',
      with1({
        nodes: [
          { op: 'Add', inputs: ['x', 'p'], outputs: ['q'] },
          { op: 'Sigmoid', inputs: ['q'], outputs: ['p'] },
        ],
      }),
      UNSOUND,
    ],
    ['a result that nothing computes', with1({ nodes: [] }), UNSOUND],
    [
      'fewer bytes than a shape needs',
      with1({
        initializers: [
          Buffer.concat([
            number(1, 1),
            number(1, 1),
            number(2, FLOAT),
            bytes(8, 'weights'),
            bytes(9, new Uint8Array(2)),
          ]),
        ],
      }),
      UNSOUND,
    ],
    [
      'a shape that does not fit',
      with1({ initializers: [tensor('weights', FLOAT, [2, 1], [1, 1])] }),
      UNSOUND,
    ],
    [
      // One pattern of the messages was quadratic in what a foreign file calls its parts.
      'an error message of megabytes',
      with1({
        nodes: [{ op: 'Sigmoid', inputs: ['/onnxruntime_src/a '.repeat(100_000)], outputs: ['p'] }],
      }),
      UNSOUND,
    ],
    [
      'a number that is none',
      with1({
        nodes: [
          { op: 'Sub', inputs: ['x', 'x'], outputs: ['zero'] },
          { op: 'Div', inputs: ['zero', 'zero'], outputs: ['p'] },
        ],
      }),
      /answers a probe with NaN, which is no probability/,
    ],
    [
      'scores per cent',
      with1({
        nodes: [
          { op: 'Sigmoid', inputs: ['x'], outputs: ['q'] },
          { op: 'Mul', inputs: ['q', 'hundred'], outputs: ['p'] },
        ],
        initializers: [tensor('hundred', FLOAT, [], [100])],
      }),
      /probe with 73\.\d+, which is no probability: .* where these are per cent, divided by 100/,
    ],
    [
      'log-odds',
      with1({
        nodes: [{ op: 'Sub', inputs: ['x', 'three'], outputs: ['p'] }],
        initializers: [tensor('three', FLOAT, [], [3])],
      }),
      /probe with -2, which is no probability: .* export predict_proba$/,
    ],
    [
      'operators of a set that is not there yet',
      with1({ extra: [bytes(8, bytes(1, ''), number(2, 99))] }),
      /^the model cannot be opened: ONNX Runtime .* export with a lower target_opset$/,
    ],
    [
      'what looks at all rows of a batch',
      with1({
        nodes: [
          {
            op: 'BatchNormalization',
            inputs: ['x', 'one', 'one', 'one', 'one'],
            outputs: ['y', 'mean', 'variance'],
            attributes: [integerAttribute('training_mode', 1)],
          },
          { op: 'Sigmoid', inputs: ['y'], outputs: ['p'] },
        ],
        initializers: [tensor('one', FLOAT, [1], [1])],
        extra: [bytes(8, bytes(1, ''), number(2, 15))],
      }),
      /scored otherwise among other rows than alone: export a model that judges each row by itself/,
    ],
    [
      'an output of three dimensions that declares none',
      with1({
        nodes: [
          { op: 'Sigmoid', inputs: ['x'], outputs: ['q'] },
          { op: 'Unsqueeze', inputs: ['q', 'axes'], outputs: ['p'] },
        ],
        outputs: [{ name: 'p', dims: null }],
        initializers: [tensor('axes', INT64, [1], [2])],
      }),
      /has the shape \[5,1,1\] for 5 rows: export probabilities of the shape \[N\], \[N,1\] or \[N,2\]/,
    ],
    [
      'text where a probability should be',
      with1({
        nodes: [{ op: 'Cast', inputs: ['x'], outputs: ['p'], attributes: [integerAttribute('to', 8)] }],
        outputs: [{ name: 'p', dims: null, declared: bytes(1) }],
      }),
      UNSOUND,
    ],
  ])('%s', async (_, model, rule) => {
    const message = await refusal(open(model, ['a']));
    expect(message).toMatch(rule);
    expect(message).toMatch(/^the model cannot be opened: /);
    expect(message.length).toBeLessThan(700);
  });

  test.skipIf(process.platform !== 'linux')(
    'and bombs of memory and time end with their process',
    async () => {
      const limits = { memoryBytes: 512 * 2 ** 20, openMilliseconds: 3000 };
      const folded = onnxFile({
        nodes: [
          { op: 'ConstantOfShape', inputs: ['shape'], outputs: ['zeros'] },
          {
            op: 'ReduceMean',
            inputs: ['zeros'],
            outputs: ['mean'],
            attributes: [integersAttribute('axes', [0, 1])],
          },
          { op: 'Add', inputs: ['x', 'mean'], outputs: ['q'] },
          { op: 'Sigmoid', inputs: ['q'], outputs: ['p'] },
        ],
        inputs: [{ name: 'x', dims: [null, 1] }],
        outputs: [{ name: 'p', dims: [null, 1] }],
        initializers: [tensor('shape', INT64, [2], [2 ** 20, 2 ** 20])],
      });
      const products = Array.from({ length: 500 }, (_, at) => ({
        op: 'MatMul',
        inputs: [at === 0 ? 'square' : `m${at}`, 'square'],
        outputs: [`m${at + 1}`],
      }));
      const slow = with1({
        nodes: [
          { op: 'ConstantOfShape', inputs: ['shape'], outputs: ['square'] },
          ...products,
          {
            op: 'ReduceMean',
            inputs: ['m500'],
            outputs: ['mean'],
            attributes: [integersAttribute('axes', [0])],
          },
          { op: 'MatMul', inputs: ['x', 'mean'], outputs: ['p'] },
        ],
        initializers: [tensor('shape', INT64, [2], [3000, 3000])],
      });
      const hungry = [folded, greedyModel(4), slow];
      for (const model of hungry) {
        const message = await refusal(open(model, ['a'], { name: 'p', index: 0 }, limits));
        expect(message).toMatch(/memory|did not answer within|ended by itself/);
      }
      expect(modelProcesses(process.pid)).toEqual([]);
    },
  );
});

describe('an unusual model that is sound', () => {
  // The runtime multiplies with numbers of 8 bits where it may, so that not every digit is that of the scaled weights.
  test('is scored where its weights are whole numbers with a scale', async () => {
    const model = onnxFile({
      nodes: [
        { op: 'DequantizeLinear', inputs: ['w8', 'scale', 'zero'], outputs: ['weights'] },
        { op: 'MatMul', inputs: ['x', 'weights'], outputs: ['sum'] },
        { op: 'Sigmoid', inputs: ['sum'], outputs: ['p'] },
      ],
      inputs: [{ name: 'x', dims: [null, 2] }],
      outputs: [{ name: 'p', dims: [null, 1] }],
      initializers: [
        Buffer.concat([
          number(1, 2),
          number(1, 1),
          number(2, 2),
          bytes(8, 'w8'),
          bytes(9, Uint8Array.of(130, 126)),
        ]),
        tensor('scale', FLOAT, [], [0.25]),
        Buffer.concat([number(2, 2), bytes(8, 'zero'), bytes(9, Uint8Array.of(128))]),
      ],
    });
    const session = await open(model, ['a', 'b']);
    expect((await session.score(Float32Array.of(3, 1), 1))[0]).toBeCloseTo(sigmoid(1), 2);
  });

  test('is scored where it reckons with half precision inside, and where its shape is declared wrongly', async () => {
    const half = with1({
      nodes: [
        { op: 'Sigmoid', inputs: ['x'], outputs: ['q'] },
        { op: 'Cast', inputs: ['q'], outputs: ['h'], attributes: [integerAttribute('to', 10)] },
        { op: 'Cast', inputs: ['h'], outputs: ['p'], attributes: [integerAttribute('to', FLOAT)] },
      ],
      outputs: [{ name: 'p', dims: [1, 1] }],
    });
    const session = await open(half, ['a']);
    const scores = await session.score(Float32Array.of(1, -3), 2);
    expect(scores[0]).toBeCloseTo(sigmoid(1), 3);
    expect(scores[1]).toBeCloseTo(sigmoid(-3), 3);
  });

  test('is scored where its names are long, and where it says things twice', async () => {
    const name = 'n'.repeat(2 ** 20);
    const long = with1({
      nodes: [
        { op: 'Identity', inputs: ['x'], outputs: [name] },
        { op: 'Sigmoid', inputs: [name], outputs: ['p'] },
      ],
      initializers: [],
      extra: [number(1, 8), bytes(7, bytes(2, 'another name'))],
    });
    expect((await (await open(long, ['a'])).score(Float32Array.of(2), 1))[0]).toBeCloseTo(sigmoid(2), 6);
  });
});
