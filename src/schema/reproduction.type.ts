import { Field, ID, Int, ObjectType } from 'type-graphql';
import { REPRODUCTION_VERDICTS, type ReproductionVerdict } from '../domain/reproduction.ts';
import { Run } from './run.type.ts';
import { DateTimeScalar, DigestScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

export const ReproductionVerdictEnum = wordEnum(
  'ReproductionVerdict',
  REPRODUCTION_VERDICTS,
  'What came of executing a past run again.',
);

@ObjectType({ description: 'A decision that came out otherwise than it was recorded.' })
export class DecisionDifference {
  @Field(() => ID)
  readonly customer!: string;

  @Field(() => String)
  readonly recorded!: string;

  @Field(() => String)
  readonly reproduced!: string;
}

/** Its run and its differences are answered by its resolver. */
@ObjectType({ description: 'A past run executed again from its record, and compared decision by decision.' })
export class Reproduction {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => DateTimeScalar)
  readonly at!: Date;

  @Field(() => ID)
  readonly by!: string;

  @Field(() => ReproductionVerdictEnum)
  readonly verdict!: ReproductionVerdict;

  @Field(() => Int)
  readonly compared!: number;

  @Field(() => Int)
  readonly differing!: number;

  @Field(() => Int)
  readonly erased!: number;

  @Field(() => DigestScalar)
  readonly decisionRoot!: string;

  @Field(() => DigestScalar)
  readonly recordedRoot!: string;

  @Field(() => [String], { description: 'What of the record is missing or altered.' })
  readonly faults!: readonly string[];

  @Field(() => [String], { description: 'In what the surroundings differ from those of then.' })
  readonly environmentDiffers!: readonly string[];

  @Field(() => String, { description: 'For a person to read; signed with the key of the audit log.' })
  readonly certificate!: string;

  @Field(() => Run)
  readonly run!: Run;

  @Field(() => [DecisionDifference], { description: 'The first ten; who was erased is not among them.' })
  readonly firstDifferences!: readonly DecisionDifference[];
}

@ObjectType()
export class ReproduceRunPayload {
  @Field(() => Reproduction)
  readonly reproduction!: Reproduction;
}
