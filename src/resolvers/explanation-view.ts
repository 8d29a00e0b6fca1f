import type { Audience } from '../domain/explanation.ts';
import type { Explanation, RuleOutcome } from '../schema/explanation.type.ts';
import type { Language } from '../schema/language.enum.ts';
import type { RecordedDecision } from '../store/decision.reads.ts';
import type { Explanation as Explained } from '../use-cases/read-explanation.ts';

/** An explanation as the API shows it, with what its nested fields are looked up by. */
export type ExplanationView = Omit<Explanation, 'decision' | 'beside'> & {
  readonly decision: RecordedDecision;
  /** Null of a draw. */
  readonly modelId: string | null;
  readonly beside: ExplanationView | null;
  readonly configId: string;
};

/** Shows an explanation to its audience: a customer's has no number of the model's, nor anything that leads to one. */
export function explanationView(
  explained: Explained,
  audience: Audience,
  language: Language,
): ExplanationView {
  const { decision, recorded, words, texts, beside } = explained;
  const { config, week, modelId } = recorded;
  const shown = {
    audience,
    language,
    title: words.title,
    text: words.text,
    textVersion: texts,
    outcome: decision.outcome,
    reasons: words.reasons,
    dataUsed: words.dataUsed,
    dataNotUsed: words.dataNotUsed,
    legalBasis: words.legalBasis,
    objection: words.objection,
    contact: words.contact,
    week,
    modelId,
    configId: config.id,
    beside: beside === null ? null : explanationView(beside, audience, language),
  };
  if (audience === 'CUSTOMER') return { ...shown, ...WITHHELD, decision: toldDecision(explained) };
  const { attribution } = explained.facts;
  return {
    ...shown,
    decision,
    rules: rulesOf(explained),
    score: decision.score,
    threshold: config.settings.threshold,
    baseline: attribution?.baseline ?? null,
    method: attribution?.method ?? null,
    contributions: words.contributions,
    counterfactual: words.counterfactual,
  };
}

const WITHHELD = {
  rules: [],
  score: null,
  threshold: null,
  baseline: null,
  method: null,
  contributions: [],
  counterfactual: null,
} as const;

/** The reason that tells of each arm. */
const TOLD_BY = { MODEL: 'ABOVE_THRESHOLD', HOLDOUT: 'RANDOM_HOLDOUT', EXPLORATION: 'RANDOM_EXPLORATION' };

/**
 * A decision as the customer is told of it. Without the salt its leaf is still seen to stand in the tree, but nobody finds the score by
 * trying.
 */
function toldDecision({ decision, words }: Explained): RecordedDecision {
  const reasons = words.reasons.map(({ reason }) => reason);
  const armIsTold = reasons.some((reason) => decision.arm !== null && reason === TOLD_BY[decision.arm]);
  return {
    ...decision,
    arm: armIsTold ? decision.arm : null,
    reasons,
    score: null,
    rank: null,
    salt: new Uint8Array(0),
  };
}

function rulesOf({ facts, recorded }: Explained): readonly RuleOutcome[] {
  const numberOf = (value: number | boolean | null) => (value === null ? null : Number(value));
  return facts.rules.map(({ rule, value, limit, verdict, setting }) => ({
    rule,
    value: numberOf(value),
    limit: numberOf(limit),
    verdict,
    configVersion: setting ? recorded.config.number : null,
  }));
}
