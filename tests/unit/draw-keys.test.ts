import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawKey } from '../../src/audit/draw-key.ts';
import { DRAW } from '../../src/domain/draw-keys.ts';
import { addWeeks } from '../../src/domain/week.ts';

describe('DRAW', () => {
  it('names ties, exploration and sample after the week, each its own', () => {
    expect([DRAW.ties, DRAW.exploration, DRAW.sample].map((name) => name('2026-W40'))).toEqual([
      'ties/2026-W40',
      'exploration/2026-W40',
      'sample/2026-W40',
    ]);
  });

  it('keeps the holdout for an evaluation period from the week of the settings on', () => {
    const name = (week: string) => DRAW.holdout('2026-W10', 13, week);
    expect(name('2026-W10')).toBe('holdout/2026-W10/0');
    expect(name('2026-W22')).toBe('holdout/2026-W10/0');
    expect(name('2026-W23')).toBe('holdout/2026-W10/1');
    expect(name('2026-W09')).toBe('holdout/2026-W10/-1');
  });

  it('gives each period as many weeks as it has, without a gap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: -200, max: 200 }), (length, offset) => {
        const week = (n: number) => addWeeks('2026-W10', n);
        const same = Array.from({ length: 2 * length }, (_, i) => offset - length + 1 + i).filter(
          (n) => DRAW.holdout('2026-W10', length, week(n)) === DRAW.holdout('2026-W10', length, week(offset)),
        );
        expect(same).toHaveLength(length);
        expect(Math.max(...same) - Math.min(...same)).toBe(length - 1);
      }),
    );
  });

  it('begins a new period with new settings', () => {
    expect(DRAW.holdout('2026-W11', 13, '2026-W12')).not.toBe(DRAW.holdout('2026-W10', 13, '2026-W12'));
  });
});

describe('drawKey', () => {
  it('is the first half of SHA-256 over seed, line feed and name', () => {
    const seed = '00'.repeat(32);
    const expected = createHash('sha256').update(`${seed}\nties/2026-W40`).digest('hex').slice(0, 32);
    expect(Buffer.from(drawKey(seed, 'ties/2026-W40')).toString('hex')).toBe(expected);
  });
});
