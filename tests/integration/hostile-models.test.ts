import { afterEach, describe, expect, test } from 'vitest';
import { bytes, FLOAT, type NodeSpec, number, tensor, with1 } from '../support/onnx-builder.ts';
import { closeSessions, openModel as open, refusal } from '../support/scoring.ts';

afterEach(closeSessions);

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
