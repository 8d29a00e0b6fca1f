import type { Random } from '../../src/demo/random.ts';
import {
  bytes,
  DOUBLE,
  FLOAT,
  floatsAttribute,
  INT64,
  integerAttribute,
  type ModelFile,
  number,
  onnxFile,
  STRING,
  sigmoidOfMean,
  stump,
  tensor,
  textsAttribute,
} from './onnx-builder.ts';
import { CARD, REFERENCE, TRAINING } from './package-files.ts';
import { type ZipEntry, zipFile } from './zip-builder.ts';

/** What of a package is spoilt. */
export const SPOILT = ['zip', 'onnx', 'yaml', 'csv'] as const;
export type Spoilt = (typeof SPOILT)[number];

const TEXTS = ['nurse', 'constructor'];
const NAMED: ModelFile = {
  nodes: [
    {
      op: 'LabelEncoder',
      domain: 'ai.onnx.ml',
      inputs: ['job'],
      outputs: ['worth'],
      attributes: [textsAttribute('keys_strings', TEXTS), floatsAttribute('values_floats', [0.5, -1])],
    },
    { op: 'Add', inputs: ['growth', 'worth'], outputs: ['sum'] },
    { op: 'Cast', inputs: ['age'], outputs: ['years'], attributes: [integerAttribute('to', FLOAT)] },
    { op: 'Mul', inputs: ['years', 'scale'], outputs: ['scaled'] },
    { op: 'Add', inputs: ['sum', 'scaled'], outputs: ['all'] },
    { op: 'Sigmoid', inputs: ['all'], outputs: ['p'] },
  ],
  inputs: [
    { name: 'age', type: INT64, dims: [null, 1] },
    { name: 'job', type: STRING, dims: [null, 1] },
    { name: 'growth', dims: [null, 1] },
  ],
  outputs: [{ name: 'p', dims: [null, 1] }],
  initializers: [tensor('scale', FLOAT, [1], [0.01])],
};
const STUMP: ModelFile = {
  nodes: [stump(['p'], [0.25, 0.75])],
  inputs: [{ name: 'x', dims: [null, 3] }],
  outputs: [{ name: 'p', dims: [null, 1] }],
};
const OPERATORS = [
  'If',
  'Loop',
  'Identity',
  'Sigmoid',
  'Exp',
  'Tile',
  'Expand',
  'Cast',
  'RandomNormal',
  'Gather',
  'ZipMap',
];
const TYPES = [0, FLOAT, 2, INT64, STRING, 9, DOUBLE, 16, 99];

type Files = Record<'model.onnx' | 'card.yaml' | 'reference.csv' | 'training.csv', Uint8Array>;

/** A sound package, spoilt in one of its parts in one to four ways: a zip. */
export function mutant(random: Random, spoilt: Spoilt): Uint8Array {
  const files: Files = {
    'model.onnx': onnxFile(random.pick([NAMED, STUMP])),
    'card.yaml': Buffer.from(CARD.replace('{ name: probabilities, index: 1 }', '{ name: p, index: 0 }')),
    'reference.csv': Buffer.from(REFERENCE.replaceAll('41,-1', '41,1')),
    'training.csv': Buffer.from(TRAINING),
  };
  if (random.chance(0.2)) files['model.onnx'] = sigmoidOfMean(3);
  if (spoilt === 'onnx') files['model.onnx'] = spoiltModel(random, files['model.onnx']);
  else if (spoilt === 'yaml') files['card.yaml'] = spoiltText(random, files['card.yaml'], YAML);
  else if (spoilt === 'csv') {
    const name = random.pick(['reference.csv', 'training.csv'] as const);
    files[name] = spoiltText(random, files[name], CSV);
  } else return spoiltZip(random, files);
  return zipFile(Object.entries(files).map(([name, content]) => ({ name, content })));
}

function spoiltModel(random: Random, sound: Uint8Array): Uint8Array {
  if (random.chance(0.5)) return spoiltBytes(random, sound);
  const base = random.pick([NAMED, STUMP]);
  const nodes = base.nodes.map((node) => {
    if (!random.chance(0.3)) return node;
    return random.pick([
      { ...node, op: random.pick(OPERATORS) },
      { ...node, domain: random.pick(['', 'ai.onnx.ml', 'com.microsoft', 'x']) },
      { ...node, inputs: (node.inputs ?? []).toReversed() },
      { ...node, outputs: ['p', 'p'] },
      { ...node, attributes: [...(node.attributes ?? []), spoiltBytes(random, integerAttribute('to', 1))] },
    ]);
  });
  const reshaped = (values: ModelFile['inputs']) =>
    values.map((value) =>
      random.chance(0.2)
        ? {
            ...value,
            type: random.pick(TYPES),
            dims: random.pick([[null], [null, 3], [null, 1], [5, 3], [], null, [null, 2 ** 40]]),
          }
        : value,
    );
  return onnxFile({
    ...base,
    nodes: random.chance(0.2) ? [...nodes, ...nodes] : nodes,
    inputs: reshaped(base.inputs),
    outputs: reshaped(base.outputs),
    initializers: [
      ...(base.initializers ?? []),
      ...(random.chance(0.3) ? [tensor('big', INT64, [random.pick([0, 1, 2 ** 31, 2 ** 60])], [1])] : []),
    ],
    irVersion: random.pick([8, 8, 8, 3, 99]),
    extra: random.chance(0.2) ? [number(random.integer(1, 30), random.integer(0, 2 ** 31))] : [],
  });
}

