import { Field, ID, Int, ObjectType } from 'type-graphql';
import { REPRODUCTION_VERDICTS, type ReproductionVerdict } from '../domain/reproduction.ts';
import { Run } from './run.type.ts';
import { DateTimeScalar, DigestScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

export const ReproductionVerdictEnum = wordEnum(
  'ReproductionVerdict',
  REPRODUCTION_VERDICTS,
  'What came of executing a past run again.',
  {
    IDENTICAL: 'To the last bit.',
    WITHIN_TOLERANCE: 'Every decision the same, some scores other in their last digits.',
    DIVERGED: 'A decision came out otherwise.',
    BROKEN_RECORD: 'The record is missing something, or was altered.',
  },
);

@ObjectType({ description: 'A decision that came out otherwise than it was recorded.' })
export class DecisionDifference {
  @Field(() => ID, { description: 'The party id.' })
  readonly customer!: string;

  @Field(() => String, { description: 'The decision as it was recorded.' })
  readonly recorded!: string;

  @Field(() => String, { description: 'The decision as it came out again.' })
  readonly reproduced!: string;
}

/** Its run and its differences are answered by its resolver. */
@ObjectType({ description: 'A past run executed again from its record, and compared decision by decision.' })
export class Reproduction {
  @Field(() => ID, { description: 'Its id.' })
  readonly id!: string;

  @Field(() => DateTimeScalar, { description: 'When it was executed again.' })
  readonly at!: Date;

  @Field(() => ID, { description: 'Who had it done.' })
  readonly by!: string;

  @Field(() => ReproductionVerdictEnum, { description: 'What came of it.' })
  readonly verdict!: ReproductionVerdict;

  @Field(() => Int, { description: 'Decisions that were compared.' })
  readonly compared!: number;

  @Field(() => Int, { description: 'Decisions that came out otherwise.' })
  readonly differing!: number;

  @Field(() => Int, { description: 'Decisions of customers who were erased since.' })
  readonly erased!: number;

  @Field(() => DigestScalar, { description: 'The Merkle root as it came out again.' })
  readonly decisionRoot!: string;

  @Field(() => DigestScalar, { description: 'The Merkle root as it was recorded.' })
  readonly recordedRoot!: string;

  @Field(() => [String], { description: 'What of the record is missing or altered.' })
  readonly faults!: readonly string[];

  @Field(() => [String], { description: 'In what the surroundings differ from those of then.' })
  readonly environmentDiffers!: readonly string[];

  @Field(() => String, { description: 'For a person to read; signed with the key of the audit log.' })
  readonly certificate!: string;

  @Field(() => Run, { description: 'The run that was executed again.' })
  readonly run!: Run;

  @Field(() => [DecisionDifference], { description: 'The first ten; who was erased is not among them.' })
  readonly firstDifferences!: readonly DecisionDifference[];
}

@ObjectType({ description: 'What came of executing a past run again.' })
export class ReproduceRunPayload {
  @Field(() => Reproduction, { description: 'The reproduction.' })
  readonly reproduction!: Reproduction;
}
