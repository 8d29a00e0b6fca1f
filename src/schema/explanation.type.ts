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

export const AudienceEnum = wordEnum('Audience', AUDIENCES, 'For whom an explanation is.', {
  INTERNAL: 'For inside, with every rule and every contribution.',
  CUSTOMER: 'For the customer, in plain language and without amounts.',
});
export const RuleEnum = wordEnum('Rule', RULES, 'A rule by which a run decides, in the order of judging.', {
  NOT_PRIVATE: 'Private customers only.',
  HOLDS_PRODUCT: 'Nobody who has the product.',
  NO_OPT_IN: 'Only who opted in.',
  OPTED_OUT: 'Nobody who opted out.',
  UNDER_AGE: 'Nobody under 18.',
  AGE_OUT_OF_RANGE: 'Within the ages of the settings.',
  DECEASED: 'Nobody deceased.',
  FRAUD_FLAG: 'Nobody flagged for fraud.',
  NOT_A_CUSTOMER: 'Nobody whose relationship has ended.',
  ADDRESS_BOUNCED: 'Nobody whose mail address bounced.',
  QUIET_LIST: 'Nobody on the quiet list.',
  IN_FLOW: 'Nobody in a flow of the campaign.',
  RECENTLY_MAILED: 'Nobody within the weeks of rest.',
  CONTACT_PRESSURE: 'Nobody whom the bank mails too often already.',
  DATA_INCOMPLETE: 'Nobody who lacks what the model needs to know.',
  THRESHOLD: 'The score is at or above the threshold.',
  CAPACITY: 'The rank is within the capacity.',
  HOLDOUT: 'Not drawn into the holdout.',
  EXPLORATION: 'Drawn into the exploration.',
});
export const RuleVerdictEnum = wordEnum('RuleVerdict', RULE_VERDICTS, 'What a rule says of a customer.', {
  PASS: 'The rule lets the customer through.',
  FAIL: 'The rule bars the customer.',
  NOT_JUDGED: 'Nothing came so far, or the feed contract leaves the column out.',
});
export const AttributionMethodEnum = wordEnum(
  'AttributionMethod',
  ATTRIBUTION_METHODS,
  'How the score was shared out over the features.',
  {
    TREES: 'Exact Shapley values, from the trees of the model.',
    COALITIONS: 'Exact Shapley values, from every set of features.',
    SAMPLED: 'Approximate Shapley values, each with its standard error.',
  },
);

@ObjectType({ description: 'A reason in words.' })
export class ReasonText {
  @Field(() => ReasonEnum, { description: 'The reason.' })
  readonly reason!: Reason;

  @Field(() => String, { description: 'The same in words.' })
  readonly text!: string;
}

@ObjectType({ description: 'A column that a feature was computed from, as it stood in the feed.' })
export class ContributionPart {
  @Field(() => String, { description: 'Its name in the feed contract.' })
  readonly column!: string;

  @Field(() => String, { description: 'What it is called.' })
  readonly label!: string;

  @Field(() => String, { description: 'Its value as a person reads it.' })
  readonly display!: string;
}

@ObjectType({ description: 'What one feature added to the score, or took from it: its Shapley value.' })
export class Contribution {
  @Field(() => String, { description: 'Its name in the card.' })
  readonly feature!: string;

  @Field(() => String, { description: 'What it is called.' })
  readonly label!: string;

  @Field(() => Float, { description: 'What the model got.' })
  readonly value!: number;

  @Field(() => String, { description: 'The same as a person reads it.' })
  readonly display!: string;

  @Field(() => Float, { description: 'Of the score; with the baseline and all others it adds up to it.' })
  readonly contribution!: number;

  @Field(() => Float, { nullable: true, description: 'Of a sampled value; null where it is exact.' })
  readonly standardError!: number | null;

  @Field(() => [ContributionPart], { description: 'The columns that it was computed from.' })
  readonly parts!: readonly ContributionPart[];
}

@ObjectType({
  description:
    'The smallest change of one changeable feature that turns the outcome, found by executing the model of the week.',
})
export class Counterfactual {
  @Field(() => String, { description: 'Its name in the card.' })
  readonly feature!: string;

  @Field(() => String, { description: 'What it is called.' })
  readonly label!: string;

  @Field(() => Float, { description: 'What the model got.' })
  readonly from!: number;

  @Field(() => Float, { description: 'What it would have taken.' })
  readonly to!: number;

  @Field(() => Float, { description: 'The score that the model then gives.' })
  readonly scoreAfter!: number;

  @Field(() => OutcomeEnum, { description: 'The outcome that follows.' })
  readonly outcomeAfter!: Outcome;

  @Field(() => String, { description: 'The same as a sentence.' })
  readonly text!: string;
}

@ObjectType({ description: 'A kind of data that was used, for what, and whence it came.' })
export class DataUsedText {
  @Field(() => String, { description: 'What it is called to customers.' })
  readonly label!: string;

  @Field(() => String, { description: 'What it was used for.' })
  readonly purpose!: string;

  @Field(() => String, { description: 'Where it came from.' })
  readonly source!: string;

  @Field(() => DateScalar, { description: 'The day of which it is.' })
  readonly asOf!: string;
}

@ObjectType({
  description: 'How one rule fell out; a rule of two limits has two of these. A flag is 1 or 0.',
})
export class RuleOutcome {
  @Field(() => RuleEnum, { description: 'The rule.' })
  readonly rule!: Rule;

  @Field(() => Float, { nullable: true, description: 'What the record holds; null when missing.' })
  readonly value!: number | null;

  @Field(() => Float, { nullable: true, description: 'What it is held against, in the same unit.' })
  readonly limit!: number | null;

  @Field(() => RuleVerdictEnum, { description: 'How it fell out.' })
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

  @Field(() => AudienceEnum, { description: 'For whom it is.' })
  readonly audience!: Audience;

  @Field(() => LanguageEnum, { description: 'In which language.' })
  readonly language!: Language;

  @Field(() => String, { description: 'Its heading.' })
  readonly title!: string;

  @Field(() => String, { description: 'Plain language, ready to send.' })
  readonly text!: string;

  @Field(() => String, { description: 'The version of the texts that it was written with.' })
  readonly textVersion!: string;

  @Field(() => OutcomeEnum, { description: 'What was decided.' })
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

  @Field(() => [DataUsedText], { description: 'The kinds of data that were used.' })
  readonly dataUsed!: readonly DataUsedText[];

  @Field(() => [String], { description: 'The kinds of data that are never used.' })
  readonly dataNotUsed!: readonly string[];

  @Field(() => String, { description: 'Why the use is lawful, with the date of consent.' })
  readonly legalBasis!: string;

  @Field(() => String, { description: 'How to object.' })
  readonly objection!: string;

  @Field(() => String, { description: 'Whom to ask.' })
  readonly contact!: string;

  @Field(() => IsoWeekScalar, { description: 'The week that was decided.' })
  readonly week!: string;

  @Field(() => Explanation, {
    nullable: true,
    description:
      'The draw into a fallback batch of that week, beside what its run decided; title and text tell both.',
  })
  readonly beside!: Explanation | null;
}
