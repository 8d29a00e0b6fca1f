import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/demo/random.ts';

const draws = (random: Random, count: number) => Array.from({ length: count }, () => random.fraction());

describe('Random', () => {
  it('comes again for the same seed and stream, and for no other', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (seed, stream) => {
        const first = draws(new Random(seed, stream), 20);
        expect(draws(new Random(seed, stream), 20)).toEqual(first);
        expect(draws(new Random(seed, stream ^ 1), 20)).not.toEqual(first);
        expect(draws(new Random(seed ^ 1, stream), 20)).not.toEqual(first);
        expect(first.every((value) => value >= 0 && value < 1)).toBe(true);
      }),
    );
  });

  it('has the means and spreads that it is asked for', () => {
    const random = new Random(1);
    const mean = (draw: () => number) =>
      Array.from({ length: 20_000 }, draw).reduce((sum, value) => sum + value, 0) / 20_000;
    expect(mean(() => random.fraction())).toBeCloseTo(0.5, 1.5);
    expect(mean(() => random.normal())).toBeCloseTo(0, 1.5);
    expect(mean(() => random.normal() ** 2)).toBeCloseTo(1, 1);
    expect(mean(() => random.poisson(3))).toBeCloseTo(3, 1);
    expect(mean(() => Number(random.lognormal(50, 0.8) < 50))).toBeCloseTo(0.5, 1);
    expect(mean(() => Number(random.chance(0.2)))).toBeCloseTo(0.2, 1.5);
    expect(mean(() => random.integer(4, 7))).toBeCloseTo(5, 1);
  });
});
