import { ELIGIBILITY_REASONS } from '../../src/domain/decision.ts';
import type { Counterfactual, ExplainedDecision, MailOutcome } from '../../src/domain/explanation.ts';
import { barred, type Chosen, drawn, scored } from './explained-decisions.ts';

const APPROVED_AT = new Date('2026-11-24T10:30:00Z');
const RELEASED_AT = new Date('2026-11-24T13:05:00Z');

/** A batch that was approved and released. */
export const RELEASED: MailOutcome = {
  status: 'RELEASED',
  removal: null,
  approvedAt: APPROVED_AT,
  releasedAt: RELEASED_AT,
};

const REMOVAL = {
  by: 'olga',
  at: new Date('2026-11-23T09:12:00Z'),
  note: 'proceeds of a house on their way to the next',
};

/** Lower by as much as leaves the score below the threshold. */
const LESS_GROWTH: Counterfactual = {
  feature: 'growth',
  from: 1234.5,
  to: 310,
  scoreAfter: 0.0341,
  outcomeAfter: 'NOT_CHOSEN',
};
/** Lower by as much as leaves no place, though the score still reaches the threshold. */
const CROWDED_OUT: Counterfactual = { ...LESS_GROWTH, to: 480, scoreAfter: 0.0355 };
const MORE_BALANCE: Counterfactual = {
  feature: 'balance',
  from: 18_250.75,
  to: 24_000,
  scoreAfter: 0.0353,
  outcomeAfter: 'MAIL',
};

const CHOSEN: Chosen = {
  outcome: 'MAIL',
  arm: 'MODEL',
  reasons: ['ABOVE_THRESHOLD'],
  counterfactual: LESS_GROWTH,
};
const BELOW = { score: 0.0187, rank: 1204 };
const BEYOND = { score: 0.0356, rank: 431 };

/** Every outcome that a customer can have, by the name that docs/letters.md gives it. */
export const EVERY_OUTCOME: Readonly<Record<string, ExplainedDecision>> = {
  'MAIL by the model, released': scored({ ...CHOSEN, mail: RELEASED }),
  'MAIL by the model, approved and not released': scored({
    ...CHOSEN,
    mail: { ...RELEASED, status: 'PROPOSED', releasedAt: null },
  }),
  'MAIL by the model, proposed': scored({
    ...CHOSEN,
    mail: { status: 'PROPOSED', removal: null, approvedAt: null, releasedAt: null },
  }),
  'MAIL by the model, removed by the reviewer': scored({
    ...CHOSEN,
    mail: {
      ...RELEASED,
      status: 'REMOVED',
      removal: REMOVAL,
    },
  }),
  'MAIL by the model, batch rejected': scored({
    ...CHOSEN,
    mail: { status: 'REJECTED', removal: null, approvedAt: null, releasedAt: null },
  }),
  'MAIL by the model, dropped at the release': scored({
    ...CHOSEN,
    mail: { ...RELEASED, status: 'DROPPED' },
  }),
  'MAIL by the model, no batch drawn': scored(CHOSEN),
  'MAIL by the model, released; with less there would have been no place': scored({
    ...CHOSEN,
    mail: RELEASED,
    counterfactual: CROWDED_OUT,
  }),
  'MAIL by exploration, below the threshold': scored({
    outcome: 'MAIL',
    arm: 'EXPLORATION',
    reasons: ['RANDOM_EXPLORATION', 'BELOW_THRESHOLD'],
    ...BELOW,
    mail: RELEASED,
  }),
  'MAIL by exploration, over capacity': scored({
    outcome: 'MAIL',
    arm: 'EXPLORATION',
    reasons: ['RANDOM_EXPLORATION', 'CAPACITY', 'ABOVE_THRESHOLD'],
    ...BEYOND,
    mail: RELEASED,
  }),
  HELD_OUT: scored({
    outcome: 'HELD_OUT',
    arm: 'HOLDOUT',
    reasons: ['RANDOM_HOLDOUT', 'ABOVE_THRESHOLD'],
    counterfactual: LESS_GROWTH,
  }),
  'NOT_CHOSEN, below the threshold': scored({
    outcome: 'NOT_CHOSEN',
    reasons: ['BELOW_THRESHOLD'],
    ...BELOW,
    counterfactual: MORE_BALANCE,
  }),
  'NOT_CHOSEN, over capacity': scored({
    outcome: 'NOT_CHOSEN',
    reasons: ['CAPACITY', 'ABOVE_THRESHOLD'],
    ...BEYOND,
    counterfactual: MORE_BALANCE,
  }),
  'DRAWN while the engine was off, released': drawn(RELEASED),
  'DRAWN while the engine was off, proposed': drawn({
    status: 'PROPOSED',
    removal: null,
    approvedAt: null,
    releasedAt: null,
  }),
  'DRAWN while the engine was off, removed by the reviewer': drawn({
    ...RELEASED,
    status: 'REMOVED',
    removal: REMOVAL,
  }),
  'DRAWN while the engine was off, dropped at the release': drawn(
    { ...RELEASED, status: 'DROPPED' },
    'CONTACT_PRESSURE',
  ),
  'DRAWN while the engine was off, released; not chosen by the run of the week': {
    ...scored({ outcome: 'NOT_CHOSEN', reasons: ['BELOW_THRESHOLD'], ...BELOW }),
    beside: drawn(RELEASED),
  },
  'DRAWN while the engine was off, rejected; chosen by the run of the week, released': {
    ...scored({ ...CHOSEN, mail: RELEASED }),
    beside: drawn({ status: 'REJECTED', removal: null, approvedAt: null, releasedAt: null }),
  },
  'DRAWN while the engine was off, released; barred in the run of the week': {
    ...barred('IN_FLOW'),
    beside: drawn(RELEASED),
  },
  'DRAWN while the engine was off, released; no legal basis recorded': { ...drawn(RELEASED), dataUses: [] },
  'NOT_ELIGIBLE, several reasons': barred('HOLDS_PRODUCT', 'FRAUD_FLAG', 'RECENTLY_MAILED'),
  ...Object.fromEntries(ELIGIBILITY_REASONS.map((reason) => [`NOT_ELIGIBLE, ${reason}`, barred(reason)])),
};
