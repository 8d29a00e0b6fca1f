import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { type JudgedGate, MODEL_STATUSES, type ModelStatus } from '../domain/model-version.ts';
import { connectionOf } from './connection.type.ts';
import { DateTimeScalar, DigestScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

const GATE_VERDICTS = ['PASS', 'WARN', 'FAIL'] as const satisfies readonly JudgedGate['verdict'][];

export const ModelStatusEnum = wordEnum('ModelStatus', MODEL_STATUSES, 'How far a model version is.');
export const GateVerdictEnum = wordEnum(
  'GateVerdict',
  GATE_VERDICTS,
  'FAIL bars approval; WARN needs a written acceptance by compliance.',
);

@ObjectType({ description: 'One input of the model.' })
export class Feature {
  @Field(() => String)
  readonly name!: string;

  @Field(() => String)
  readonly label!: string;

  @Field(() => String, { nullable: true })
  readonly unit!: string | null;

  @Field(() => String)
  readonly description!: string;

  @Field(() => [String], { description: 'The columns of the feed that it is computed from.' })
  readonly columns!: readonly string[];

  @Field(() => Int, { nullable: true, description: 'The sign of its declared influence on the score.' })
  readonly expectedDirection!: number | null;
}

@ObjectType()
export class GateFigureRow {
  @Field(() => String)
  readonly label!: string;

  @Field(() => [Float], {
    nullable: 'items',
    description: 'One for each column; null where there is no number.',
  })
  readonly values!: readonly (number | null)[];
}

@ObjectType({ description: 'A table that a person can judge a gate by, to be read or drawn.' })
export class GateFigure {
  @Field(() => String)
  readonly name!: string;

  @Field(() => String, { description: 'What the rows are: a week, a feature.' })
  readonly rowName!: string;

  @Field(() => [String], { description: 'What the values of a row are, in order.' })
  readonly columns!: readonly string[];

  @Field(() => [GateFigureRow])
  readonly rows!: readonly GateFigureRow[];
}

@ObjectType({ description: 'A test that a model version has to pass.' })
export class Gate {
  @Field(() => String)
  readonly name!: string;

  @Field(() => GateVerdictEnum)
  readonly verdict!: JudgedGate['verdict'];

  @Field(() => String)
  readonly measured!: string;

  @Field(() => String)
  readonly limit!: string;

  @Field(() => String)
  readonly message!: string;

  @Field(() => [GateFigure])
  readonly figures!: readonly GateFigure[];

  @Field(() => ID, { nullable: true })
  readonly acceptedBy!: string | null;

  @Field(() => String, { nullable: true })
  readonly acceptance!: string | null;
}

/** Its campaign is answered by the model's resolver. */
@ObjectType({
  description: 'A registered model package: content-addressed, validated, signed off, activated.',
})
export class ModelVersion {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => String)
  readonly name!: string;

  @Field(() => String)
  readonly version!: string;

  @Field(() => ModelStatusEnum)
  readonly status!: ModelStatus;

  @Field(() => DigestScalar)
  readonly digest!: string;

  @Field(() => ID)
  readonly registeredBy!: string;

  @Field(() => DateTimeScalar)
  readonly registeredAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was judged last.' })
  readonly judgedAt!: Date | null;

  @Field(() => ID, { nullable: true })
  readonly approvedBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  readonly liveFrom!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true })
  readonly liveUntil!: Date | null;

  @Field(() => [Feature])
  readonly features!: readonly Feature[];

  @Field(() => [Gate])
  readonly gates!: readonly Gate[];

  @Field(() => String)
  readonly intendedUse!: string;

  @Field(() => [String])
  readonly notToBeUsedWhen!: readonly string[];

  @Field(() => [String])
  readonly weaknesses!: readonly string[];

  @Field(() => String, { description: 'The weeks of its training rows.' })
  readonly trainedOn!: string;
}

export const ModelVersionConnection = connectionOf('ModelVersion', ModelVersion);

@ObjectType()
export class ModelVersionPayload {
  @Field(() => ModelVersion)
  readonly model!: ModelVersion;
}
