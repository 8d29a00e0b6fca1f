import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/domain/campaign.ts';
import {
  judgeAlarms,
  judgeReview,
  type ReviewAct,
  reviewEvidence,
  streakAfter,
} from '../../src/domain/review-evidence.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 16, 9) + 1000 * seconds);
const opened = (seconds: number, actor = 'olga'): ReviewAct => ({
  at: at(seconds),
  actor,
  did: 'OPENED_SAMPLE',
  customer: null,
  verdict: null,
});
const alone = (seconds: number, customer: string): ReviewAct => ({
  ...opened(seconds),
  did: 'OPENED_CUSTOMER',
  customer,
});
const verdict = (seconds: number, customer: string, what = 'FINE', actor = 'olga'): ReviewAct => ({
  at: at(seconds),
  actor,
  did: 'VERDICT',
  customer,
  verdict: what,
});
const removed = (seconds: number, customer: string): ReviewAct => ({
  ...alone(seconds, customer),
  did: 'REMOVED',
});

describe('reviewEvidence', () => {
  it('counts the time from the opening, or from the verdict before', () => {
    const [evidence, ...others] = reviewEvidence([
      opened(0),
      verdict(30, 'a'),
      verdict(31, 'b'),
      verdict(91, 'c', 'WRONG'),
      removed(95, 'c'),
    ]);
    expect(others).toEqual([]);
    expect(evidence).toEqual({
      reviewer: 'olga',
      openedAt: at(0),
      lastVerdictAt: at(91),
      verdicts: 3,
      fine: 2,
      wrong: 1,
      removals: 1,
      opened: 3,
      openedAlone: 0,
      openedShare: 1,
      medianSeconds: 30,
      shortestSeconds: 1,
      streak: 0,
    });
  });

  it.each([
    ['the sample opened again', [opened(0), verdict(10, 'a'), opened(100), verdict(104, 'b')], 4],
    ['the customer opened alone', [opened(0), verdict(10, 'a'), alone(100, 'b'), verdict(107, 'b')], 7],
    ['another customer opened', [opened(0), verdict(10, 'a'), alone(100, 'c'), verdict(110, 'b')], 10],
    ['nothing opened', [verdict(500, 'b')], 0],
    ['opened afterwards', [verdict(500, 'b'), opened(600)], 0],
    ['opened by somebody else', [opened(0, 'otto'), verdict(500, 'b')], 0],
    ['a verdict given again, slower', [opened(0), verdict(1, 'b'), verdict(61, 'b')], 60],
  ])('is the shortest with %s', (_, acts, shortest) => {
    expect(reviewEvidence(acts)[0]?.shortestSeconds).toBe(shortest);
  });

  it('tells who looked and who did not, each by themselves', () => {
    const found = reviewEvidence([
      opened(0),
      alone(5, 'a'),
      verdict(10, 'a'),
      verdict(20, 'b'),
      verdict(30, 'c', 'FINE', 'otto'),
      verdict(40, 'd', 'FINE', 'otto'),
    ]);
    expect(
      found.map(({ reviewer, openedAt, openedShare, openedAlone, verdicts }) => [
        reviewer,
        openedAt,
        openedShare,
        openedAlone,
        verdicts,
      ]),
    ).toEqual([
      ['olga', at(0), 1, 1, 2],
      ['otto', null, 0, 0, 2],
    ]);
  });

  it('has nobody where nobody gave a verdict', () => {
    expect(reviewEvidence([opened(0)])).toEqual([]);
  });

  it('never tells of more time than there was', () => {
    const act = fc.oneof(
      fc.constant(opened(0)),
      fc.constantFrom('a', 'b', 'c').map((customer) => alone(0, customer)),
      fc
        .tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('FINE', 'WRONG'))
        .map(([c, v]) => verdict(0, c, v)),
    );
    const steps = fc.array(fc.tuple(act, fc.integer({ min: 0, max: 100 })), { maxLength: 20 });
    fc.assert(
      fc.property(steps, (taken) => {
        let now = 0;
        const acts = taken.map(([one, seconds]) => {
          now += seconds;
          return { ...one, at: at(now) };
        });
        const [evidence] = reviewEvidence(acts);
        if (evidence === undefined) return;
        const { medianSeconds, shortestSeconds, verdicts, opened: seen, openedAlone, fine, wrong } = evidence;
        expect(shortestSeconds).toBeGreaterThanOrEqual(0);
        expect(medianSeconds).toBeGreaterThanOrEqual(shortestSeconds ?? 0);
        expect((shortestSeconds ?? 0) * verdicts).toBeLessThanOrEqual(now);
        expect(fine + wrong).toBe(verdicts);
        expect(seen).toBeLessThanOrEqual(verdicts);
        expect(openedAlone).toBeLessThanOrEqual(seen);
      }),
    );
  });
});

