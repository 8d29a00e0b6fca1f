import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readOnnxModel } from '../../../src/adapters/scorer/onnx-model.ts';
import { ScoringError } from '../../../src/domain/ports.ts';
import { bytes, FLOAT, number, sigmoidOfMean, tensor } from '../../support/onnx-builder.ts';

const SOUND = sigmoidOfMean(3);

describe('readOnnxModel', () => {
  test('gives inputs and outputs, initializers left out', () => {
    const initialized = sigmoidOfMean(3, {
      inputs: [
        { name: 'x', dims: [null, 3] },
        { name: 'weights', dims: [3, 1] },
      ],
    });
    for (const model of [SOUND, initialized]) {
      expect(readOnnxModel(model)).toEqual({
        inputs: [{ name: 'x', kind: 'tensor', type: FLOAT, dims: [null, 3] }],
        outputs: [{ name: 'p', kind: 'tensor', type: FLOAT, dims: [null, 1] }],
      });
    }
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['an If', sigmoidOfMean(3, { nodes: [{ op: 'If', outputs: ['p'] }] }), /"If" is control flow/],
    [
      'a graph in any attribute',
      sigmoidOfMean(3, {
        nodes: [{ op: 'Identity', outputs: ['p'], attributes: [bytes(6, bytes(2, 'g'))] }],
      }),
      /"Identity" is control flow/,
    ],
    [
      'another domain',
      sigmoidOfMean(3, { nodes: [{ op: 'Gelu', domain: 'com.microsoft', outputs: ['p'] }] }),
      /com\.microsoft/,
    ],
    [
      'a random operator',
      sigmoidOfMean(3, { nodes: [{ op: 'RandomNormalLike', outputs: ['p'] }] }),
      /at random/,
    ],
    ['functions', sigmoidOfMean(3, { extra: [bytes(25, bytes(1, 'f'))] }), /functions/],
    ['training steps', sigmoidOfMean(3, { extra: [bytes(20)] }), /training/],
    ['a second graph', sigmoidOfMean(3, { extra: [bytes(7, bytes(1, bytes(4, 'Loop')))] }), /"Loop"/],
    [
      'data in another file',
      sigmoidOfMean(3, { initializers: [Buffer.concat([bytes(8, 'w'), number(14, 1)])] }),
      /another file/,
    ],
    [
      'a location that a parser cuts to 1',
      sigmoidOfMean(3, { initializers: [Buffer.concat([bytes(8, 'w'), number(14, 2n ** 32n + 1n)])] }),
      /another file/,
    ],
    [
      'data in another file, in an attribute',
      sigmoidOfMean(3, {
        nodes: [{ op: 'Constant', outputs: ['p'], attributes: [bytes(5, number(14, 1))] }],
      }),
      /another file/,
    ],
    [
      'more numbers than bytes',
      sigmoidOfMean(3, { initializers: [tensor('w', FLOAT, [1_000_000, 1_000_000], [1])] }),
      /claims more/,
    ],
    [
      'packed dims',
      sigmoidOfMean(3, {
        initializers: [Buffer.concat([bytes(1, Uint8Array.of(127, 127, 127)), bytes(8, 'w')])],
      }),
      /claims more/,
    ],
    [
      'a negative dimension',
      sigmoidOfMean(3, { initializers: [Buffer.concat([number(1, -1n), bytes(8, 'w')])] }),
      /claims more/,
    ],
    ['sparse tensors', sigmoidOfMean(3, { extra: [bytes(7, bytes(15))] }), /sparse/],
    ['the ORT format', Buffer.concat([Buffer.from([8, 8, 18, 0]), Buffer.from('ORTM'), SOUND]), /ORT format/],
    [
      'a field number that a parser cuts',
      Buffer.concat([SOUND, Uint8Array.of(0xba, 0x80, 0x80, 0x80, 0x10, 0)]),
      /field number/,
    ],
    ['an old IR version', sigmoidOfMean(3, { irVersion: 2 }), /IR version/],
    ['nothing', new Uint8Array(), /empty/],
    ['text', Buffer.from('this is no model'), /not an ONNX model/],
  ])('refuses %s', (_, model, rule) => {
    expect(() => readOnnxModel(model)).toThrow(ScoringError);
    expect(() => readOnnxModel(model)).toThrow(rule);
  });

  test('ends with a model or a ScoringError whatever the bytes are', () => {
    const edit = fc.record({ at: fc.nat(SOUND.length - 1), value: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 4 }), fc.nat(SOUND.length), (edits, length) => {
        const mutant = SOUND.slice(0, length);
        for (const { at, value } of edits) mutant[at] = value;
        try {
          expect(readOnnxModel(mutant).inputs).toBeInstanceOf(Array);
        } catch (error) {
          expect(error).toBeInstanceOf(ScoringError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
