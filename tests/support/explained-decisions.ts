import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCampaign } from '../../src/adapters/package/campaign-file.ts';
import { readCard } from '../../src/adapters/package/card-file.ts';
import {
  type Arm,
  type Decision,
  ELIGIBILITY_REASONS,
  type EligibilityReason,
  type Outcome,
  type Reason,
} from '../../src/domain/decision.ts';
import type {
  Counterfactual,
  Drawn,
  ExplainedDecision,
  ExplanationFacts,
  MailOutcome,
  Rule,
  RuleOutcome,
} from '../../src/domain/explanation.ts';

const ROOT = join(import.meta.dirname, '../..');
export const CAMPAIGN = readCampaign(
  readFileSync(join(ROOT, 'campaigns/investing-retail/campaign.yaml'), 'utf8'),
);
export const CARD = readCard(readFileSync(join(ROOT, 'models/investing-retail-1/card.yaml'), 'utf8'));

const CONTRIBUTIONS: ExplanationFacts['attribution'] = {
  method: 'TREES',
  baseline: 0.0123,
  contributions: [
    of('age', 41, -0.0021, { age: 41 }),
    of('engagement', 2.19, 0.0042, { has_app: 1, accounts: 3, logins_30d: 34 }),
    of('balance', 18_250.75, 0.0088, { balance: 18_250.75 }),
    of('growth', 1234.5, 0.0167, { balance: 18_250.75, balance_2w: 17_016.25 }),
    of('growth_before', -120, -0.0004, { balance_2w: 17_016.25, balance_4w: 17_136.25 }),
    of('savings_share', 0.62, 0.0031, { savings_balance: 11_315.47, balance: 18_250.75 }),
    of('fund_month', 0.0185, 0.0006, {}),
  ],
};
const SCORE = 0.0432;

function of(
  feature: string,
  value: number,
  contribution: number,
  parts: Readonly<Record<string, number | string | null>>,
) {
  return {
    feature,
    value,
    contribution,
    standardError: null,
    parts: Object.entries(parts).map(([column, part]) => ({ column, value: part })),
  };
}

/** What the rules see of a customer whom nothing bars. */
const EVERY_RULE: readonly RuleOutcome[] = [
  passed('NOT_PRIVATE', true, true),
  passed('HOLDS_PRODUCT', false, false),
  passed('NO_OPT_IN', true, true),
  passed('OPTED_OUT', false, false),
  passed('UNDER_AGE', 41, 18),
  passed('AGE_OUT_OF_RANGE', 41, 18, true),
  passed('AGE_OUT_OF_RANGE', 41, 74, true),
  passed('DECEASED', false, false),
  passed('FRAUD_FLAG', false, false),
  passed('NOT_A_CUSTOMER', false, false),
  passed('ADDRESS_BOUNCED', false, false),
  passed('QUIET_LIST', false, false),
  passed('IN_FLOW', null, 14),
  passed('RECENTLY_MAILED', null, 182, true),
  passed('CONTACT_PRESSURE', 1, 1, true),
  passed('CONTACT_PRESSURE', 2, 4, true),
  passed('DATA_INCOMPLETE', true, true),
];

function passed(
  rule: Rule,
  value: RuleOutcome['value'],
  limit: RuleOutcome['limit'],
  setting = false,
): RuleOutcome {
  return { rule, value, limit, verdict: 'PASS', setting };
}

/** What the rule sees of a customer whom it bars. */
const BARRED: Readonly<Record<EligibilityReason, RuleOutcome['value']>> = {
  NOT_PRIVATE: false,
  HOLDS_PRODUCT: true,
  NO_OPT_IN: null,
  OPTED_OUT: true,
  UNDER_AGE: 16,
  AGE_OUT_OF_RANGE: 81,
  DECEASED: true,
  FRAUD_FLAG: true,
  NOT_A_CUSTOMER: true,
  ADDRESS_BOUNCED: true,
  QUIET_LIST: true,
  IN_FLOW: 7,
  RECENTLY_MAILED: 91,
  CONTACT_PRESSURE: 5,
  DATA_INCOMPLETE: false,
};

/** What was chosen of a scored customer, and what became of it. */
export interface Chosen {
  readonly outcome: Outcome;
  readonly arm?: Arm;
  readonly reasons: readonly Reason[];
  readonly score?: number;
  readonly rank?: number;
  readonly mail?: MailOutcome;
  readonly counterfactual?: Counterfactual;
}