describe('a streak', () => {
  it.each([
    ['grows', [verdict(1, 'a'), verdict(2, 'b')], 7],
    ['ends with another verdict', [verdict(1, 'a'), verdict(2, 'b', 'WRONG')], 1],
    ['ends with a removal', [verdict(1, 'a'), removed(2, 'a'), verdict(3, 'b')], 1],
    ['stays without a verdict', [opened(1)], 5],
  ])('%s', (_, acts, length) => {
    expect(streakAfter(acts, { verdict: 'FINE', length: 5 }).length).toBe(length);
    const before = new Map([['olga', { verdict: 'FINE', length: 5 }]]);
    expect(reviewEvidence([...acts, verdict(9, 'z')], before)[0]?.streak).toBe(
      acts.at(-1)?.verdict === 'WRONG' ? 1 : length + 1,
    );
  });
});

describe('rubber-stamping', () => {
  const evidence = reviewEvidence([opened(0), verdict(2, 'a'), verdict(4, 'b'), verdict(6, 'c')]);
  const never = { warn: null, halt: null };
  const limits = { ...DEFAULT_LIMITS, REVIEW_TIME: never, REVIEW_OPENED: never, REVIEW_STREAK: never };

  it.each([
    [
      'REVIEW_TIME',
      { warn: 3, halt: null },
      'WARN',
      'olga gave 3 verdicts, half of them within 2.0 s of opening',
    ],
    [
      'REVIEW_TIME',
      { warn: 5, halt: 3 },
      'HALT',
      'olga gave 3 verdicts, half of them within 2.0 s of opening',
    ],
    ['REVIEW_STREAK', { warn: 2, halt: null }, 'WARN', 'olga gave the same verdict 3 times in a row'],
  ] as const)('%s beyond %j: %s', (measure, limit, level, message) => {
    const alarms = judgeReview(evidence, { ...limits, [measure]: limit });
    expect(alarms).toMatchObject([{ measure, verdict: level, reviewer: 'olga', message }]);
    expect(judgeAlarms(alarms)?.rule).toBe(level === 'HALT' ? 'REVIEW_REAL' : undefined);
  });

  it('REVIEW_OPENED where verdicts were given unseen', () => {
    const unseen = reviewEvidence([verdict(1, 'a'), opened(2), verdict(9, 'b')]);
    expect(judgeReview(unseen, { ...limits, REVIEW_OPENED: { warn: 0.9, halt: 0.5 } })).toMatchObject([
      {
        verdict: 'WARN',
        measured: '50.00 %',
        message: 'olga had opened 1 of the 2 customers on whom they gave a verdict',
      },
    ]);
  });

  it('is nothing within the limits, without limits, or where settings have none', () => {
    expect(judgeReview(evidence, limits)).toEqual([]);
    expect(
      judgeReview(evidence, {
        ...limits,
        REVIEW_TIME: { warn: 2, halt: 1 },
        REVIEW_STREAK: { warn: 3, halt: null },
      }),
    ).toEqual([]);
    const { REVIEW_TIME: _, REVIEW_OPENED: __, REVIEW_STREAK: ___, ...older } = limits;
    expect(judgeReview(evidence, older)).toEqual([]);
    expect(judgeAlarms([])).toBeNull();
  });
});
