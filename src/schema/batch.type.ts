import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { BATCH_STATUSES, type BatchStatus, SAMPLE_VERDICTS, type SampleVerdict } from '../domain/batch.ts';
import type { Arm, Reason } from '../domain/decision.ts';
import { connectionOf } from './connection.type.ts';
import { ArmEnum, ReasonEnum } from './decision.type.ts';
import { DateTimeScalar, DigestScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

export const BatchStatusEnum = wordEnum('BatchStatus', BATCH_STATUSES, 'How far a batch is.');
export const SampleVerdictEnum = wordEnum('SampleVerdict', SAMPLE_VERDICTS, 'What a reviewer found.');

@ObjectType({ description: 'Taken out of a batch by a reviewer.' })
export class Removal {
  @Field(() => ID)
  readonly by!: string;

  @Field(() => DateTimeScalar)
  readonly at!: Date;

  @Field(() => String)
  readonly note!: string;
}

/** Its decision is answered by the batch's resolver. */
@ObjectType({ description: 'A customer of a batch.' })
export class Recipient {
  @Field(() => ID)
  readonly customer!: string;

  @Field(() => ArmEnum)
  readonly arm!: Arm;

  @Field(() => Float, { nullable: true })
  readonly score!: number | null;

  @Field(() => Removal, { nullable: true })
  readonly removed!: Removal | null;

  @Field(() => ReasonEnum, {
    nullable: true,
    description: 'Why the customer was left out at release although approved: OPTED_OUT or QUIET_LIST.',
  })
  readonly dropped!: Reason | null;
}

export const RecipientConnection = connectionOf('Recipient', Recipient);

@ObjectType({ description: 'A recipient drawn for review, stratified by score and arm.' })
export class SampleItem {
  @Field(() => Recipient)
  readonly recipient!: Recipient;

  @Field(() => SampleVerdictEnum)
  readonly verdict!: SampleVerdict;

  @Field(() => ID, { nullable: true })
  readonly reviewer!: string | null;

  @Field(() => String, { nullable: true })
  readonly note!: string | null;
}

@ObjectType({ description: 'The file that the mail tool got.' })
export class HandOff {
  @Field(() => String)
  readonly file!: string;

  @Field(() => DigestScalar)
  readonly digest!: string;

  @Field(() => Int)
  readonly rows!: number;

  @Field(() => DateTimeScalar)
  readonly deliveredAt!: Date;
}

@ObjectType({
  description: 'How far the review of a batch is, in numbers: for whoever approves and may see no customer.',
})
export class BatchReview {
  @Field(() => Int)
  readonly pending!: number;

  @Field(() => Int)
  readonly fine!: number;

  @Field(() => Int)
  readonly wrong!: number;

  @Field(() => Int, { description: 'Taken out by the reviewer.' })
  readonly removed!: number;

  @Field(() => Int, { description: 'Left out at the release because of an objection or the quiet list.' })
  readonly dropped!: number;
}

/** Its run and recipients are answered by the batch's resolver. */
@ObjectType({ description: 'The recipients of a run that wait for human review.' })
export class Batch {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => BatchStatusEnum)
  readonly status!: BatchStatus;

  @Field(() => Int)
  readonly size!: number;

  @Field(() => DigestScalar, {
    description: 'Of the recipients and the config: what is approved is released.',
  })
  readonly digest!: string;

  @Field(() => Boolean, { description: 'Drawn at random while the engine is off.' })
  readonly fallback!: boolean;

  @Field(() => [SampleItem])
  readonly sample!: readonly SampleItem[];

  @Field(() => BatchReview)
  readonly review!: BatchReview;

  @Field(() => ID, { nullable: true })
  readonly submittedBy!: string | null;

  @Field(() => ID, { nullable: true })
  readonly approvedBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  readonly releasedAt!: Date | null;

  @Field(() => HandOff, { nullable: true })
  readonly handOff!: HandOff | null;
}

export const BatchConnection = connectionOf('Batch', Batch);

@ObjectType()
export class BatchPayload {
  @Field(() => Batch)
  readonly batch!: Batch;
}
