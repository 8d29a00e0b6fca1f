import fc from 'fast-check';
import { expect, it } from 'vitest';
import { writeLeafHash } from '../../../src/audit/merkle.ts';
import { ARMS, type Decision, leafText, OUTCOMES, REASONS } from '../../../src/domain/decision.ts';
import { CopyDecoder } from '../../../src/store/copy-decoder.ts';
import { CopyEncoder } from '../../../src/store/copy-encoder.ts';
import { writeDecision } from '../../../src/store/decision-codec.ts';
import { DecisionLeaves } from '../../../src/store/decision-leaves.ts';

const RUN = Buffer.alloc(16, 7);
const SALT_BYTES = 16;
const MOST_ROWS = 20;

const decisions = fc.array(
  fc.record<Decision>({
    customer: fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/),
    outcome: fc.constantFrom(...OUTCOMES),
    arm: fc.option(fc.constantFrom(...ARMS)),
    reasons: fc.uniqueArray(fc.constantFrom(...REASONS), { minLength: 1 }),
    score: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    rank: fc.option(fc.integer({ min: 1, max: 2 ** 31 - 1 })),
  }),
  { minLength: 1, maxLength: MOST_ROWS },
);
const manySalts = fc.uint8Array({ minLength: MOST_ROWS * SALT_BYTES, maxLength: MOST_ROWS * SALT_BYTES });
const every: Decision = {
  customer: 'c'.repeat(64),
  outcome: 'NOT_ELIGIBLE',
  arm: 'EXPLORATION',
  reasons: REASONS,
  score: 1.2345678901234e-300,
  rank: 2 ** 31 - 1,
};

it('hashes of each row what leafText says of its decision', () => {
  fc.assert(
    fc.property(decisions, manySalts, (some, salts) => {
      const encoder = new CopyEncoder();
      const expected = Buffer.alloc(some.length * 32);
      for (const [row, decision] of some.entries()) {
        const salt = salts.subarray(row * SALT_BYTES, (row + 1) * SALT_BYTES);
        writeDecision(encoder, RUN, row, decision, salts);
        writeLeafHash(expected, row, leafText(row, decision, Buffer.from(salt).toString('hex')));
      }
      const leaves = new DecisionLeaves();
      const decoder = new CopyDecoder();
      decoder.push(encoder.end());
      while (decoder.next()) leaves.add(decoder);
      expect(leaves.end().map((hashes) => Buffer.from(hashes).toString('hex'))).toEqual([
        expected.toString('hex'),
      ]);
    }),
    { examples: [[[every, every], new Uint8Array(MOST_ROWS * SALT_BYTES).fill(0xaf)]] },
  );
});
