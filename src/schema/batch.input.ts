import { Field, ID, InputType, Int } from 'type-graphql';
import type { SampleVerdict } from '../domain/batch.ts';
import { SampleVerdictEnum } from './batch.type.ts';

@InputType()
export class BatchInput {
  @Field(() => ID)
  readonly batchId!: string;
}

@InputType()
export class FallbackBatchInput {
  @Field(() => String)
  readonly campaign!: string;

  @Field(() => Int, { description: 'How many customers are drawn at random, where there are as many.' })
  readonly size!: number;

  @Field(() => String, { description: 'Why the engine does not pick them.' })
  readonly note!: string;
}

@InputType()
export class BatchNoteInput {
  @Field(() => ID)
  readonly batchId!: string;

  @Field(() => String)
  readonly note!: string;
}

@InputType()
export class ReviewSampleInput {
  @Field(() => ID)
  readonly batchId!: string;

  @Field(() => ID)
  readonly customer!: string;

  @Field(() => SampleVerdictEnum)
  readonly verdict!: SampleVerdict;

  @Field(() => String, { nullable: true })
  readonly note?: string | null;
}

@InputType()
export class RemoveFromBatchInput {
  @Field(() => ID)
  readonly batchId!: string;

  @Field(() => ID)
  readonly customer!: string;

  @Field(() => String, { description: 'Why this customer is taken out.' })
  readonly note!: string;
}
