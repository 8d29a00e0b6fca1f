import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalBytes } from '../../../src/audit/canonical-json.ts';
import { DEFAULT_GATE_LIMITS } from '../../../src/domain/gates/gate-limits.ts';
import { judgeModel } from '../../../src/domain/gates/judge-model.ts';
import type { Gate, GateName } from '../../../src/domain/model-gate.ts';
import { addWeeks } from '../../../src/domain/week.ts';
import { askOf, materialOf, type Row, SOUND_WORLD, type World } from '../../support/gate-world.ts';

const judged = (world: World) => judgeModel(askOf(world), materialOf(world), DEFAULT_GATE_LIMITS, 'MATRIX');

/** Money, and three things that are the same for everyone in a week, together the number of the week in base 4. */
function digitWorld(digits: number): World {
  const places = [1, 4, 16].slice(0, digits);
  const logOdds = (row: Row) =>
    -1.9 + 0.8 * (row[0] ?? 0) + places.reduce((sum, _, digit) => sum + 0.2 * (row[digit + 1] ?? 0), 0);
  return {
    ...SOUND_WORLD,
    features: [
      { name: 'money', direction: 1, value: (_, noise) => noise },
      ...places.map((place, digit) => ({
        name: `climate_${digit}`,
        value: (week: number) => Math.floor(week / place) % 4,
      })),
    ],
    truth: logOdds,
    model: logOdds,
    threshold: 0.15,
  };
}

const steep = (slope: number): World => ({
  ...SOUND_WORLD,
  truth: ([, money = 0]) => -1 + slope * money,
  model: ([, money = 0]) => -1 + slope * money,
  threshold: 0.5,
});

/** What the customers of the weeks after have, spread over `spread` of the usual range. */
const later = (spread: number): World => ({
  ...steep(1.2),
  features: SOUND_WORLD.features.map((feature) => ({
    ...feature,
    value: (week, noise) => (week < 40 ? noise : spread * noise),
  })),
});

/** A week in which so many have money at once. */
const windfall = (share: number): World => ({
  ...SOUND_WORLD,
  features: [
    SOUND_WORLD.features[0]!,
    {
      name: 'money',
      direction: 1,
      value: (week, noise) => (week === 30 && (noise + 1) / 2 < share ? 2.5 : noise),
    },
  ],
  threshold: 0.45,
});

const declared = (direction: -1 | 1): World => ({
  ...SOUND_WORLD,
  features: SOUND_WORLD.features.map((feature) =>
    feature.name === 'money' ? { ...feature, direction } : feature,
  ),
});

const shifted = (by: number): World => ({
  ...SOUND_WORLD,
  model: (row) => SOUND_WORLD.model(row) + by,
  threshold: 0.7,
});

const taking = (ageAt: number, moneyAt: number): World => ({
  ...SOUND_WORLD,
  truth: ([age = 0, money = 0]) => -1.6 + 0.15 * age + 0.5 * money,
  model: (row) => -1.6 + 0.15 * (row[ageAt] ?? 0) + 0.5 * (row[moneyAt] ?? 0),
});

const PAIRS: readonly (readonly [GateName, failing: World, mended: World])[] = [
  ['SIGNATURE', taking(1, 0), taking(0, 1)],
  ['WEEK_KEY', digitWorld(3), digitWorld(1)],
  ['TOO_GOOD', steep(7), steep(1.5)],
  ['OUT_OF_TIME', later(0.1), later(0.9)],
  ['BACKTEST', windfall(0.7), windfall(0.05)],
  ['SENSITIVITY', declared(-1), declared(1)],
  ['CALIBRATION', shifted(1.4), shifted(0)],
];

describe('a package made to fail one gate', () => {
  test.each(PAIRS)('fails %s and only it, and its mended twin passes all', async (name, failing, mended) => {
    const verdicts = (gates: readonly Gate[]) =>
      gates
        .filter(({ verdict }) => verdict !== 'PASS')
        .map((gate) => `${gate.name} ${gate.verdict} ${gate.measured}`);
    expect(verdicts(await judged(failing))).toEqual([expect.stringMatching(`^${name} FAIL`)]);
    expect(verdicts(await judged(mended))).toEqual([]);
  });
});

test('a model that answers otherwise in batches as large as those of a run is found out', async () => {
  const ask = askOf(SOUND_WORLD);
  const otherwise: typeof ask = async (rows, count) => {
    const scores = await ask(rows, count);
    return count === 10_000 ? scores.map((score) => 1 - score) : scores;
  };
  const gates = await judgeModel(otherwise, materialOf(SOUND_WORLD), DEFAULT_GATE_LIMITS, 'MATRIX');
  expect(gates.filter(({ verdict }) => verdict === 'FAIL').map(({ name }) => name)).toEqual(['REPRODUCIBLE']);
});

test('any table and any scores get every gate, in numbers that can be kept', async () => {
  const cell = fc.constantFrom(0, 1, 2, -1, 0.5, 1e30, -1e30, Math.fround(1e-40));
  const material = fc.integer({ min: 1, max: 4 }).chain((width) =>
    fc.record({
      width: fc.constant(width),
      rows: fc.array(
        fc.record({
          week: fc.integer({ min: 0, max: 30 }),
          cells: fc.array(cell, { minLength: width, maxLength: width }),
          label: fc.constantFrom(0, 1),
          score: fc.constantFrom(0, 1, 0.5, 1e-300, 0.999999999),
        }),
        { minLength: 1, maxLength: 400, size: 'max' },
      ),
      reference: fc.array(fc.array(cell, { minLength: width, maxLength: width }), {
        minLength: 1,
        maxLength: 60,
      }),
      directions: fc.array(fc.constantFrom(-1 as const, 0 as const, 1 as const), {
        minLength: width,
        maxLength: width,
      }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(material, async ({ width, rows, reference, directions }) => {
      // The score depends on the first cell, so that there is something to see.
      const ask = async (matrix: Float32Array, count: number) =>
        Float64Array.from(
          { length: count },
          (_, row) => rows[Math.abs(Math.trunc(matrix[row * width] ?? 0)) % rows.length]?.score ?? 0,
        );
      const gates = await judgeModel(
        ask,
        {
          features: directions.map((direction, at) => ({ name: `f${at}`, direction })),
          trained: { from: '2024-W02', to: '2024-W20' },
          training: {
            rows: rows.length,
            weeks: rows.map(({ week }) => addWeeks('2024-W01', week)),
            matrix: Float32Array.from(rows.flatMap(({ cells }) => cells)),
            labels: Uint8Array.from(rows, ({ label }) => label),
          },
          reference,
          threshold: 0.5,
        },
        DEFAULT_GATE_LIMITS,
        'MATRIX',
      );
      expect(new Set(gates.map(({ name }) => name)).size).toBe(8);
      expect(() => canonicalBytes(gates)).not.toThrow();
      for (const { figures } of gates)
        for (const { columns, rows: lines } of figures)
          expect(lines.every(({ values }) => values.length === columns.length)).toBe(true);
    }),
    { numRuns: 60 },
  );
});
