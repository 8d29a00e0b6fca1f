import { FLOAT, onnxFile, tensor } from './onnx-builder.ts';

/** A model of the small campaign's two features whose score is `likely · weight + bias`, clipped to 0..1. */
export function linearModel(weight: number, bias: number): Uint8Array {
  return onnxFile({
    nodes: [
      { op: 'MatMul', inputs: ['x', 'weights'], outputs: ['weighted'] },
      { op: 'Add', inputs: ['weighted', 'bias'], outputs: ['sum'] },
      { op: 'Clip', inputs: ['sum', 'zero', 'one'], outputs: ['p'] },
    ],
    inputs: [{ name: 'x', dims: [null, 2] }],
    outputs: [{ name: 'p', dims: [null, 1] }],
    initializers: [
      tensor('weights', FLOAT, [2, 1], [weight, 0]),
      tensor('bias', FLOAT, [], [bias]),
      tensor('zero', FLOAT, [], [0]),
      tensor('one', FLOAT, [], [1]),
    ],
  });
}
