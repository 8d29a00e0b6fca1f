import { describe, expect, test } from 'vitest';
import { backtestGate } from '../../../src/domain/gates/backtest-gate.ts';
import { calibrationGate } from '../../../src/domain/gates/calibration-gate.ts';
import { columnOrder } from '../../../src/domain/gates/column-order.ts';
import { DEFAULT_GATE_LIMITS, gateLimitText, verdictOf } from '../../../src/domain/gates/gate-limits.ts';
import { outOfTimeGate } from '../../../src/domain/gates/out-of-time-gate.ts';
import { sensitivityGate } from '../../../src/domain/gates/sensitivity-gate.ts';
import { signatureGate } from '../../../src/domain/gates/signature-gate.ts';
import { tooGoodGate } from '../../../src/domain/gates/too-good-gate.ts';
import { evenly, splitInTime, trainingWeeks } from '../../../src/domain/training-table.ts';
import { addWeeks } from '../../../src/domain/week.ts';
import { askOf, materialOf, SOUND_WORLD } from '../../support/gate-world.ts';

interface Row {
  readonly week: number;
  readonly score: number;
  readonly label: 0 | 1;
}
const LIMITS = DEFAULT_GATE_LIMITS;

/** Rows of one feature, which is their score; weeks 0 to 9 are in time. */
function scored(rows: readonly Row[]) {
  const scores = Float64Array.from(rows, ({ score }) => score);
  return {
    features: [{ name: 'only', direction: 0 as const }],
    trained: { from: '2024-W01', to: addWeeks('2024-W01', 9) },
    training: {
      rows: rows.length,
      weeks: rows.map(({ week }) => addWeeks('2024-W01', week)),
      matrix: Float32Array.from(scores),
      labels: Uint8Array.from(rows, ({ label }) => label),
    },
    reference: [],
    threshold: 0.5,
    scores,
  };
}

/** `count` rows of a week, of which so many convert. */
const rowsOf = (week: number, score: number, count: number, converted: number): readonly Row[] =>
  Array.from({ length: count }, (_, at) => ({ week, score, label: at < converted ? 1 : 0 }));

describe('a training table', () => {
  test('is split into the weeks that the model learnt from and those after', () => {
    const { training } = scored([12, 3, 10, 9, 3].map((week) => ({ week, score: 0, label: 0 })));
    const weeks = trainingWeeks(training);
    expect(weeks.map(({ rows }) => rows)).toEqual([[1, 4], [3], [2], [0]]);
    const { inTime, after } = splitInTime(weeks, { from: '2024-W05', to: '2024-W10' });
    expect(inTime.map(({ week }) => week)).toEqual(['2024-W10']);
    expect(after.map(({ week }) => week)).toEqual(['2024-W11', '2024-W13']);
  });

  test.each([1, 2, 3, 7, 99, 100, 101])('gives %s of a hundred rows at even distances', (most) => {
    const taken = evenly([...Array(100).keys()], most);
    expect(taken).toHaveLength(Math.min(most, 100));
    const gaps = taken.slice(1).map((row, at) => row - (taken[at] ?? 0));
    expect(Math.max(0, ...gaps) - Math.min(...gaps, Math.max(0, ...gaps))).toBeLessThanOrEqual(1);
  });
});

test('a limit of null never fires, and a value at its limit passes', () => {
  expect(verdictOf(9, { warn: null, fail: null })).toBe('PASS');
  expect(verdictOf(0.5, { warn: 0.2, fail: 0.5 })).toBe('WARN');
  expect(verdictOf(0.2, { warn: 0.2, fail: 0.5 })).toBe('PASS');
  expect(gateLimitText({ warn: 4, fail: null }, (times) => `${times} ×`)).toBe('warn above 4 ×, never fail');
});

describe('OUT_OF_TIME', () => {
  const good = (week: number, size: number) => [
    ...rowsOf(week, 0.8, size, size - size / 5),
    ...rowsOf(week, 0.2, size, size / 5),
  ];
  const bad = (week: number, size: number) => [
    ...rowsOf(week, 0.8, size, (size * 3) / 5),
    ...rowsOf(week, 0.2, size, (size * 2) / 5),
  ];
  test('fails a drop that is sure, warns of one that chance may explain', () => {
    expect(outOfTimeGate(scored([...good(1, 500), ...good(20, 500)]), LIMITS.OUT_OF_TIME)).toMatchObject({
      verdict: 'PASS',
      measured: '0.800 in time, 0.800 after',
    });
    const sure = outOfTimeGate(scored([...good(1, 500), ...bad(20, 500)]), LIMITS.OUT_OF_TIME);
    expect(sure).toMatchObject({ verdict: 'FAIL', measured: '0.800 in time, 0.600 after' });
    expect(sure.figures[0]?.rows.map(({ label }) => label)).toEqual([
      'in time',
      'after',
      '2024-W21 to 2024-W21',
    ]);
    const few = [...rowsOf(20, 0.8, 35, 24), ...rowsOf(20, 0.2, 35, 11)];
    expect(outOfTimeGate(scored([...good(1, 500), ...few]), LIMITS.OUT_OF_TIME)).toMatchObject({
      verdict: 'WARN',
      measured: '0.800 in time, 0.686 after',
    });
  });

  test('warns of a model that was never better than chance, and where no later weeks show anything', () => {
    const chance = (week: number) => [...rowsOf(week, 0.8, 100, 50), ...rowsOf(week, 0.2, 100, 50)];
    expect(outOfTimeGate(scored([...chance(1), ...chance(20)]), LIMITS.OUT_OF_TIME)).toMatchObject({
      verdict: 'WARN',
      message: expect.stringContaining('hardly better than chance'),
    });
    expect(outOfTimeGate(scored(good(1, 500)), LIMITS.OUT_OF_TIME)).toMatchObject({
      verdict: 'WARN',
      message: expect.stringContaining('after 2024-W10: whether the model holds'),
    });
  });
});

