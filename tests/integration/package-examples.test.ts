import { execFileSync, spawnSync } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type LogisticModel, score, trainPackage } from '../../docs/examples/train.ts';
import { readCard } from '../../src/adapters/package/card-file.ts';
import { FileModelPackageReader } from '../../src/adapters/package/model-package-reader.ts';
import { DEFAULT_GATE_LIMITS } from '../../src/domain/gates/gate-limits.ts';
import type { ModelPackage } from '../../src/domain/model-card.ts';
import { modelSpec } from '../../src/domain/model-spec.ts';
import { closeSessions, openSpec } from '../support/scoring.ts';

const ROOT = join(import.meta.dirname, '../..');
const SHIPPED = join(ROOT, 'models/investing-retail-1');
const EXAMPLES = join(ROOT, 'docs/examples');
let folder = '';

/** The shipped package without what the examples write, its card for another output. */
async function unfinished(output: string): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'example-'));
  await copyFile(join(SHIPPED, 'training.csv'), join(folder, 'training.csv'));
  const card = await readFile(join(SHIPPED, 'card.yaml'), 'utf8');
  await writeFile(join(folder, 'card.yaml'), card.replace(/^output: .*$/m, `output: ${output}`));
}

afterEach(closeSessions);

test('the card in the documentation is one', async () => {
  const page = await readFile(join(ROOT, 'docs/model-package.md'), 'utf8');
  const [, card = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
  expect(readCard(card)).toMatchObject({ campaign: 'investing-retail', features: [{ name: 'growth' }] });
});

describe('the example in TypeScript', () => {
  let model: LogisticModel;
  let delivered: ModelPackage;
  beforeAll(async () => {
    await unfinished('{ name: probability, index: 0 }');
    model = trainPackage(folder, '2025-W12');
    delivered = await new FileModelPackageReader().fromFolder(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('trains a model that expects as many conversions as there were', () => {
    const { training, card } = delivered;
    const width = card.features.length;
    let [expected, came] = [0, 0];
    for (const [row, week] of training.weeks.entries()) {
      if (week > card.trained.to) continue;
      expected += score(model, [...training.matrix.subarray(row * width, (row + 1) * width)]);
      came += training.labels[row] ?? 0;
    }
    expect(came).toBeGreaterThan(400);
    expect(expected).toBeCloseTo(came, 1);
  });

  test('writes a package that is scored as it was trained, and that no gate fails', async () => {
    const { card, files, reference, training } = delivered;
    const session = await openSpec(modelSpec(card, files['model.onnx']));
    const scores = await session.score(Float32Array.from(reference.flat()), reference.length);
    expect(reference).toHaveLength(200);
    reference.forEach((row, at) => {
      expect(Math.abs((scores[at] ?? Number.NaN) - score(model, row.map(Math.fround)))).toBeLessThan(1e-5);
    });
    const material = {
      features: card.features,
      trained: card.trained,
      training,
      reference,
      threshold: 0.035,
    };
    const gates = await session.judge(material, DEFAULT_GATE_LIMITS);
    expect(
      gates.filter(({ verdict }) => verdict === 'FAIL').map(({ name, message }) => [name, message]),
    ).toEqual([]);
  });

  test('runs as the documentation says', async () => {
    const before = await readFile(join(folder, 'model.onnx'));
    const printed = execFileSync(process.execPath, [join(EXAMPLES, 'train.ts'), folder, '2025-W12'], {
      encoding: 'utf8',
    });
    expect(printed).toMatch(/^25848 rows of 7 features; bias -/);
    expect(await readFile(join(folder, 'model.onnx'))).toEqual(before);
  });
});

const python = ['/usr/bin/python3', 'python3'].find(
  (program) => spawnSync(program, ['-c', 'import sklearn']).status === 0,
);
const anyPython = python ?? (spawnSync('python3', ['--version']).status === 0 ? 'python3' : undefined);
const converts = python !== undefined && spawnSync(python, ['-c', 'import skl2onnx']).status === 0;

describe('the example in Python', () => {
  test.skipIf(anyPython === undefined)('is Python', () => {
    const program = `import ast, sys; ast.parse(open(sys.argv[1]).read())`;
    expect(spawnSync(anyPython ?? '', ['-c', program, join(EXAMPLES, 'train.py')]).status).toBe(0);
  });

  test.skipIf(python === undefined || !converts)('writes a package that is scored', async () => {
    await unfinished('{ name: probabilities, index: 1 }');
    try {
      execFileSync(python ?? '', [join(EXAMPLES, 'train.py'), folder, '2025-W12']);
      const { card, files, reference } = await new FileModelPackageReader().fromFolder(folder);
      const session = await openSpec(modelSpec(card, files['model.onnx']));
      const scores = await session.score(Float32Array.from(reference.flat()), reference.length);
      expect(new Set(scores).size).toBeGreaterThan(20);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