/** A made-up customer of the campaign and model that ship. */
export function scored({ counterfactual, mail, ...choice }: Chosen): ExplainedDecision {
  const decision: Decision = { customer: 'c-4711', arm: null, score: SCORE, rank: 212, ...choice };
  const { threshold, capacity, holdoutShare } = CAMPAIGN.config;
  const { score, rank, outcome, arm } = decision;
  const above = (score ?? 0) >= threshold;
  const chosen = above && (rank ?? 0) <= capacity;
  const heldOut = outcome === 'HELD_OUT';
  const drawn = arm === 'EXPLORATION';
  const selection: readonly RuleOutcome[] = [
    { rule: 'THRESHOLD', value: score, limit: threshold, verdict: above ? 'PASS' : 'FAIL', setting: true },
    {
      rule: 'CAPACITY',
      value: rank,
      limit: capacity,
      verdict: above ? (chosen ? 'PASS' : 'FAIL') : 'NOT_JUDGED',
      setting: true,
    },
    {
      rule: 'HOLDOUT',
      value: chosen ? (heldOut ? 0.041 : 0.618) : null,
      limit: holdoutShare,
      verdict: chosen ? (heldOut ? 'FAIL' : 'PASS') : 'NOT_JUDGED',
      setting: true,
    },
    {
      rule: 'EXPLORATION',
      value: chosen ? null : drawn,
      limit: null,
      verdict: chosen ? 'NOT_JUDGED' : drawn ? 'PASS' : 'FAIL',
      setting: false,
    },
  ];
  return record(decision, [...EVERY_RULE, ...selection], mail ?? null, {
    attribution: attributionOf(score ?? 0),
    counterfactual: counterfactual ?? null,
  });
}

/** The same shares, so that baseline and contributions are the score. */
function attributionOf(score: number): ExplanationFacts['attribution'] {
  if (CONTRIBUTIONS === null) return null;
  const { baseline, contributions } = CONTRIBUTIONS;
  const factor = (score - baseline) / (SCORE - baseline);
  return {
    ...CONTRIBUTIONS,
    contributions: contributions.map((one) => ({ ...one, contribution: one.contribution * factor })),
  };
}

/** A customer who may not be mailed. */
export function barred(...reasons: readonly EligibilityReason[]): ExplainedDecision {
  const rules = EVERY_RULE.map((one, at): RuleOutcome => {
    const { rule } = one;
    const isFirst = EVERY_RULE.findIndex((other) => other.rule === rule) === at;
    const fails = ELIGIBILITY_REASONS.some((known) => known === rule && reasons.includes(known));
    if (!fails || (rule === 'AGE_OUT_OF_RANGE' && isFirst)) return one;
    return { ...one, value: BARRED[rule as EligibilityReason], verdict: 'FAIL' };
  });
  const decision: Decision = {
    customer: 'c-0815',
    outcome: 'NOT_ELIGIBLE',
    arm: null,
    reasons,
    score: null,
    rank: null,
  };
  return record(decision, rules, null, { attribution: null, counterfactual: null });
}

/** A customer who was drawn into a fallback batch on a Friday, from the snapshot of the Sunday before. */
export function drawn(
  mail: MailOutcome,
  dropped: EligibilityReason | null = null,
): ExplainedDecision & { readonly drawn: Drawn } {
  const decision: Decision = {
    customer: 'c-4711',
    outcome: 'MAIL',
    arm: 'EXPLORATION',
    reasons: ['RANDOM_EXPLORATION'],
    score: null,
    rank: null,
  };
  const { threshold, capacity, holdoutShare } = CAMPAIGN.config;
  const selection: readonly RuleOutcome[] = [
    { rule: 'THRESHOLD', value: null, limit: threshold, verdict: 'NOT_JUDGED', setting: true },
    { rule: 'CAPACITY', value: null, limit: capacity, verdict: 'NOT_JUDGED', setting: true },
    { rule: 'HOLDOUT', value: 0.618, limit: holdoutShare, verdict: 'PASS', setting: true },
    { rule: 'EXPLORATION', value: true, limit: null, verdict: 'PASS', setting: false },
  ];
  const found = { attribution: null, counterfactual: null };
  const explained = record(decision, [...EVERY_RULE, ...selection], mail, found);
  return {
    ...explained,
    facts: { ...explained.facts, asOf: '2026-11-15' },
    drawn: {
      batch: '0d9b4a52-3f0c-4f53-9a62-5c0f9d2b6c11',
      at: new Date('2026-11-20T08:00:00Z'),
      dropped,
    },
  };
}

function record(
  decision: Decision,
  rules: readonly RuleOutcome[],
  mail: MailOutcome | null,
  found: Pick<ExplanationFacts, 'attribution' | 'counterfactual'>,
): ExplainedDecision {
  return {
    week: '2026-W47',
    campaign: CAMPAIGN,
    contract: CAMPAIGN.feed,
    card: CARD,
    config: { number: 7, settings: CAMPAIGN.config },
    dataUses: CAMPAIGN.dataUses,
    decision,
    facts: { format: 'explanation/1', asOf: '2026-11-22', consentedOn: '2025-03-14', rules, ...found },
    mail,
  };
}