describe('TOO_GOOD', () => {
  test('names the feature that gives it away, and counts scores that are near-certain', () => {
    const leak = scored([...rowsOf(1, 0.9, 100, 100), ...rowsOf(1, 0.1, 300, 0)]);
    expect(tooGoodGate(leak, LIMITS)).toMatchObject({
      verdict: 'FAIL',
      measured: 'area under the curve 1.000, 0.00 % of the scores near-certain',
      message: expect.stringMatching(/tells most alone is only\.$/),
    });
    const certain = scored([
      ...rowsOf(1, 0.6, 800, 400),
      ...rowsOf(1, 0.9995, 100, 60),
      ...rowsOf(1, 0.3, 100, 30),
    ]);
    expect(tooGoodGate(certain, LIMITS)).toMatchObject({
      verdict: 'WARN',
      measured: expect.stringContaining('10.00 %'),
    });
  });

  test('does not call a low score certain where few convert', () => {
    const rare = scored([...rowsOf(1, 0.0009, 50_000, 30), ...rowsOf(1, 0.002, 10_000, 20)]);
    expect(tooGoodGate(rare, LIMITS)).toMatchObject({ verdict: 'PASS' });
  });
});

describe('BACKTEST', () => {
  const week = (at: number, rows: number, chosen: number) => [
    ...rowsOf(at, 0.5, chosen, 0),
    ...rowsOf(at, 0.1, rows - chosen, 0),
  ];
  const weeks = (...chosen: number[]) => scored(chosen.flatMap((count, at) => week(at, 400, count)));
  test('holds a week against the share that the weeks before chose', () => {
    expect(backtestGate(weeks(20, 22, 18, 20, 80), LIMITS.BACKTEST)).toMatchObject({
      verdict: 'PASS',
      measured: '4.00 × in 2024-W05',
    });
    expect(backtestGate(weeks(20, 22, 18, 20, 100), LIMITS.BACKTEST).verdict).toBe('WARN');
    expect(backtestGate(weeks(20, 22, 18, 20, 170), LIMITS.BACKTEST).verdict).toBe('FAIL');
    // A week of more rows chooses more: no spike.
    const larger = scored([0, 1, 2, 3].flatMap((at) => week(at, 400, 20)).concat(week(4, 8000, 400)));
    expect(backtestGate(larger, LIMITS.BACKTEST).measured).toBe('1.00 × in 2024-W05');
  });

  test('does not mind a handful after weeks of none, and has nothing to say of four weeks', () => {
    expect(backtestGate(weeks(0, 0, 0, 0, 11), LIMITS.BACKTEST).measured).toBe('1.10 × in 2024-W05');
    expect(backtestGate(weeks(0, 0, 0, 400), LIMITS.BACKTEST).verdict).toBe('WARN');
  });
});

describe('CALIBRATION', () => {
  test('finds scores that are not the share that converts, in time or after', () => {
    const sound = [...rowsOf(1, 0.1, 1000, 100), ...rowsOf(1, 0.4, 1000, 400)];
    expect(calibrationGate(scored(sound), LIMITS.CALIBRATION)).toMatchObject({
      verdict: 'PASS',
      measured: 'in time 0.00 % (chance)',
    });
    const later = [...rowsOf(20, 0.1, 1000, 150), ...rowsOf(20, 0.4, 1000, 600)];
    expect(calibrationGate(scored([...sound, ...later]), LIMITS.CALIBRATION)).toMatchObject({
      verdict: 'WARN',
      measured: 'in time 0.00 % (chance), after 33.33 %',
      message: expect.stringContaining('expects 500 conversions and 750 came'),
    });
    const balanced = [...rowsOf(1, 0.3, 1000, 20), ...rowsOf(1, 0.7, 1000, 60)];
    expect(calibrationGate(scored(balanced), LIMITS.CALIBRATION).verdict).toBe('FAIL');
  });

  test('does not blame chance on the model, nor judge by a handful', () => {
    const few = [...rowsOf(1, 0.05, 400, 28), ...rowsOf(1, 0.1, 100, 4)];
    expect(calibrationGate(scored(few), LIMITS.CALIBRATION)).toMatchObject({
      verdict: 'PASS',
      measured: 'in time 43.75 % (chance)',
    });
    expect(calibrationGate(scored(rowsOf(1, 0.9, 400, 29)), LIMITS.CALIBRATION)).toMatchObject({
      verdict: 'WARN',
      measured: 'not measured',
    });
  });

  test('keeps equal scores together and joins what expects too few', () => {
    const same = scored(rowsOf(1, 0.1, 1000, 100));
    expect(calibrationGate(same, LIMITS.CALIBRATION).figures[0]?.rows).toEqual([
      { label: '1', values: [1000, 0.1, 0.1, 100, 100] },
    ]);
    const rising = scored(
      Array.from({ length: 1000 }, (_, at) => ({
        week: 1,
        score: at / 10_000,
        label: at % 20 === 0 ? 1 : 0,
      })),
    );
    const rows = calibrationGate(rising, LIMITS.CALIBRATION).figures[0]?.rows ?? [];
    expect(rows.reduce((sum, { values }) => sum + (values[0] ?? 0), 0)).toBe(1000);
    expect(rows.every(({ values }) => (values[3] ?? 0) >= 5)).toBe(true);
    expect(rows.length).toBeGreaterThan(5);
  });
});

