import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/domain/campaign.ts';
import { ELIGIBILITY_REASONS, type EligibilityReason } from '../../src/domain/decision.ts';
import { DATA_INCOMPLETE, EligibilityRules, reasonsOf } from '../../src/domain/eligibility.ts';
import type { Rule, RuleOutcome } from '../../src/domain/explanation.ts';
import { layoutOf } from '../../src/domain/feed-contract.ts';
import { KeyedHash } from '../../src/domain/keyed-hash.ts';
import { type Choice, ruleTrace } from '../../src/domain/rule-trace.ts';
import { meaningOf, select } from '../../src/domain/selection.ts';
import {
  AS_OF,
  anyCase,
  anySettings,
  blockOf,
  type Case,
  CONTRACT,
  FINE,
  FLAGS,
  type Flag,
  SEND,
  SETTINGS,
} from '../support/eligibility-cases.ts';

const rulesOf = (settings: Config, flowDays: readonly number[] = [7, 14]) =>
  new EligibilityRules(layoutOf(CONTRACT), settings, flowDays, AS_OF);

function trace(change: Partial<Case>, choice: Choice | null = null, settings = SETTINGS, complete = true) {
  return ruleTrace(rulesOf(settings), blockOf([{ ...FINE, ...change }]), 0, complete, choice);
}

/** The outcomes of one rule as `[value, limit, verdict, setting]`. */
function outcomesOf(rules: readonly RuleOutcome[], rule: Rule) {
  return rules
    .filter((outcome) => outcome.rule === rule)
    .map(({ value, limit, verdict, setting }) => [value, limit, verdict, setting]);
}

/** Whether a value keeps to the limit of its rule, `half` counting the outcomes of a rule that has two. */
function keeps({ rule, value, limit }: RuleOutcome, half: number): boolean {
  if (value === null) return rule !== 'NO_OPT_IN';
  if (rule === 'UNDER_AGE' || (rule === 'AGE_OUT_OF_RANGE' && half === 0))
    return Number(value) >= Number(limit);
  if (rule === 'AGE_OUT_OF_RANGE' || rule === 'CONTACT_PRESSURE') return Number(value) <= Number(limit);
  if (rule === 'IN_FLOW') return Number(value) > Number(limit);
  if (rule === 'RECENTLY_MAILED') return Number(value) >= Number(limit);
  return value === limit;
}

const CHOSEN: Choice = { score: 0.8, rank: 3, holdoutFraction: 0.1, explored: false };

