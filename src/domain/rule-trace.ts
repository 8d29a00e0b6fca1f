import type { EligibilityReason } from './decision.ts';
import {
  ADULT_AGE,
  DATA_INCOMPLETE,
  type EligibilityRules,
  FLAGS,
  reasonsOf,
  type SnapshotBlock,
} from './eligibility.ts';
import type { Rule, RuleOutcome } from './explanation.ts';
import { isChosen } from './selection.ts';

/** What the selection saw of a scored customer. */
export interface Choice {
  readonly score: number;
  /** 1 is the best score of the eligible. */
  readonly rank: number;
  /** The customer's fraction in the draw of the holdout (keys.holdout). */
  readonly holdoutFraction: number;
  /** Whether drawn for exploration (the arm EXPLORATION). */
  readonly explored: boolean;
}

type Value = RuleOutcome['value'];

/**
 * Every rule with what it saw, in the order in which a run judges them, for the customer in row `row` of a block. The rules of
 * eligibility that FAIL are the reasons of `EligibilityRules.judge`, because they come from it.
 *
 * - A flag is held against what it must be. Missing, or left out by the contract, it is null and NOT_JUDGED; DATA_INCOMPLETE
 *   tells the former. A missing `opt_in` is null and FAILs. Who opted out elsewhere is told as opted out.
 * - AGE_OUT_OF_RANGE has two outcomes, the lower limit first; CONTACT_PRESSURE too, the mails of the day first.
 * - IN_FLOW (limit: the last day of a flow, inclusive) and RECENTLY_MAILED (limit: exclusive) are in days since the last flow
 *   began; null and PASS where none did.
 * - DATA_INCOMPLETE tells whether the data are complete.
 * - THRESHOLD to EXPLORATION are NOT_JUDGED and null for who is not eligible: nobody scored them. CAPACITY is NOT_JUDGED below
 *   the threshold, with the rank; HOLDOUT is judged of the chosen, and FAILs for who is held out; EXPLORATION of the others,
 *   and PASSes for who is drawn.
 *
 * @param complete whether no feature lacked a value (Features.compute)
 * @param choice null for whoever was not scored
 */
export function ruleTrace(
  rules: EligibilityRules,
  block: SnapshotBlock,
  row: number,
  complete: boolean,
  choice: Choice | null,
): readonly RuleOutcome[] {
  return [...eligibilityTrace(rules, block, row, complete), ...selectionTrace(rules, choice)];
}

/** What the service itself knows of a customer, which a draw judges as it is on its day: no frozen row has it. */
const KNOWN_ON_THE_DAY: ReadonlySet<Rule> = new Set<Rule>([
  'OPTED_OUT',
  'QUIET_LIST',
  'IN_FLOW',
  'RECENTLY_MAILED',
  'CONTACT_PRESSURE',
]);

/**
 * The rules of who was drawn into a fallback batch. All of them admitted the customer, or there had been no draw; those that go
 * by what the service itself knew on that day PASS without a value, because it is not kept. There was no score to hold against
 * THRESHOLD and CAPACITY.
 * @param fraction the customer's in the draw of the holdout
 */
export function drawnRuleTrace(
  rules: EligibilityRules,
  block: SnapshotBlock,
  row: number,
  fraction: number,
): readonly RuleOutcome[] {
  const { holdoutShare } = rules.config;
  const eligible = eligibilityTrace(rules, block, row, true).map(
    (one): RuleOutcome => (KNOWN_ON_THE_DAY.has(one.rule) ? { ...one, value: null, verdict: 'PASS' } : one),
  );
  const selection = selectionTrace(rules, null).map((one): RuleOutcome => {
    if (one.rule === 'EXPLORATION') return { ...one, value: true, verdict: 'PASS' };
    if (one.rule !== 'HOLDOUT') return one;
    return { ...one, value: fraction, verdict: fraction >= holdoutShare ? 'PASS' : 'FAIL' };
  });
  return [...eligible, ...selection];
}