describe('SENSITIVITY', () => {
  const reference = Array.from({ length: 100 }, (_, row) => [row / 100]);
  const turned = (direction: -1 | 0 | 1, model: (x: number) => number) =>
    sensitivityGate(
      async (rows) => Float64Array.from(rows, model),
      { ...scored([]), features: [{ name: 'knob', direction }], reference },
      LIMITS.SENSITIVITY,
    );
  test('measures how much of the movement goes the other way', async () => {
    expect((await turned(1, (x) => x)).measured).toBe('0.00 % (knob)');
    expect(await turned(-1, (x) => x)).toMatchObject({ verdict: 'FAIL', measured: '100.00 % (knob)' });
    expect(await turned(1, (x) => Math.abs(x - 0.1))).toMatchObject({ verdict: 'WARN' });
    expect((await turned(0, (x) => Math.abs(x - 0.1))).verdict).toBe('PASS');
    expect((await turned(1, () => 0.5)).verdict).toBe('PASS');
    const [direction, curve] = (await turned(1, (x) => x)).figures;
    expect(direction?.rows).toEqual([{ label: 'knob', values: [1, 0, 0, 0.99] }]);
    expect(curve?.rows).toHaveLength(11);
    expect(curve?.rows.at(-1)).toEqual({ label: '0.99', values: [0.99, 0.99] });
  });
});

describe('SIGNATURE', () => {
  const scores = (...values: number[]) => Float64Array.from(values);
  test.each([
    ['a probability a row', scores(0, 0.5, 1), 3, 'PASS'],
    ['a row without a score', scores(0.1, 0.2), 3, 'FAIL'],
    ['a score too many', scores(0.1, 0.2), 1, 'FAIL'],
    ['NaN', scores(0.1, Number.NaN), 2, 'FAIL'],
    ['above 1', scores(0.1, 1 + 1e-12), 2, 'FAIL'],
    ['below 0', scores(-1e-12, 0.1), 2, 'FAIL'],
    ['no rows at all', scores(), 0, 'FAIL'],
  ])('%s', (_, given, rows, verdict) => {
    expect(signatureGate(given, rows, null, LIMITS.COLUMN_ORDER)).toMatchObject({
      name: 'SIGNATURE',
      verdict,
    });
  });

  test('finds the wrong output: the chance not to convert', async () => {
    const inverse = { ...SOUND_WORLD, model: () => 0 };
    const order = await columnOrder(
      async (rows, count) => (await askOf(SOUND_WORLD)(rows, count)).map((score) => 1 - score),
      materialOf(inverse),
      'MATRIX',
    );
    const gate = signatureGate(scores(0.5), 1, order, LIMITS.COLUMN_ORDER);
    expect(gate).toMatchObject({ verdict: 'FAIL' });
    expect(gate.message).toMatch(/^With the other class as the score the model ranks/);
    expect(gate.figures[0]?.rows[0]?.label).toBe('as the card says');
  });

  test('finds features that come from the last to the first', async () => {
    const features = ['a', 'b', 'c', 'd'].map((name) => ({
      name,
      value: (_: number, noise: number) => noise,
    }));
    const weight = [0.3, 0.9, -0.6, 0.1];
    const logOdds = (order: readonly number[]) => (row: ArrayLike<number>) =>
      order.reduce((sum, from, at) => sum + (weight[at] ?? 0) * (row[from] ?? 0), -1.5);
    const world = { features, truth: logOdds([0, 1, 2, 3]), model: logOdds([3, 2, 1, 0]), threshold: 0.5 };
    const order = await columnOrder(askOf(world), materialOf(world), 'MATRIX');
    expect(order?.tried[0]?.order).toBe('from the last to the first');
    // What is taken by name has no order, and may be text or whole numbers: nothing else is tried.
    expect((await columnOrder(askOf(world), materialOf(world), 'NAMED'))?.tried).toHaveLength(1);
  });
});
