import { expect, it } from 'vitest';
import { FeatureSpread } from '../../src/domain/feature-spread.ts';
import type { CardFeature } from '../../src/domain/model-card.ts';

const feature = (name: string, recipe: CardFeature['recipe']): CardFeature => ({
  name,
  label: { nl: name, en: name },
  unit: 'years',
  recipe,
  direction: 0,
  changeable: false,
});
const FEATURES = [
  feature('age', { column: 'age' }),
  feature('market', { fundChange: { days: 28 } }),
  feature('balance', { column: 'balance' }),
];
const REFERENCE = Array.from({ length: 10 }, (_, row) => [row, 0, 100 * row]);

it('counts the first rows of each matrix over the tenths of the reference sample', () => {
  const spread = new FeatureSpread(FEATURES, REFERENCE);
  spread.add(Float32Array.of(0, 0, 50, 9, 0, 850, 4, 0, 0), 2);
  spread.add(Float32Array.of(9, 0, 950), 1);
  const counts = spread
    .distributions([], '2026-11-22')
    .map((one) => [one.feature.name, Array.from(one.counts)]);
  expect(counts).toEqual([
    ['age', [1, 0, 0, 0, 0, 0, 0, 0, 0, 2]],
    ['balance', [0, 1, 0, 0, 0, 0, 0, 0, 0, 2]],
  ]);
});

it('tells nothing of a feature that an override holds that day', () => {
  const override = { feature: 'age', value: 40, expires: '2026-12-01', reason: 'a fault' } as const;
  const spread = new FeatureSpread(FEATURES, REFERENCE);
  const told = (day: string) => spread.distributions([override], day).map((one) => one.feature.name);
  expect(told('2026-11-22')).toEqual(['balance']);
  expect(told('2026-12-02')).toEqual(['age', 'balance']);
});
