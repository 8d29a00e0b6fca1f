import { describe, expect, it } from 'vitest';
import type { FeatureOverride } from '../../src/domain/campaign.ts';
import { compileFeatures } from '../../src/domain/feature.ts';
import type { FeatureShift } from '../../src/domain/feature-shift.ts';
import { layoutOf } from '../../src/domain/feed-contract.ts';
import type { Recipe } from '../../src/domain/recipe.ts';

const layout = layoutOf({
  columns: [
    { name: 'party_id', type: 'id', category: 'key' },
    { name: 'a', type: 'number', category: 'feature' },
  ],
});

/** The feature `f` of rows in which the column `a` has these values. */
function shiftedBy(
  values: readonly number[],
  shifts: readonly FeatureShift[],
  recipe: Recipe = { column: 'a' },
  overrides: readonly FeatureOverride[] = [],
) {
  const label = { nl: 'f', en: 'f' };
  const feature = { name: 'f', label, recipe, direction: 0, changeable: false } as const;
  const features = compileFeatures([feature], layout, [], '2026-08-02', overrides, shifts);
  const matrix = new Float32Array(values.length);
  const block = { rows: values.length, numbers: [Float64Array.from(values)], texts: [] };
  features.compute(block, matrix, new Uint8Array(values.length));
  return [...matrix];
}

const shift = (multiply: number, add: number, feature = 'f') => ({ feature, multiply, add });

describe('a shifted feature', () => {
  it('is multiplied, then added to, one shift after the other', () => {
    expect(shiftedBy([1, 2], [shift(2, 1)])).toEqual([3, 5]);
    expect(shiftedBy([1, 2], [shift(2, 1), shift(1, 10)])).toEqual([13, 15]);
    expect(shiftedBy([1, 2], [shift(2, 1, 'g')])).toEqual([1, 2]);
  });

  it('stays within the bounds of its recipe', () =>
    expect(shiftedBy([1, 2], [shift(10, 0)], { column: 'a', clip: [0, 15] })).toEqual([10, 15]));

  it('stays missing, and what stands for it stays', () => {
    expect(shiftedBy([Number.NaN], [shift(1, 1)])).toEqual([Number.NaN]);
    expect(shiftedBy([Number.NaN], [shift(1, 1)], { column: 'a', missing: 7 })).toEqual([7]);
  });

  it('is held by an override in force', () => {
    const held = { feature: 'f', value: 4, reason: 'r', expires: '2026-08-03' };
    expect(shiftedBy([1], [shift(1, 1)], { column: 'a' }, [held])).toEqual([4]);
  });
});
