import { afterEach, describe, expect, test } from 'vitest';
import {
  bytes,
  FLOAT,
  greedyModel,
  INT64,
  integerAttribute,
  integersAttribute,
  number,
  onnxFile,
  tensor,
  with1,
} from '../support/onnx-builder.ts';
import { closeSessions, modelProcesses, openModel as open, refusal } from '../support/scoring.ts';

afterEach(closeSessions);

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
