import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { OnnxExplainer } from '../src/adapters/scorer/onnx-explainer.ts';
import { readOnnxModel } from '../src/adapters/scorer/onnx-model.ts';
import { OnnxScorer } from '../src/adapters/scorer/onnx-scorer.ts';
import { OnnxSession } from '../src/adapters/scorer/onnx-session.ts';
import { planScoring } from '../src/adapters/scorer/scoring-plan.ts';
import { coalitionValues } from '../src/domain/coalition-explainer.ts';
import type { AskModel } from '../src/domain/mixtures.ts';
import { PACKAGE_ROOT } from '../src/version.ts';

// Exact Shapley values a second of CPU time of one core, beside what onnxruntime alone takes to score as many rows, and to score the
// rows that asking for every coalition would need; and by the clock through the scoring process, as a run has it.
// `npm run bench:shapley [-- rows]`. The first package ships, the others are measured where they are.

const PACKAGES = [
  'models/investing-retail-1',
  '../shared/models/uci-boosted-1',
  '../shared/models/uci-boosted-2',
];
const OUTPUT = { name: 'probabilities', index: 1 };
const ROUNDS = 3;
const BATCH_ROWS = 10_000;
/** Rows that onnxruntime alone scores, so that its rate can be told. */
const SCORED_ROWS = 100_000;
/** Rows of which the coalitions are asked: enough for a mean. */
const ASKED_ROWS = 5;
const OPTIONS = { intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential' } as const;

interface Package {
  readonly model: Uint8Array;
  readonly features: readonly string[];
  readonly references: readonly Float32Array<ArrayBuffer>[];
}

const count = Number(process.argv[2] ?? 1000);
for (const name of PACKAGES) {
  const folder = join(PACKAGE_ROOT, name);
  if (existsSync(folder)) await measure(name, packageOf(folder));
}

async function measure(name: string, { model, features, references }: Package): Promise<void> {
  const rows = rowsBetween(references, count);
  const raw = await rawModel(model, features.length);
  const many = together(rowsBetween(references, SCORED_ROWS));
  const perRow = (await fastest(() => scoreAll(raw, many))) / SCORED_ROWS;
  let asked = 0;
  const counting: AskModel = (batch, size) => {
    asked += size;
    return raw(batch, size);
  };
  const explained = (await fastest(() => explainHere(model, features, references, rows))) / count;
  const coalitions = await cpuSeconds(async () => {
    for (const row of rows.slice(0, ASKED_ROWS)) await coalitionValues(counting, row, references);
  });
  const mixtures = asked / ASKED_ROWS;
  const through = await explainThrough(model, features, together(references), together(rows));
  const milliseconds = (seconds: number) => `${(1000 * seconds).toFixed(seconds < 0.01 ? 2 : 0)} ms`;
  process.stdout.write(
    `${name}, ${features.length} features, ${references.length} references: ${Math.round(1 / explained)} rows, ` +
      `${Math.round(features.length / explained)} values a second and core (${milliseconds(explained)} a row); ` +
      `through the process, by the clock: ${Math.round(count / through)} rows a second\n` +
      `  onnxruntime alone: ${Math.round(1 / perRow)} rows a second and core; ${count} rows ${milliseconds(count * perRow)}, ` +
      `explained ${milliseconds(count * explained)}: ${Math.round(explained / perRow)} times\n` +
      `  by every coalition: ${Math.round(mixtures)} rows asked a row, onnxruntime alone ${milliseconds(mixtures * perRow)}, ` +
      `in all ${milliseconds(coalitions / ASKED_ROWS)} a row\n`,
  );
}

/** Explains rows in this process, where its CPU time can be told. */
async function explainHere(
  model: Uint8Array,
  features: readonly string[],
  references: Package['references'],
  rows: Package['references'],
): Promise<void> {
  const plan = planScoring(readOnnxModel(model), { model, features, output: OUTPUT });
  const explainer = new OnnxExplainer(await OnnxSession.open(model, plan), model, plan, () => {});
  const explained = await explainer.explain(together([...references, ...rows]), references.length);
  if (explained.some(({ method }) => method !== 'TREES'))
    throw new Error('a row was not explained by the trees');
}

/** Seconds by the clock of a session that is open. */
async function explainThrough(
  model: Uint8Array,
  features: readonly string[],
  reference: Float32Array,
  matrix: Float32Array,
): Promise<number> {
  const session = await new OnnxScorer().open({ model, features, output: OUTPUT });
  try {
    await session.explain(reference, matrix.slice(0, features.length));
    const began = performance.now();
    await session.explain(reference, matrix);
    return (performance.now() - began) / 1000;
  } finally {
    await session.close();
  }
}

async function scoreAll(ask: AskModel, matrix: Float32Array<ArrayBuffer>): Promise<void> {
  const width = matrix.length / SCORED_ROWS;
  for (let at = 0; at < matrix.length; at += BATCH_ROWS * width)
    await ask(matrix.slice(at, at + BATCH_ROWS * width), BATCH_ROWS);
}

/** onnxruntime on one thread in this process. */
async function rawModel(model: Uint8Array, width: number): Promise<AskModel> {
  const session = await InferenceSession.create(model, OPTIONS);
  const [input = ''] = session.inputNames;
  return async (rows, size) => {
    const feeds = { [input]: new Tensor('float32', rows, [size, width]) };
    const { probabilities } = await session.run(feeds, ['probabilities']);
    const data = probabilities?.data;
    if (!(data instanceof Float32Array)) throw new Error('the model gives no probabilities');
    return Float64Array.from({ length: size }, (_, row) => data[2 * row + 1] ?? Number.NaN);
  };
}

/** Rows as there might be: each feature of one reference or of another. */
function rowsBetween(references: readonly Float32Array<ArrayBuffer>[], length: number) {
  const at = (place: number) => references[place % references.length] ?? new Float32Array();
  return Array.from({ length }, (_, row) =>
    at(row).map((value, feature) => (feature % 2 === 0 ? value : (at(7 * row + 3)[feature] ?? value))),
  );
}

function together(rows: readonly Float32Array<ArrayBuffer>[]): Float32Array<ArrayBuffer> {
  const width = rows[0]?.length ?? 0;
  const matrix = new Float32Array(rows.length * width);
  for (const [row, values] of rows.entries()) matrix.set(values, row * width);
  return matrix;
}

function packageOf(folder: string): Package {
  const [header = '', ...lines] = readFileSync(join(folder, 'reference.csv'), 'utf8').trim().split('\n');
  return {
    model: readFileSync(join(folder, 'model.onnx')),
    features: header.split(','),
    references: lines.map((line) => Float32Array.from(line.split(',').map(Number))),
  };
}

async function fastest(work: () => Promise<void>): Promise<number> {
  let seconds = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) seconds = Math.min(seconds, await cpuSeconds(work));
  return seconds;
}

async function cpuSeconds(work: () => Promise<void>): Promise<number> {
  const began = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1e6;
}
