import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { type JudgedGate, MODEL_STATUSES, type ModelStatus } from '../domain/model-version.ts';
import { connectionOf } from './connection.type.ts';
import { DateTimeScalar, DigestScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

const GATE_VERDICTS = ['PASS', 'WARN', 'FAIL'] as const satisfies readonly JudgedGate['verdict'][];

export const ModelStatusEnum = wordEnum('ModelStatus', MODEL_STATUSES, 'How far a model version is.', {
  REGISTERED: 'It waits for the gates.',
  VALIDATED: 'No gate refused it; it waits for approval.',
  APPROVED: 'It may be activated.',
  LIVE: 'In production.',
  RETIRED: 'Was in production.',
  REFUSED: 'A gate refused it.',
});
export const GateVerdictEnum = wordEnum('GateVerdict', GATE_VERDICTS, 'What a gate says.', {
  PASS: 'Within the limits.',
  WARN: 'Takes a written acceptance by compliance.',
  FAIL: 'Bars approval.',
});

@ObjectType({ description: 'One input of the model.' })
export class Feature {
  @Field(() => String, { description: 'Its name in the card.' })
  readonly name!: string;

  @Field(() => String, { description: 'What it is called.' })
  readonly label!: string;

  @Field(() => String, { nullable: true, description: 'Such as EUR or years.' })
  readonly unit!: string | null;

  @Field(() => String, { description: 'What it means; empty where the card says no more.' })
  readonly description!: string;

  @Field(() => [String], { description: 'The columns of the feed that it is computed from.' })
  readonly columns!: readonly string[];

  @Field(() => Int, { nullable: true, description: 'The sign of its declared influence on the score.' })
  readonly expectedDirection!: number | null;
}

@ObjectType({ description: 'One row of a figure.' })
export class GateFigureRow {
  @Field(() => String, { description: 'Which week or feature it is.' })
  readonly label!: string;

  @Field(() => [Float], {
    nullable: 'items',
    description: 'One for each column; null where there is no number.',
  })
  readonly values!: readonly (number | null)[];
}

@ObjectType({ description: 'A table that a person can judge a gate by, to be read or drawn.' })
export class GateFigure {
  @Field(() => String, { description: 'What it shows.' })
  readonly name!: string;

  @Field(() => String, { description: 'What the rows are: a week, a feature.' })
  readonly rowName!: string;

  @Field(() => [String], { description: 'What the values of a row are, in order.' })
  readonly columns!: readonly string[];

  @Field(() => [GateFigureRow], { description: 'The rows.' })
  readonly rows!: readonly GateFigureRow[];
}

@ObjectType({ description: 'A test that a model version has to pass.' })
export class Gate {
  @Field(() => String, { description: 'Its name, such as WEEK_KEY.' })
  readonly name!: string;

  @Field(() => GateVerdictEnum, { description: 'What came of it.' })
  readonly verdict!: JudgedGate['verdict'];

  @Field(() => String, { description: 'What was measured, as a person reads it.' })
  readonly measured!: string;

  @Field(() => String, { description: 'The limit, as a person reads it.' })
  readonly limit!: string;

  @Field(() => String, { description: 'What that means.' })
  readonly message!: string;

  @Field(() => [GateFigure], {
    description: 'What it was judged by; none of versions from before they were kept.',
  })
  readonly figures!: readonly GateFigure[];

  @Field(() => ID, { nullable: true, description: 'Who accepted that it warns; null where nobody did.' })
  readonly acceptedBy!: string | null;

  @Field(() => String, { nullable: true, description: 'Why, in writing.' })
  readonly acceptance!: string | null;
}

/** Its campaign is answered by the model's resolver. */
@ObjectType({
  description: 'A registered model package: content-addressed, validated, signed off, activated.',
})
export class ModelVersion {
  @Field(() => ID, { description: 'Its id.' })
  readonly id!: string;

  @Field(() => String, { description: 'Its name in the card.' })
  readonly name!: string;

  @Field(() => String, { description: 'Its version in the card.' })
  readonly version!: string;

  @Field(() => ModelStatusEnum, { description: 'How far it is.' })
  readonly status!: ModelStatus;

  @Field(() => DigestScalar, { description: 'Of the whole package.' })
  readonly digest!: string;

  @Field(() => ID, { description: 'Who registered it.' })
  readonly registeredBy!: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  readonly registeredAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was judged last.' })
  readonly judgedAt!: Date | null;

  @Field(() => ID, { nullable: true, description: 'Who approved it; null before.' })
  readonly approvedBy!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it went into production last; null before.',
  })
  readonly liveFrom!: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it left production last; null while it is there, and before.',
  })
  readonly liveUntil!: Date | null;

  @Field(() => [Feature], { description: 'The inputs of the model, in their order.' })
  readonly features!: readonly Feature[];

  @Field(() => [Gate], { description: 'What the gates found when it was judged last.' })
  readonly gates!: readonly Gate[];

  @Field(() => String, { description: 'What the builder made it for.' })
  readonly intendedUse!: string;

  @Field(() => [String], { description: 'When the builder says not to use it.' })
  readonly notToBeUsedWhen!: readonly string[];

  @Field(() => [String], { description: 'What the builder knows to be weak.' })
  readonly weaknesses!: readonly string[];

  @Field(() => String, { description: 'The weeks of its training rows.' })
  readonly trainedOn!: string;
}

export const ModelVersionConnection = connectionOf('ModelVersion', ModelVersion);

@ObjectType({ description: 'What became of a model version.' })
export class ModelVersionPayload {
  @Field(() => ModelVersion, { description: 'The version, as it is now.' })
  readonly model!: ModelVersion;
}
