import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../src/audit/canonical-json.ts';
import { ARMS, type Decision, leafText, OUTCOMES, REASONS } from '../../src/domain/decision.ts';

const anyDecision: fc.Arbitrary<Decision> = fc.record({
  customer: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
  outcome: fc.constantFrom(...OUTCOMES),
  arm: fc.option(fc.constantFrom(...ARMS), { nil: null }),
  reasons: fc.array(fc.constantFrom(...REASONS), { minLength: 1 }),
  score: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null }),
  rank: fc.option(fc.integer({ min: 1, max: 10_000_000 }), { nil: null }),
});
const anySalt = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((salt) => Buffer.from(salt).toString('hex'));

describe('leafText', () => {
  it('is what it was when the first decisions were recorded', () => {
    const decision: Decision = {
      customer: 'u000001',
      outcome: 'HELD_OUT',
      arm: 'HOLDOUT',
      reasons: ['RANDOM_HOLDOUT', 'ABOVE_THRESHOLD'],
      score: 0.1,
      rank: 7,
    };
    expect(leafText(3, decision, '00ff')).toBe(
      '["decision/1",3,"u000001","HELD_OUT","HOLDOUT",["RANDOM_HOLDOUT","ABOVE_THRESHOLD"],0.1,7,"00ff"]',
    );
    const barred = { ...decision, arm: null, score: null, rank: null, reasons: ['DECEASED' as const] };
    expect(leafText(0, barred, '')).toBe(
      '["decision/1",0,"u000001","HELD_OUT",null,["DECEASED"],null,null,""]',
    );
  });

  it('is the RFC 8785 form, so that anyone can write it again', () => {
    fc.assert(
      fc.property(fc.nat(), anyDecision, anySalt, (row, decision, salt) => {
        const { customer, outcome, arm, reasons, score, rank } = decision;
        const value = ['decision/1', row, customer, outcome, arm, reasons, score, rank, salt];
        expect(leafText(row, decision, salt)).toBe(Buffer.from(canonicalBytes(value)).toString('utf8'));
      }),
      { numRuns: 1000 },
    );
  });
});
