import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Arm, Outcome, Reason } from '../../src/domain/decision.ts';
import { FunnelCounter } from '../../src/domain/funnel.ts';

type Kind = readonly [Outcome, Arm | null, readonly Reason[]];
const KINDS: readonly Kind[] = [
  ['MAIL', 'MODEL', ['ABOVE_THRESHOLD']],
  ['HELD_OUT', 'HOLDOUT', ['RANDOM_HOLDOUT', 'ABOVE_THRESHOLD']],
  ['MAIL', 'EXPLORATION', ['RANDOM_EXPLORATION', 'BELOW_THRESHOLD']],
  ['NOT_CHOSEN', null, ['BELOW_THRESHOLD']],
  ['NOT_CHOSEN', null, ['CAPACITY', 'ABOVE_THRESHOLD']],
  ['NOT_ELIGIBLE', null, ['NO_OPT_IN']],
  ['NOT_ELIGIBLE', null, ['NO_OPT_IN', 'DECEASED']],
  ['NOT_ELIGIBLE', null, ['DECEASED']],
];

function counterOf(kinds: readonly Kind[]): FunnelCounter {
  const counter = new FunnelCounter();
  for (const [outcome, arm, reasons] of kinds) counter.add({ outcome, arm, reasons });
  return counter;
}

describe('FunnelCounter', () => {
  it('counts outcomes, arms, and how often each reason decided', () => {
    const counter = counterOf([...KINDS, ...KINDS.slice(0, 3)]);
    // Lists that say the same are the same, whether or not they are one list.
    for (let i = 0; i < 5; i++) counter.add({ outcome: 'NOT_ELIGIBLE', arm: null, reasons: ['NO_OPT_IN'] });
    expect(counter.close(16, 6)).toEqual({
      considered: 16,
      eligible: 8,
      scored: 8,
      aboveThreshold: 6,
      mailed: 4,
      heldOut: 2,
      notChosen: 2,
      notEligible: 8,
      arms: [
        { arm: 'MODEL', count: 2 },
        { arm: 'HOLDOUT', count: 2 },
        { arm: 'EXPLORATION', count: 2 },
      ],
      reasons: [
        { reason: 'NO_OPT_IN', count: 7, decisive: 7 },
        { reason: 'ABOVE_THRESHOLD', count: 5, decisive: 2 },
        { reason: 'RANDOM_HOLDOUT', count: 2, decisive: 2 },
        { reason: 'RANDOM_EXPLORATION', count: 2, decisive: 2 },
        { reason: 'BELOW_THRESHOLD', count: 3, decisive: 1 },
        { reason: 'DECEASED', count: 2, decisive: 1 },
        { reason: 'CAPACITY', count: 1, decisive: 1 },
      ].sort((a, b) => b.decisive - a.decisive || b.count - a.count),
    });
  });

  it('adds up, whoever is in it', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...KINDS)), (kinds) => {
        const funnel = counterOf(kinds).close(kinds.length, 0);
        expect(funnel.mailed + funnel.heldOut + funnel.notChosen + funnel.notEligible).toBe(kinds.length);
        expect(funnel.eligible + funnel.notEligible).toBe(kinds.length);
        expect(funnel.reasons.reduce((sum, { decisive }) => sum + decisive, 0)).toBe(kinds.length);
        expect(funnel.arms.reduce((sum, { count }) => sum + count, 0)).toBe(funnel.mailed + funnel.heldOut);
        for (const { reason, count } of funnel.reasons) {
          expect(count).toBe(kinds.filter(([, , reasons]) => reasons.includes(reason)).length);
        }
      }),
    );
  });

  it('does not take two outcomes for one because of the same list of reasons', () => {
    const reasons: Reason[] = ['ABOVE_THRESHOLD'];
    const kinds: Kind[] = [
      ['MAIL', 'MODEL', reasons],
      ['NOT_CHOSEN', null, reasons],
      ['MAIL', 'EXPLORATION', reasons],
      ['MAIL', 'MODEL', reasons],
    ];
    expect(counterOf(kinds).close(4, 4)).toMatchObject({
      mailed: 3,
      notChosen: 1,
      arms: [{ count: 2 }, { count: 0 }, { count: 1 }],
      reasons: [{ count: 4, decisive: 4 }],
    });
  });

  it('throws when a customer has no outcome, or two', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...KINDS)), fc.integer({ min: -5, max: 5 }), (kinds, off) => {
        fc.pre(off !== 0);
        expect(() => counterOf(kinds).close(kinds.length + off, 0)).toThrow(/add up/);
      }),
    );
  });
});