const YAML = [
  '[',
  '{',
  '? ',
  '- ',
  '&a ',
  '*a',
  '!!binary ',
  '!x ',
  '|',
  '>-',
  '\t',
  '\u0000',
  '\uFEFF',
  '"',
  "'",
  '#',
  '...',
  '---\n',
  '%YAML 9\n',
  '__proto__: 1\n',
  'constructor: {}\n',
  'name: x\n',
  'null',
  '.inf',
  '.nan',
  '1e999',
  '0x10',
  '-',
  ': ',
  '<<: {}\n',
  '\u2028',
];
const CSV = [
  ',',
  '"',
  '\n',
  '\r',
  '\u0000',
  '\uFEFF',
  '1e999',
  'NaN',
  '-0',
  '0x10',
  '9'.repeat(400),
  '',
  '2020-W54',
  '1,1,1,1',
  '\uFFFD',
  ';',
  ' ',
];

/** Lines and parts of lines that are doubled, dropped, moved, or replaced by what its readers know how to take wrongly. */
function spoiltText(random: Random, sound: Uint8Array, parts: readonly string[]): Uint8Array {
  if (random.chance(0.3)) return spoiltBytes(random, sound);
  let text = Buffer.from(sound).toString();
  for (let left = random.integer(1, 5); left > 0; left--) {
    const lines = text.split('\n');
    const at = random.integer(0, lines.length);
    const line = lines[at] ?? '';
    const from = random.integer(0, line.length + 1);
    const to = random.integer(from, line.length + 1);
    const part = random.pick(parts);
    lines.splice(
      at,
      1,
      ...random.pick<readonly string[]>([
        [],
        [line, line],
        [line.slice(0, from) + part + line.slice(to)],
        [line.slice(0, from) + part.repeat(random.integer(1, 3000)) + line.slice(from)],
        [line.slice(from)],
        [' '.repeat(random.integer(0, 9)) + line],
        [lines[random.integer(0, lines.length)] ?? '', line],
      ]),
    );
    text = lines.join('\n');
  }
  return Buffer.from(text);
}

function spoiltZip(random: Random, files: Files): Uint8Array {
  const entries: ZipEntry[] = Object.entries(files).map(([name, content]) => ({ name, content }));
  if (random.chance(0.5)) return spoiltBytes(random, zipFile(entries));
  const at = random.integer(0, entries.length);
  const entry = entries[at]!;
  const { name } = entry;
  const size = random.pick([0, 1, 2 ** 20, 2 ** 31, 2 ** 32 - 1]);
  const spoilt: ZipEntry = {
    ...entry,
    ...random.pick<Partial<ZipEntry>>([
      {
        name: random.pick([
          `../${name}`,
          `/${name}`,
          `C:\\${name}`,
          name.toUpperCase(),
          `${name}/`,
          '',
          '\u0000',
          'a/'.repeat(3000),
        ]),
      },
      { mode: random.pick([0o120777, 0o040755, 0, 0o177777]) },
      { flags: random.pick([1, 8, 9, 64, 8192]) },
      { method: random.pick([0, 1, 9, 12, 14, 99]) },
      { claimedSize: size },
      { claimedChecksum: size },
      { content: Buffer.alloc(random.pick([0, 2 ** 16, 2 ** 21])) },
    ]),
  };
  entries.splice(at, random.integer(0, 2), spoilt);
  return zipFile(entries);
}

const BYTES = [0, 1, 2, 8, 18, 58, 127, 128, 250, 255];

/** Bytes that are changed, inserted, dropped, doubled, or cut off. */
function spoiltBytes(random: Random, sound: Uint8Array): Uint8Array {
  let found = Buffer.from(sound);
  for (let left = random.integer(1, 5); left > 0 && found.length > 0; left--) {
    const at = random.integer(0, found.length);
    const to = Math.min(at + random.integer(1, 40), found.length);
    const [before, run, after] = [found.subarray(0, at), found.subarray(at, to), found.subarray(to)];
    found = random.pick([
      () => Buffer.concat([before, Buffer.of(random.pick(BYTES)), found.subarray(at + 1)]),
      () => Buffer.concat([before, Buffer.of(random.integer(0, 256)), found.subarray(at + 1)]),
      () =>
        Buffer.concat([before, Buffer.from(run.map((byte) => byte ^ (1 << random.integer(0, 8)))), after]),
      () => Buffer.concat([before, run, run, after]),
      () => Buffer.concat([before, after]),
      () => Buffer.from(before),
      () => Buffer.concat([before, Buffer.from(bytes(random.integer(1, 26), run)), after]),
    ])();
  }
  return found;
}
