import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/domain/decision.ts';
import {
  DecisionComparison,
  environmentDifferences,
  judgeReproduction,
} from '../../src/domain/reproduction.ts';

const recorded: Decision = {
  customer: 'c1',
  outcome: 'MAIL',
  arm: 'MODEL',
  reasons: ['ABOVE_THRESHOLD'],
  score: 0.25,
  rank: 3,
};

function compared(change: Partial<Decision>): DecisionComparison {
  const comparison = new DecisionComparison();
  comparison.add(7, recorded, { ...recorded, ...change });
  return comparison;
}

describe('DecisionComparison', () => {
  it.each<[string, Partial<Decision>, 'same' | 'close' | 'other']>([
    ['nothing', {}, 'same'],
    ['the last digit of the score', { score: 0.2500000001 }, 'close'],
    ['the rank', { rank: 4 }, 'close'],
    ['the score by more than the tolerance', { score: 0.2501 }, 'other'],
    ['the outcome', { outcome: 'NOT_CHOSEN' }, 'other'],
    ['the arm', { arm: 'EXPLORATION' }, 'other'],
    ['a reason', { reasons: ['ABOVE_THRESHOLD', 'CAPACITY'] }, 'other'],
    ['the score that is missing', { score: null }, 'other'],
    ['the customer', { customer: 'c2' }, 'other'],
  ])('tells apart what differs in %s', (_, change, expected) => {
    const { close, differing } = compared(change);
    expect({ close, differing }).toEqual({
      close: expected === 'close' ? 1 : 0,
      differing: expected === 'other' ? 1 : 0,
    });
  });

  it('counts all differences and lists the first ten', () => {
    const comparison = new DecisionComparison();
    for (let i = 0; i < 12; i++)
      comparison.add(7, recorded, { ...recorded, outcome: 'NOT_CHOSEN', arm: null });
    expect(comparison.differing).toBe(12);
    expect(comparison.first).toHaveLength(10);
    expect(comparison.first[0]).toEqual({
      row: 7,
      recorded: 'MAIL MODEL (ABOVE_THRESHOLD), score 0.25, rank 3',
      reproduced: 'NOT_CHOSEN (ABOVE_THRESHOLD), score 0.25, rank 3',
    });
  });
});

describe('judgeReproduction', () => {
  it.each([
    [{ differing: 0, close: 0 }, [], 'IDENTICAL'],
    [{ differing: 0, close: 2 }, [], 'WITHIN_TOLERANCE'],
    [{ differing: 1, close: 2 }, [], 'DIVERGED'],
    [{ differing: 0, close: 0 }, ['the snapshot has another digest'], 'BROKEN_RECORD'],
    [{ differing: 1, close: 0 }, ['the snapshot has another digest'], 'BROKEN_RECORD'],
  ])('%o with the faults %o is %s', (counts, faults, verdict) => {
    expect(judgeReproduction(counts, faults)).toBe(verdict);
  });
});

describe('environmentDifferences', () => {
  const then = { engine: { version: '1.0.0', commit: null }, runtime: 'onnxruntime 1.30.0' };

  it('names nothing where nothing differs', () => {
    expect(environmentDifferences(then, then)).toEqual([]);
  });

  it('names each with what it was and is', () => {
    const now = { engine: { version: '1.1.0', commit: 'abc' }, runtime: 'onnxruntime 1.31.0' };
    expect(environmentDifferences(then, now)).toEqual([
      'release: 1.0.0 then, 1.1.0 now',
      'commit: unknown then, abc now',
      'scoring runtime: onnxruntime 1.30.0 then, onnxruntime 1.31.0 now',
    ]);
  });
});
