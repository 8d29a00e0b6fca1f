import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_GATE_LIMITS } from '../../../src/domain/gates/gate-limits.ts';
import { minimalCombinations, type WeekConstant } from '../../../src/domain/gates/week-key.ts';
import { weekKeyGate } from '../../../src/domain/gates/week-key-gate.ts';
import { askOf, materialOf, type Row, SOUND_WORLD, type World } from '../../support/gate-world.ts';

const LIMIT = DEFAULT_GATE_LIMITS.WEEK_KEY;
const judge = (world: World, changes: object = {}) =>
  weekKeyGate(askOf(world), { ...materialOf(world), ...changes }, LIMIT);

/** Age, and features of the week which the model reads as it is told. */
function climate(
  values: Readonly<Record<string, (week: number, noise: number) => number>>,
  effect: (...climate: number[]) => number,
): World {
  return {
    ...SOUND_WORLD,
    features: [
      { name: 'age', value: (_, noise) => noise },
      ...Object.entries(values).map(([name, value]) => ({ name, value })),
    ],
    truth: () => -2,
    model: (row) => -2 + (row[0] ?? 0) + effect(...Array.from(row).slice(1)),
  };
}

/** A number of −1 to 1 for a week, as unlike its neighbours as chance would have it. */
const unlike = (week: number) => Math.sin(1000 * Math.round(week));
const market = (week: number) => Math.sin(week) / 10;

describe('WEEK_KEY', () => {
  test('names the pair that is a key where neither alone is', async () => {
    const world = climate(
      { tens: (week) => Math.floor(week / 8), units: (week) => week % 8 },
      (tens = 0, units = 0) => (tens % 2) + (units % 2),
    );
    const gate = await judge(world);
    expect(gate).toMatchObject({ verdict: 'FAIL', measured: '100.00 % of 40 weeks' });
    expect(gate.message).toContain(
      'tens and units are the same for everyone in a week and together single out 40 of 40 weeks',
    );
    expect(gate.figures[0]?.rows).toEqual([
      { label: 'tens', values: [40, 5, 0, 0] },
      { label: 'units', values: [40, 8, 0, 0] },
      { label: 'tens + units', values: [40, 40, 40, 1] },
    ]);
    expect(gate.figures[1]?.rows).toHaveLength(40);
  });

  test('finds a single feature that the model reads as the week, and leaves harmless ones out of the sentence', async () => {
    const world = climate(
      { ordinal: (week) => week, season: (week) => week % 4 },
      (ordinal = 0, season = 0) => 2 * unlike(ordinal) + season,
    );
    const gate = await judge(world);
    expect(gate.verdict).toBe('FAIL');
    expect(gate.message).toMatch(/^ordinal is the same .* singles out \d+ of 40 weeks/);
    expect(gate.message).not.toContain('season');
  });

  test('is not fooled by noise over the feature', async () => {
    const noisy = climate(
      { ordinal: (week, noise) => week + noise / 3 },
      (ordinal = 0) => 2 * unlike(ordinal),
    );
    expect((await judge(noisy)).verdict).toBe('FAIL');
  });

  test('lets a model have the market, different every week, as long as it cannot tell the weeks by it', async () => {
    const smooth = climate({ fund: market }, (fund = 0) => 2 * fund);
    expect(await judge(smooth)).toMatchObject({ verdict: 'PASS' });
    const coarse = climate({ fund: market }, (fund = 0) => (fund > 0.02 ? 1 : 0));
    expect(await judge(coarse)).toMatchObject({
      verdict: 'PASS',
      message: expect.stringContaining('(fund) the model tells 2 kinds of weeks apart among 40'),
    });
    const unread = climate({ ordinal: (week) => week }, () => 0);
    expect((await judge(unread)).message).toContain('1 kind of weeks apart');
  });

  test('sees what only a part of the customers is told apart by', async () => {
    const partly = (share: number) => ({
      ...climate({ ordinal: (week) => week }, () => 0),
      model: ([age = 0, ordinal = 0]: Row) => -2 + (age > 1 - 2 * share ? 2 * unlike(ordinal) : 0),
    });
    expect((await judge(partly(0.4))).verdict).toBe('FAIL');
    expect((await judge(partly(0.1))).verdict).toBe('PASS');
  });

  test('has nothing against features of customers, and nothing to say of few weeks', async () => {
    expect(await judge(SOUND_WORLD)).toMatchObject({
      verdict: 'PASS',
      message: 'No feature is the same for everyone in a week.',
      figures: [],
    });
    const { from } = materialOf(SOUND_WORLD).trained;
    expect(await judge(SOUND_WORLD, { trained: { from, to: '2024-W07' } })).toMatchObject({
      verdict: 'WARN',
      measured: 'not measured',
    });
  });
});

describe('minimal combinations', () => {
  const WEEKS = 16;
  const constant = (name: string, steps: readonly number[]): WeekConstant => ({ name, values: steps, steps });
  const bits = fc.array(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: WEEKS, maxLength: WEEKS }), {
    minLength: 1,
    maxLength: 6,
  });
  const numberInBinary = [0, 1, 2, 3].map((bit) =>
    Array.from({ length: WEEKS }, (_, week) => (week >> bit) & 1),
  );

  test('single out enough weeks, and fewer when any of their features is left out', () => {
    fc.assert(
      fc.property(bits, fc.double({ min: 0, max: 0.9, noNaN: true }), (columns, above) => {
        const features = columns.map((steps, at) => constant(`f${at}`, steps));
        const found = minimalCombinations(features, WEEKS, above);
        const alone = (of: readonly WeekConstant[]) => {
          const kinds = Array.from({ length: WEEKS }, (_, week) => of.map(({ steps }) => steps[week]).join());
          return kinds.filter((kind) => kinds.filter((other) => other === kind).length === 1).length / WEEKS;
        };
        expect(found.length > 0).toBe(alone(features) > above);
        for (const combination of found) {
          expect(combination.share).toBe(alone(combination.features));
          expect(combination.share).toBeGreaterThan(above);
          for (const feature of combination.features)
            expect(alone(combination.features.filter((other) => other !== feature))).toBeLessThanOrEqual(
              above,
            );
        }
      }),
      { examples: [[numberInBinary, 0.5]] },
    );
  });

  test('are found of four features, none of which may lack', () => {
    const features = numberInBinary.map((steps, at) => constant(`bit${at}`, steps));
    const [only, ...rest] = minimalCombinations(features, WEEKS, 0.9);
    expect(only?.features).toEqual(features);
    expect(rest).toEqual([]);
  });
});
