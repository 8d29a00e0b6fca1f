import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { FileModelPackageReader } from '../../src/adapters/package/model-package-reader.ts';
import { DEFAULT_GATE_LIMITS } from '../../src/domain/gates/gate-limits.ts';
import { type Gate, type GateName } from '../../src/domain/model-gate.ts';
import { addWeeks } from '../../src/domain/week.ts';
import { FLOAT, INT64, integerAttribute, onnxFile, slowModel, tensor } from '../support/onnx-builder.ts';
import { closeSessions, openModel, refusal } from '../support/scoring.ts';

const SHARED = join(import.meta.dirname, '../../../shared/models');
const SHIPPED = join(import.meta.dirname, '../../models');
afterEach(closeSessions);

async function gatesOf(folder: string, threshold: number): Promise<(name: GateName) => Gate | undefined> {
  const { card, files, reference, training } = await new FileModelPackageReader().fromFolder(folder);
  const names = card.features.map(({ name }) => name);
  const session = await openModel(files['model.onnx'], names, card.output);
  const material = { features: card.features, trained: card.trained, training, reference, threshold };
  const gates = await session.judge(material, DEFAULT_GATE_LIMITS);
  return (wanted) => gates.find(({ name }) => name === wanted);
}

const verdicts = (gate: (name: GateName) => Gate | undefined) =>
  (
    [
      'SIGNATURE',
      'REPRODUCIBLE',
      'WEEK_KEY',
      'TOO_GOOD',
      'OUT_OF_TIME',
      'BACKTEST',
      'SENSITIVITY',
      'CALIBRATION',
    ] as const
  ).map((name) => gate(name)?.verdict);

describe.skipIf(!existsSync(SHARED))('the packages of real customers (../shared/models)', () => {
  test('the one that learnt weeks by heart is refused for it', async () => {
    const gate = await gatesOf(join(SHARED, 'uci-boosted-1'), 0.2);
    expect(verdicts(gate)).toEqual(['PASS', 'PASS', 'FAIL', 'PASS', 'FAIL', 'WARN', 'FAIL', 'WARN']);
    expect(gate('WEEK_KEY')?.message).toMatch(
      /^fund_week and fund_month are the same for everyone in a week and together single out 65 of 69 weeks/,
    );
    expect(gate('OUT_OF_TIME')?.measured).toBe('0.785 in time, 0.659 after');
  });

  test('the one that learnt customers passes, with a warning that its scores are no shares any more', async () => {
    const gate = await gatesOf(join(SHARED, 'uci-boosted-2'), 0.2);
    expect(verdicts(gate)).toEqual([...Array(7).fill('PASS'), 'WARN']);
    expect(gate('OUT_OF_TIME')?.measured).toBe('0.692 in time, 0.691 after');
    expect(gate('CALIBRATION')?.message).toContain('expects 623 conversions and 1073 came');
  });
});

test('the model that ships passes, and its one feature of the market tells few kinds of weeks apart', async () => {
  const gate = await gatesOf(join(SHIPPED, 'investing-retail-1'), 0.035);
  expect(verdicts(gate)).toEqual(Array(8).fill('PASS'));
  expect(gate('WEEK_KEY')?.message).toContain('(fund_month) the model tells 3 kinds of weeks apart among 54');
});

describe('a model of which little is known', () => {
  const small = (names: readonly string[]) => ({
    features: names.map((name) => ({ name, direction: 0 as const })),
    trained: { from: '2024-W01', to: '2024-W10' },
    training: {
      rows: 1,
      weeks: ['2024-W01'],
      matrix: new Float32Array(names.length),
      labels: Uint8Array.of(1),
    },
    reference: Array.from({ length: 50 }, (_, row) => names.map(() => row)),
    threshold: 0.5,
  });

  test('is ended when all that it is asked takes too long', async () => {
    const session = await openModel(slowModel(), ['a'], { name: 'p', index: 0 }, { judgeMilliseconds: 200 });
    expect(await refusal(session.judge(small(['a']), DEFAULT_GATE_LIMITS))).toBe(
      'the model could not be judged within 0.2 s: export a smaller model',
    );
  });

  test('is given no fraction that it was not delivered with, where it takes whole numbers by name', async () => {
    const weeks = Array.from({ length: 2000 }, (_, row) => Math.floor(row / 100));
    const rows = weeks.map((week, row) => [week + (row % 100 === 0 ? 1 : 0), (row % 10) / 10]);
    const whole = onnxFile({
      nodes: [
        { op: 'Cast', inputs: ['ordinal'], outputs: ['number'], attributes: [integerAttribute('to', FLOAT)] },
        { op: 'Add', inputs: ['number', 'share'], outputs: ['sum'] },
        { op: 'Sigmoid', inputs: ['sum'], outputs: ['p'] },
      ],
      inputs: [
        { name: 'ordinal', type: INT64, dims: [null, 1] },
        { name: 'share', dims: [null, 1] },
      ],
      outputs: [{ name: 'p', dims: [null, 1] }],
    });
    const session = await openModel(whole, ['ordinal', 'share']);
    const gates = await session.judge(
      {
        ...small(['ordinal', 'share']),
        trained: { from: '2024-W01', to: '2024-W20' },
        training: {
          rows: rows.length,
          weeks: weeks.map((week) => addWeeks('2024-W01', week)),
          matrix: Float32Array.from(rows.flat()),
          labels: Uint8Array.from(rows, (_, row) => (row % 3) % 2),
        },
        reference: rows.slice(0, 200),
      },
      DEFAULT_GATE_LIMITS,
    );
    expect(gates.map(({ name }) => name)).toContain('WEEK_KEY');
  });

  test('is refused where a row that it was not delivered with has no probability', async () => {
    // The reference rows score within 0..1; turned alone, the knobs reach beyond.
    const sum = onnxFile({
      nodes: [
        { op: 'ReduceSum', inputs: ['x', 'axis'], outputs: ['sum'] },
        { op: 'Div', inputs: ['sum', 'twenty'], outputs: ['p'] },
      ],
      inputs: [{ name: 'x', dims: [null, 2] }],
      outputs: [{ name: 'p', dims: [null, 1] }],
      initializers: [tensor('axis', INT64, [1], [1]), tensor('twenty', FLOAT, [], [20])],
    });
    const session = await openModel(sum, ['a', 'b']);
    const reference = Array.from({ length: 50 }, (_, row) => (row % 2 === 0 ? [18, 0] : [0, 18]));
    const attempt = session.judge({ ...small(['a', 'b']), reference }, DEFAULT_GATE_LIMITS);
    expect(await refusal(attempt)).toContain('is no probability');
  });
});