function eligibilityTrace(
  rules: EligibilityRules,
  block: SnapshotBlock,
  row: number,
  complete: boolean,
): readonly RuleOutcome[] {
  const bits = rules.judgeRow(block, row) | (complete ? 0 : DATA_INCOMPLETE);
  const reasons = reasonsOf(bits);
  const { age, daysSinceFlow, mailsThatDay, mailsIn14Days } = rules.measure(block, row);
  const { minAge, maxAge, restWeeks, maxMailsPerDay, maxMailsPer14Days } = rules.config;
  const judged = (rule: EligibilityReason, value: Value, limit: Value, setting = false): RuleOutcome => {
    const passed = value === null ? 'NOT_JUDGED' : 'PASS';
    return { rule, value, limit, verdict: reasons.includes(rule) ? 'FAIL' : passed, setting };
  };
  const flag = (rule: EligibilityReason): RuleOutcome =>
    judged(rule, rules.flagOf(rule, block, row) ?? null, mustBe(rule));
  /** One limit of a rule that has two: the rule fails, but maybe for the other. */
  const half = (rule: EligibilityReason, value: number | null, limit: number, kept: boolean): RuleOutcome => {
    const verdict = value === null ? 'NOT_JUDGED' : kept ? 'PASS' : 'FAIL';
    return { rule, value, limit, verdict, setting: true };
  };
  const since = (rule: EligibilityReason, limit: number, setting: boolean): RuleOutcome => {
    const verdict = reasons.includes(rule) ? 'FAIL' : 'PASS';
    return { rule, value: daysSinceFlow, limit, verdict, setting };
  };
  return [
    flag('NOT_PRIVATE'),
    flag('HOLDS_PRODUCT'),
    flag('NO_OPT_IN'),
    judged('OPTED_OUT', optedOut(rules, block, row), false),
    judged('UNDER_AGE', age, ADULT_AGE),
    half('AGE_OUT_OF_RANGE', age, minAge, age !== null && age >= minAge),
    half('AGE_OUT_OF_RANGE', age, maxAge, age !== null && age <= maxAge),
    flag('DECEASED'),
    flag('FRAUD_FLAG'),
    flag('NOT_A_CUSTOMER'),
    flag('ADDRESS_BOUNCED'),
    judged('QUIET_LIST', block.quiet[row] === 1, false),
    since('IN_FLOW', rules.flowLength, false),
    since('RECENTLY_MAILED', 7 * restWeeks, true),
    half('CONTACT_PRESSURE', mailsThatDay, maxMailsPerDay, mailsThatDay <= maxMailsPerDay),
    half('CONTACT_PRESSURE', mailsIn14Days, maxMailsPer14Days, mailsIn14Days <= maxMailsPer14Days),
    judged('DATA_INCOMPLETE', (bits & DATA_INCOMPLETE) === 0, true),
  ];
}

/** What the flag behind a reason is for whoever may be mailed. */
function mustBe(rule: EligibilityReason): boolean | null {
  const flag = FLAGS.find(([, , reason]) => reason === rule);
  return flag === undefined ? null : flag[1] === 0;
}

/** Opted out by the feed or by another way; what the feed does not know, the other way alone cannot deny. */
function optedOut(rules: EligibilityRules, block: SnapshotBlock, row: number): boolean | null {
  const elsewhere = block.optedOut[row] === 1;
  const inFeed = rules.flagOf('OPTED_OUT', block, row);
  return elsewhere || (inFeed === undefined ? false : inFeed);
}

function selectionTrace({ config }: EligibilityRules, choice: Choice | null): readonly RuleOutcome[] {
  const told = (rule: Rule, value: Value, limit: Value, passed: boolean | null): RuleOutcome => {
    const verdict = passed === null ? 'NOT_JUDGED' : passed ? 'PASS' : 'FAIL';
    return { rule, value, limit, verdict, setting: limit !== null };
  };
  const { score = null, rank = null, holdoutFraction = null, explored = null } = choice ?? {};
  const above = score === null ? null : score >= config.threshold;
  const chosen = score !== null && rank !== null && isChosen(score, rank, config);
  const fraction = chosen ? holdoutFraction : null;
  const drawn = chosen ? null : explored;
  return [
    told('THRESHOLD', score, config.threshold, above),
    told('CAPACITY', rank, config.capacity, above === true ? chosen : null),
    told(
      'HOLDOUT',
      fraction,
      config.holdoutShare,
      fraction === null ? null : fraction >= config.holdoutShare,
    ),
    told('EXPLORATION', drawn, null, drawn),
  ];
}
