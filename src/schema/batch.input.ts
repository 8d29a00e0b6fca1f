import { Field, ID, InputType, Int } from 'type-graphql';
import type { SampleVerdict } from '../domain/batch.ts';
import { SampleVerdictEnum } from './batch.type.ts';

@InputType({ description: 'Names a batch.' })
export class BatchInput {
  @Field(() => ID, { description: 'The id of the batch.' })
  readonly batchId!: string;
}

@InputType({ description: 'Draws a fallback batch.' })
export class FallbackBatchInput {
  @Field(() => String, { description: 'The key of the campaign, whose engine is paused.' })
  readonly campaign!: string;

  @Field(() => Int, { description: 'How many customers are drawn at random, where there are as many.' })
  readonly size!: number;

  @Field(() => String, { description: 'Why the engine does not pick them.' })
  readonly note!: string;
}

@InputType({ description: 'Names a batch, and says why.' })
export class BatchNoteInput {
  @Field(() => ID, { description: 'The id of the batch.' })
  readonly batchId!: string;

  @Field(() => String, { description: 'Why.' })
  readonly note!: string;
}

@InputType({ description: 'A verdict on a customer of the review sample.' })
export class ReviewSampleInput {
  @Field(() => ID, { description: 'The id of the batch.' })
  readonly batchId!: string;

  @Field(() => ID, { description: 'A customer of its review sample.' })
  readonly customer!: string;

  @Field(() => SampleVerdictEnum, { description: 'What the reviewer found.' })
  readonly verdict!: SampleVerdict;

  @Field(() => String, { nullable: true, description: 'What is to be said about it.' })
  readonly note?: string | null;
}

@InputType({ description: 'Takes a customer out of a batch.' })
export class RemoveFromBatchInput {
  @Field(() => ID, { description: 'The id of the batch.' })
  readonly batchId!: string;

  @Field(() => ID, { description: 'A recipient of the batch.' })
  readonly customer!: string;

  @Field(() => String, { description: 'Why this customer is taken out.' })
  readonly note!: string;
}
