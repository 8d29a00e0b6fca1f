import { afterEach, describe, expect, test } from 'vitest';
import { bytes, FLOAT, integerAttribute, number, onnxFile, tensor, with1 } from '../support/onnx-builder.ts';
import { closeSessions, openModel as open } from '../support/scoring.ts';

afterEach(closeSessions);

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

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