describe('ruleTrace', () => {
  it('fails exactly the rules that bar, whatever is missing and whatever the contract leaves out', () => {
    const anyFlags = fc.subarray([...FLAGS]);
    fc.assert(
      fc.property(
        fc.array(anyCase, { minLength: 1, maxLength: 5 }),
        anyFlags,
        anySettings,
        fc.constantFrom([], [7, 14], [3]),
        fc.boolean(),
        (cases, flags: Flag[], settings, flowDays, complete) => {
          const columns = CONTRACT.columns.filter(
            ({ name, type }) => type !== 'boolean' || flags.some((flag) => flag === name),
          );
          const kept = FLAGS.filter((flag) => flags.includes(flag));
          const rules = new EligibilityRules(layoutOf({ columns }), settings, flowDays, AS_OF);
          const block = blockOf(cases, kept);
          const judged = rules.judge(block);
          cases.forEach((_, row) => {
            const told = ruleTrace(rules, block, row, complete, null);
            const failed = new Set(told.filter(({ verdict }) => verdict === 'FAIL').map(({ rule }) => rule));
            const bits = (judged[row] ?? 0) | (complete ? 0 : DATA_INCOMPLETE);
            expect([...failed]).toEqual(reasonsOf(bits));
          });
        },
      ),
      { numRuns: 500 },
    );
  });

  it('tells values that keep to their limits where a rule passes, and break them where it fails', () => {
    fc.assert(
      fc.property(anyCase, anySettings, fc.boolean(), (c, settings, complete) => {
        const told = ruleTrace(rulesOf(settings), blockOf([c]), 0, complete, null);
        const halves = new Map<Rule, number>();
        for (const outcome of told.slice(0, -4)) {
          const half = halves.get(outcome.rule) ?? 0;
          halves.set(outcome.rule, half + 1);
          expect([outcome, keeps(outcome, half)]).toEqual([outcome, outcome.verdict !== 'FAIL']);
          const never = outcome.rule === 'IN_FLOW' || outcome.rule === 'RECENTLY_MAILED';
          if (outcome.verdict === 'NOT_JUDGED') expect(outcome.value).toBeNull();
          else if (outcome.value === null) expect(never || outcome.rule === 'NO_OPT_IN').toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('tells every rule in the order in which a run judges them', () => {
    const rules = trace({}, CHOSEN).map(({ rule }) => rule);
    expect([...new Set(rules)]).toEqual([
      ...ELIGIBILITY_REASONS,
      'THRESHOLD',
      'CAPACITY',
      'HOLDOUT',
      'EXPLORATION',
    ]);
    expect(rules).toHaveLength(21);
  });

  it.each<[string, Partial<Case>, EligibilityReason, unknown[][]]>([
    ['a private customer', {}, 'NOT_PRIVATE', [[true, true, 'PASS', false]]],
    ['a company', { is_private: false }, 'NOT_PRIVATE', [[false, true, 'FAIL', false]]],
    ['of unknown kind', { is_private: null }, 'NOT_PRIVATE', [[null, true, 'NOT_JUDGED', false]]],
    ['of unknown kind, so', { is_private: null }, 'DATA_INCOMPLETE', [[false, true, 'FAIL', false]]],
    ['of whom no consent is known', { opt_in: null }, 'NO_OPT_IN', [[null, true, 'FAIL', false]]],
    ['who has it already', { holds_product: true }, 'HOLDS_PRODUCT', [[true, false, 'FAIL', false]]],
    ['who objected by telephone', { optedOutElsewhere: true }, 'OPTED_OUT', [[true, false, 'FAIL', false]]],
    ['who may have objected', { opted_out: null }, 'OPTED_OUT', [[null, false, 'NOT_JUDGED', false]]],
    ['a child', { age: 17 }, 'UNDER_AGE', [[17, 18, 'FAIL', false]]],
    [
      'below the range',
      { age: 20 },
      'AGE_OUT_OF_RANGE',
      [
        [20, 21, 'FAIL', true],
        [20, 74, 'PASS', true],
      ],
    ],
    [
      'above the range',
      { age: 75 },
      'AGE_OUT_OF_RANGE',
      [
        [75, 21, 'PASS', true],
        [75, 74, 'FAIL', true],
      ],
    ],
    [
      'of unknown age',
      { age: null },
      'AGE_OUT_OF_RANGE',
      [
        [null, 21, 'NOT_JUDGED', true],
        [null, 74, 'NOT_JUDGED', true],
      ],
    ],
    ['in the lee', { quiet: true }, 'QUIET_LIST', [[true, false, 'FAIL', false]]],
    ['never in a flow', {}, 'IN_FLOW', [[null, 14, 'PASS', false]]],
    ['on its last day', { flowStarts: [SEND - 99, SEND - 14] }, 'IN_FLOW', [[14, 14, 'FAIL', false]]],
    ['on the last day of rest', { flowStarts: [SEND - 27] }, 'RECENTLY_MAILED', [[27, 28, 'FAIL', true]]],
    ['after the rest', { flowStarts: [SEND - 28] }, 'RECENTLY_MAILED', [[28, 28, 'PASS', true]]],
    ['whose flow begins later', { flowStarts: [SEND + 1] }, 'RECENTLY_MAILED', [[null, 28, 'PASS', true]]],
    [
      'who gets another that day',
      { mails: [SEND, SEND - 1] },
      'CONTACT_PRESSURE',
      [
        [2, 1, 'FAIL', true],
        [3, 3, 'PASS', true],
      ],
    ],
    [
      'whose fortnight is full',
      { mails: [SEND - 13, SEND - 1, SEND + 1, SEND + 1] },
      'CONTACT_PRESSURE',
      [
        [1, 1, 'PASS', true],
        [4, 3, 'FAIL', true],
      ],
    ],
    ['who lacks nothing', {}, 'DATA_INCOMPLETE', [[true, true, 'PASS', false]]],
  ])('%s', (_, change, rule, outcomes) => {
    expect(outcomesOf(trace(change), rule)).toEqual(outcomes);
  });

  it('tells what the feed cannot: opted out by another way, where the contract has no such column', () => {
    const columns = CONTRACT.columns.filter(({ name }) => name !== 'opted_out' && name !== 'deceased');
    const rules = new EligibilityRules(layoutOf({ columns }), SETTINGS, [], AS_OF);
    const flags = FLAGS.filter((flag) => flag !== 'opted_out' && flag !== 'deceased');
    const block = blockOf([FINE, { ...FINE, optedOutElsewhere: true }], flags);
    const [fine, optedOut] = [0, 1].map((row) => ruleTrace(rules, block, row, true, null));
    expect(outcomesOf(fine ?? [], 'OPTED_OUT')).toEqual([[false, false, 'PASS', false]]);
    expect(outcomesOf(optedOut ?? [], 'OPTED_OUT')).toEqual([[true, false, 'FAIL', false]]);
    expect(outcomesOf(fine ?? [], 'DECEASED')).toEqual([[null, false, 'NOT_JUDGED', false]]);
  });

  it('tells of features that lack a value', () => {
    expect(outcomesOf(trace({}, null, SETTINGS, false), 'DATA_INCOMPLETE')).toEqual([
      [false, true, 'FAIL', false],
    ]);
  });

  describe('of the choice', () => {
    const settings = { ...SETTINGS, threshold: 0.5, capacity: 3, holdoutShare: 0.1, explorationSize: 2 };
    const told = (choice: Choice | null) =>
      trace({}, choice, settings)
        .slice(-4)
        .map(({ value, limit, verdict }) => [value, limit, verdict]);

    it.each<[string, Choice | null, unknown[][]]>([
      [
        'nobody who was not scored',
        null,
        [
          [null, 0.5, 'NOT_JUDGED'],
          [null, 3, 'NOT_JUDGED'],
          [null, 0.1, 'NOT_JUDGED'],
          [null, null, 'NOT_JUDGED'],
        ],
      ],
      [
        'the chosen',
        CHOSEN,
        [
          [0.8, 0.5, 'PASS'],
          [3, 3, 'PASS'],
          [0.1, 0.1, 'PASS'],
          [null, null, 'NOT_JUDGED'],
        ],
      ],
      [
        'the held out',
        { ...CHOSEN, holdoutFraction: 0.09 },
        [
          [0.8, 0.5, 'PASS'],
          [3, 3, 'PASS'],
          [0.09, 0.1, 'FAIL'],
          [null, null, 'NOT_JUDGED'],
        ],
      ],
      [
        'who came too late',
        { ...CHOSEN, rank: 4 },
        [
          [0.8, 0.5, 'PASS'],
          [4, 3, 'FAIL'],
          [null, 0.1, 'NOT_JUDGED'],
          [false, null, 'FAIL'],
        ],
      ],
      [
        'who was drawn from below',
        { ...CHOSEN, score: 0.49, rank: 2, explored: true },
        [
          [0.49, 0.5, 'FAIL'],
          [2, 3, 'NOT_JUDGED'],
          [null, 0.1, 'NOT_JUDGED'],
          [true, null, 'PASS'],
        ],
      ],
    ])('%s', (_, choice, outcomes) => {
      expect(told(choice)).toEqual(outcomes);
    });

    it('says what the selection did, for everyone', () => {
      const keyOf = (byte: number) => new KeyedHash(new Uint8Array(16).fill(byte));
      const keys = { ties: keyOf(1), holdout: keyOf(2), exploration: keyOf(3) };
      const ids = Array.from({ length: 60 }, (_, i) => `c${i}`);
      const scores = Float64Array.from(ids, (_, i) => (i % 7) / 7);
      const wide = { ...SETTINGS, threshold: 0.5, capacity: 15, holdoutShare: 0.4, explorationSize: 20 };
      const { verdicts, ranks } = select({ customers: ids, scores }, wide, keys);
      const seen = ids.map((id, i) => {
        const { outcome, arm } = meaningOf(verdicts[i] ?? -1);
        const choice = {
          score: scores[i] ?? 0,
          rank: ranks[i] ?? 0,
          holdoutFraction: keys.holdout.fraction(id),
          explored: arm === 'EXPLORATION',
        };
        const [threshold, capacity, holdout, exploration] = trace({}, choice, wide).slice(-4);
        const chosen = threshold?.verdict === 'PASS' && capacity?.verdict === 'PASS';
        const byChance = exploration?.verdict === 'PASS' ? 'MAIL' : 'NOT_CHOSEN';
        const inside = holdout?.verdict === 'FAIL' ? 'HELD_OUT' : 'MAIL';
        expect(chosen ? inside : byChance).toBe(outcome);
        return verdicts[i];
      });
      expect(new Set(seen).size).toBe(6);
    });
  });
});
