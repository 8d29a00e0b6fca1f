import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawFallback } from '../../src/domain/fallback-draw.ts';
import { KeyedHash } from '../../src/domain/keyed-hash.ts';

const keys = {
  lots: new KeyedHash(new Uint8Array(16).fill(1)),
  holdout: new KeyedHash(new Uint8Array(16).fill(2)),
};
const eligible = Array.from({ length: 200 }, (_, n) => `c${n}`);

describe('the draw of a fallback batch', () => {
  it('leaves the holdout alone, whatever is asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (size, share) => {
          const { drawn, heldOut } = drawFallback(eligible, size, share, keys);
          const held = eligible.filter((customer) => keys.holdout.fraction(customer) < share);
          expect(heldOut).toBe(held.length);
          expect(drawn.filter((customer) => held.includes(customer))).toEqual([]);
          expect(drawn).toHaveLength(Math.min(size, eligible.length - held.length));
          expect(drawn).toEqual(drawn.toSorted());
        },
      ),
      {
        examples: [
          [300, 0],
          [300, 0.3],
          [5, 1],
        ],
      },
    );
  });

  it('takes the lowest lots, so that a larger draw has everyone of a smaller one', () => {
    const few = drawFallback(eligible, 10, 0.1, keys).drawn;
    const more = drawFallback(eligible, 50, 0.1, keys).drawn;
    expect(more).toEqual(expect.arrayContaining([...few]));
    const highest = Math.max(...few.map((customer) => keys.lots.fraction(customer)));
    const left = more.filter((customer) => !few.includes(customer));
    for (const customer of left) expect(keys.lots.fraction(customer)).toBeGreaterThan(highest);
  });
});
