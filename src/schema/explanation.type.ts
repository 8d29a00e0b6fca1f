import { Field, Float, Int, ObjectType } from 'type-graphql';
import { ELIGIBILITY_REASONS, type Outcome, type Reason } from '../domain/decision.ts';
import { AUDIENCES, type Audience, type Rule, type RuleOutcome as RuleFacts } from '../domain/explanation.ts';
import { ATTRIBUTION_METHODS, type AttributionMethod } from '../domain/shapley.ts';
import { Decision, OutcomeEnum, ReasonEnum } from './decision.type.ts';
import { type Language, LanguageEnum } from './language.enum.ts';
import { DateScalar, IsoWeekScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

const RULES = [
  ...ELIGIBILITY_REASONS,
  'THRESHOLD',
  'CAPACITY',
  'HOLDOUT',
  'EXPLORATION',
] as const satisfies readonly Rule[];
const RULE_VERDICTS = ['PASS', 'FAIL', 'NOT_JUDGED'] as const satisfies readonly RuleFacts['verdict'][];

export const AudienceEnum = wordEnum(
  'Audience',
  AUDIENCES,
  'INTERNAL: for the bank. CUSTOMER: in plain language, without amounts, ready to be said to the customer.',
);
export const RuleEnum = wordEnum('Rule', RULES, 'A rule by which a run decides, in the order of judging.');
export const RuleVerdictEnum = wordEnum(
  'RuleVerdict',
  RULE_VERDICTS,
  'NOT_JUDGED: nothing came so far, or the feed contract leaves the column out.',
);
export const AttributionMethodEnum = wordEnum(
  'AttributionMethod',
  ATTRIBUTION_METHODS,
  'TREES, COALITIONS: exact Shapley values. SAMPLED: approximate, each with its standard error.',
);

@ObjectType({ description: 'A reason in words.' })
export class ReasonText {
  @Field(() => ReasonEnum)
  readonly reason!: Reason;

  @Field(() => String)
  readonly text!: string;
}

@ObjectType({ description: 'A column that a feature was computed from, as it stood in the feed.' })
export class ContributionPart {
  @Field(() => String)
  readonly column!: string;

  @Field(() => String)
  readonly label!: string;

  @Field(() => String)
  readonly display!: string;
}

@ObjectType({ description: 'What one feature added to the score, or took from it: its Shapley value.' })
export class Contribution {
  @Field(() => String)
  readonly feature!: string;

  @Field(() => String)
  readonly label!: string;

  @Field(() => Float)
  readonly value!: number;

  @Field(() => String)
  readonly display!: string;

  @Field(() => Float)
  readonly contribution!: number;

  @Field(() => Float, { nullable: true, description: 'Of a sampled value; null where it is exact.' })
  readonly standardError!: number | null;

  @Field(() => [ContributionPart])
  readonly parts!: readonly ContributionPart[];
}

@ObjectType({
  description:
    'The smallest change of one changeable feature that turns the outcome, found by executing the model of the week.',
})
export class Counterfactual {
  @Field(() => String)
  readonly feature!: string;

  @Field(() => String)
  readonly label!: string;

  @Field(() => Float)
  readonly from!: number;

  @Field(() => Float)
  readonly to!: number;

  @Field(() => Float)
  readonly scoreAfter!: number;

  @Field(() => OutcomeEnum)
  readonly outcomeAfter!: Outcome;

  @Field(() => String)
  readonly text!: string;
}

@ObjectType({ description: 'A kind of data that was used, for what, and whence it came.' })
export class DataUsedText {
  @Field(() => String)
  readonly label!: string;

  @Field(() => String)
  readonly purpose!: string;

  @Field(() => String)
  readonly source!: string;

  @Field(() => DateScalar)
  readonly asOf!: string;
}

@ObjectType({
  description: 'How one rule fell out; a rule of two limits has two of these. A flag is 1 or 0.',
})
export class RuleOutcome {
  @Field(() => RuleEnum)
  readonly rule!: Rule;

  @Field(() => Float, { nullable: true, description: 'What the record holds; null when missing.' })
  readonly value!: number | null;

  @Field(() => Float, { nullable: true, description: 'What it is held against, in the same unit.' })
  readonly limit!: number | null;

  @Field(() => RuleVerdictEnum)
  readonly verdict!: RuleFacts['verdict'];

  @Field(() => Int, {
    nullable: true,
    description: 'The number of the config version that set the limit; null where law, feed or flow do.',
  })
  readonly configVersion!: number | null;
}

/** Its model and config are answered by the explanation's resolver. */
@ObjectType({ description: "Why a customer got their decision, from that week's record." })
export class Explanation {
  @Field(() => Decision, {
    description: 'For CUSTOMER without score, rank and salt, and with the reasons that the text tells.',
  })
  readonly decision!: Decision;

  @Field(() => AudienceEnum)
  readonly audience!: Audience;

  @Field(() => LanguageEnum)
  readonly language!: Language;

  @Field(() => String)
  readonly title!: string;

  @Field(() => String, { description: 'Plain language, ready to send.' })
  readonly text!: string;

  @Field(() => String, { description: 'The version of the texts that it was written with.' })
  readonly textVersion!: string;

  @Field(() => OutcomeEnum)
  readonly outcome!: Outcome;

  @Field(() => [ReasonText], { description: 'The decisive one first.' })
  readonly reasons!: readonly ReasonText[];

  @Field(() => [RuleOutcome], { description: 'INTERNAL only; empty for CUSTOMER.' })
  readonly rules!: readonly RuleOutcome[];

  @Field(() => Float, { nullable: true, description: 'INTERNAL only.' })
  readonly score!: number | null;

  @Field(() => Float, { nullable: true, description: 'INTERNAL only.' })
  readonly threshold!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'INTERNAL only: with all contributions it adds up to the score.',
  })
  readonly baseline!: number | null;

  @Field(() => AttributionMethodEnum, { nullable: true, description: 'INTERNAL only.' })
  readonly method!: AttributionMethod | null;

  @Field(() => [Contribution], {
    description: 'INTERNAL only; empty for CUSTOMER and for whoever was not scored.',
  })
  readonly contributions!: readonly Contribution[];

  @Field(() => Counterfactual, {
    nullable: true,
    description: 'INTERNAL only; null where no change of one changeable feature turns the outcome.',
  })
  readonly counterfactual!: Counterfactual | null;

  @Field(() => [DataUsedText])
  readonly dataUsed!: readonly DataUsedText[];

  @Field(() => [String])
  readonly dataNotUsed!: readonly string[];

  @Field(() => String)
  readonly legalBasis!: string;

  @Field(() => String)
  readonly objection!: string;

  @Field(() => String)
  readonly contact!: string;

  @Field(() => IsoWeekScalar)
  readonly week!: string;

  @Field(() => Explanation, {
    nullable: true,
    description:
      'The draw into a fallback batch of that week, beside what its run decided; title and text tell both.',
  })
  readonly beside!: Explanation | null;
}
