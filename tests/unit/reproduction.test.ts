import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/domain/decision.ts';
import {
  DecisionComparison,
  environmentDifferences,
  judgeReproduction,
  MetRows,
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

  it('counts all differences and lists those of the ten lowest rows, in whatever order they come', () => {
    const comparison = new DecisionComparison();
    for (const row of [11, 3, 0, 7, 9, 5, 1, 10, 2, 8, 4, 6])
      comparison.add(row, recorded, { ...recorded, outcome: 'NOT_CHOSEN', arm: null });
    expect(comparison.differing).toBe(12);
    expect(comparison.first.map(({ row }) => row)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(comparison.first[0]).toEqual({
      row: 0,
      recorded: 'MAIL MODEL (ABOVE_THRESHOLD), score 0.25, rank 3',
      reproduced: 'NOT_CHOSEN (ABOVE_THRESHOLD), score 0.25, rank 3',
    });
  });
});

describe('MetRows', () => {
  /** What is wrong after rows were met in an order, each as it was recorded or not; row 4 was erased. */
  function met(...rows: readonly (readonly [row: number, isRecorded: boolean])[]) {
    const all = new MetRows(5, new Set([4]));
    const compared = rows.filter(([row, isRecorded]) => all.meet(row, isRecorded)).map(([row]) => row);
    return { faults: all.faults(), compared };
  }
  const sound = [0, 1, 2, 3].map((row) => [row, true] as const);

  it('has every row compared once where nothing is wrong', () => {
    expect(met(...sound.toReversed())).toEqual({ faults: [], compared: [3, 2, 1, 0] });
  });

  it.each<[string, boolean, boolean]>([
    ['its copy before it', false, true],
    ['its copy after it', true, false],
    ['itself again', true, true],
  ])('tells that a row stands twice: %s', (_, first, second) => {
    const others = sound.filter(([row]) => row !== 1);
    expect(met(...others, [1, first], [1, second])).toEqual({
      faults: ['decision row 1 stands twice'],
      compared: [0, 2, 3, 1],
    });
  });

  it('tells by row what is altered, missing, erased and there again, or of no row', () => {
    expect(met([9, true], [4, true], [2, false], [-1, true], [0, true], [3, true])).toEqual({
      faults: [
        'decision row 1 is missing',
        'decision row 2 is not the one that was recorded',
        'decision row 4 was erased and is there again',
        'decision row -1 was never recorded',
      ],
      compared: [0, 3],
    });
  });

  it('lists ten', () => {
    expect(new MetRows(12, new Set()).faults()).toHaveLength(10);
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
