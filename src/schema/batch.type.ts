import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { BATCH_STATUSES, type BatchStatus, SAMPLE_VERDICTS, type SampleVerdict } from '../domain/batch.ts';
import type { Arm, Reason } from '../domain/decision.ts';
import { connectionOf } from './connection.type.ts';
import { ArmEnum, ReasonEnum } from './decision.type.ts';
import { DateTimeScalar, DigestScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

export const BatchStatusEnum = wordEnum('BatchStatus', BATCH_STATUSES, 'How far a batch is.', {
  IN_REVIEW: 'An operator reviews the sample.',
  SUBMITTED: 'It waits for the approval of a marketeer.',
  APPROVED: 'It may be released.',
  REJECTED: 'For good; nobody is mailed.',
  HELD: 'Compliance stopped it until the hold is lifted.',
  RELEASED: 'It went to the mail tool.',
});
export const SampleVerdictEnum = wordEnum('SampleVerdict', SAMPLE_VERDICTS, 'What a reviewer found.', {
  PENDING: 'Nobody judged yet.',
  FINE: 'Rightly chosen.',
  WRONG: 'Must be removed before the batch is submitted.',
});

@ObjectType({ description: 'Taken out of a batch by a reviewer.' })
export class Removal {
  @Field(() => ID, { description: 'Who took the customer out.' })
  readonly by!: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  readonly at!: Date;

  @Field(() => String, { description: 'Why.' })
  readonly note!: string;
}

/** Its decision is answered by the batch's resolver. */
@ObjectType({ description: 'A customer of a batch.' })
export class Recipient {
  @Field(() => ID, { description: 'The party id.' })
  readonly customer!: string;

  @Field(() => ArmEnum, { description: 'Why the customer is in the batch.' })
  readonly arm!: Arm;

  @Field(() => Float, {
    nullable: true,
    description: 'Probability to convert; null of a fallback batch, where nobody is scored.',
  })
  readonly score!: number | null;

  @Field(() => Removal, {
    nullable: true,
    description: 'By whom and why the customer was taken out; null of who was not.',
  })
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
  @Field(() => Recipient, { description: 'Whom to look at.' })
  readonly recipient!: Recipient;

  @Field(() => SampleVerdictEnum, { description: 'What the reviewer found; PENDING before.' })
  readonly verdict!: SampleVerdict;

  @Field(() => ID, { nullable: true, description: 'Who gave the verdict; null before.' })
  readonly reviewer!: string | null;

  @Field(() => String, { nullable: true, description: 'What the reviewer said about it.' })
  readonly note!: string | null;
}

@ObjectType({ description: 'The file that the mail tool got.' })
export class HandOff {
  @Field(() => String, { description: 'The name of the file.' })
  readonly file!: string;

  @Field(() => DigestScalar, { description: 'SHA-256 of the file, as its manifest has it.' })
  readonly digest!: string;

  @Field(() => Int, { description: 'How many customers are in it.' })
  readonly rows!: number;

  @Field(() => DateTimeScalar, { description: 'When the mail tool had it.' })
  readonly deliveredAt!: Date;
}

@ObjectType({
  description: 'How far the review of a batch is, in numbers: for whoever approves and may see no customer.',
})
export class BatchReview {
  @Field(() => Int, { description: 'Of the sample: without a verdict yet.' })
  readonly pending!: number;

  @Field(() => Int, { description: 'Of the sample: judged FINE.' })
  readonly fine!: number;

  @Field(() => Int, { description: 'Of the sample: judged WRONG.' })
  readonly wrong!: number;

  @Field(() => Int, { description: 'Taken out by the reviewer.' })
  readonly removed!: number;

  @Field(() => Int, { description: 'Left out at the release because of an objection or the quiet list.' })
  readonly dropped!: number;
}

/** Its run and recipients are answered by the batch's resolver. */
@ObjectType({ description: 'The recipients of a run that wait for human review.' })
export class Batch {
  @Field(() => ID, { description: 'Its id.' })
  readonly id!: string;

  @Field(() => BatchStatusEnum, { description: 'How far it is.' })
  readonly status!: BatchStatus;

  @Field(() => Int, { description: 'How many recipients it has, removed ones left out.' })
  readonly size!: number;

  @Field(() => DigestScalar, {
    description: 'Of the recipients and the config: what is approved is released.',
  })
  readonly digest!: string;

  @Field(() => Boolean, { description: 'Drawn at random while the engine is off.' })
  readonly fallback!: boolean;

  @Field(() => [SampleItem], { description: 'The review sample. Reading it is recorded.' })
  readonly sample!: readonly SampleItem[];

  @Field(() => BatchReview, { description: 'How far the review is, in numbers.' })
  readonly review!: BatchReview;

  @Field(() => ID, { nullable: true, description: 'Who submitted it; null before.' })
  readonly submittedBy!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Who approved it; null before, and of one that was rejected.',
  })
  readonly approvedBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was released; null before.' })
  readonly releasedAt!: Date | null;

  @Field(() => HandOff, {
    nullable: true,
    description: 'What the mail tool got; null until it has the file.',
  })
  readonly handOff!: HandOff | null;
}

export const BatchConnection = connectionOf('Batch', Batch);

@ObjectType({ description: 'What became of a batch.' })
export class BatchPayload {
  @Field(() => Batch, { description: 'The batch, as it is now.' })
  readonly batch!: Batch;
}
