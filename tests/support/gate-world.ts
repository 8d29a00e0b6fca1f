import { Random } from '../../src/demo/random.ts';
import type { GateMaterial } from '../../src/domain/gates/gate-material.ts';
import type { AskModel } from '../../src/domain/mixtures.ts';
import { evenly } from '../../src/domain/training-table.ts';
import { addWeeks } from '../../src/domain/week.ts';

const FIRST = '2024-W01';
const WEEKS_IN_TIME = 40;
const WEEKS_AFTER = 20;
const ROWS = 250;

export interface WorldFeature {
  readonly name: string;
  readonly direction?: -1 | 0 | 1;
  /** Its value for a customer: `week` counts from 0, `noise` is uniform in −1 to 1. */
  readonly value: (week: number, noise: number) => number;
}

export type Row = ArrayLike<number> & Iterable<number>;
type LogOdds = (row: Row, week: number) => number;

/** A made-up delivery: what drives customers, and what the model says drives them. */
export interface World {
  readonly features: readonly WorldFeature[];
  readonly truth: LogOdds;
  readonly model: (row: Row) => number;
  readonly threshold: number;
}

/** Money and age drive conversion; the model knows how. */
export const SOUND_WORLD: World = {
  features: [
    { name: 'age', value: (_, noise) => noise },
    { name: 'money', direction: 1, value: (_, noise) => noise },
  ],
  truth: ([age = 0, money = 0]) => -1.6 + 0.3 * age + 0.8 * money,
  model: ([age = 0, money = 0]) => -1.6 + 0.3 * age + 0.8 * money,
  threshold: 0.3,
};

export const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** The rows of a world, 40 weeks in time and 20 after, 250 customers each; the same each time. */
export function materialOf({ features, truth, threshold }: World): GateMaterial {
  const random = new Random(7);
  const weeks: string[] = [];
  const rows: number[][] = [];
  const labels: number[] = [];
  for (let week = 0; week < WEEKS_IN_TIME + WEEKS_AFTER; week++)
    for (let customer = 0; customer < ROWS; customer++) {
      const row = features.map(({ value }) => Math.fround(value(week, 2 * random.fraction() - 1)));
      weeks.push(addWeeks(FIRST, week));
      rows.push(row);
      labels.push(random.chance(sigmoid(truth(row, week))) ? 1 : 0);
    }
  return {
    features: features.map(({ name, direction = 0 }) => ({ name, direction })),
    trained: { from: FIRST, to: addWeeks(FIRST, WEEKS_IN_TIME - 1) },
    training: {
      rows: rows.length,
      weeks,
      matrix: Float32Array.from(rows.flat()),
      labels: Uint8Array.from(labels),
    },
    reference: evenly(rows.slice(0, WEEKS_IN_TIME * ROWS), 200),
    threshold,
  };
}

/** The world's model, in this process. */
export function askOf({ features, model }: World): AskModel {
  return async (rows, count) =>
    Float64Array.from({ length: count }, (_, row) =>
      sigmoid(model(rows.subarray(row * features.length, (row + 1) * features.length))),
    );
}
