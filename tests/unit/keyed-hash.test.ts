import { describe, expect, it } from 'vitest';
import { KeyedHash } from '../../src/domain/keyed-hash.ts';

const key = Uint8Array.from({ length: 16 }, (_, i) => i);

describe('KeyedHash', () => {
  // The first and last vectors of the reference implementation (inputs 00, 00 01, … under the key 00 01 … 0f).
  it.each([
    [0, '726fdb47dd0e0e31'],
    [1, '74f839c593dc67fd'],
    [7, 'ab0200f58b01d137'],
    [8, '93f5f5799a932462'],
    [15, 'a129ca6149be45e5'],
    [63, '958a324ceb064572'],
  ])('hashes %i bytes as SipHash-2-4 does', (length, expected) => {
    const text = String.fromCharCode(...Array.from({ length }, (_, i) => i));
    expect(new KeyedHash(key).hex(text)).toBe(expected);
  });

  it('spreads its fractions evenly over [0, 1)', () => {
    const hash = new KeyedHash(key);
    const bins = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const bin = Math.floor(10 * hash.fraction(`c${i}`));
      bins[bin] = (bins[bin] ?? Number.NaN) + 1;
    }
    for (const count of bins) expect(count).toBeGreaterThan(850);
  });
});
