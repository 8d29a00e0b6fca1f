import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { DATA_USE_STATUSES, type DataUseStatus } from '../domain/data-use.ts';
import { DateScalar, DateTimeScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

export const DataUseStatusEnum = wordEnum('DataUseStatus', DATA_USE_STATUSES, 'How far a data use is.', {
  DECLARED: 'It waits for a compliance reviewer.',
  SIGNED_OFF: 'In force until its last day.',
  REFUSED: 'Refused by a compliance reviewer.',
  WITHDRAWN: 'Taken back by who declared it, or withdrawn by a compliance reviewer.',
  EXPIRED: 'Its last day is past.',
});

@ObjectType({ description: 'What somebody did about a data use.' })
export class DataUseEvent {
  @Field(() => DataUseStatusEnum, { description: 'What it was from then on.' })
  readonly status!: DataUseStatus;

  @Field(() => ID, { description: 'Who did it.' })
  readonly by!: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  readonly at!: Date;

  @Field(() => String, { nullable: true, description: 'What they said about it.' })
  readonly note!: string | null;
}

/** Its campaign, texts, history and runs are answered by the data use's resolver. */
@ObjectType({
  description:
    'These columns, from this source, for this purpose, on this legal basis, until this date; signed off or refused.',
})
export class DataUse {
  @Field(() => ID, { description: 'Its id.' })
  readonly id!: string;

  @Field(() => [String], { description: 'The columns of the feed that it covers.' })
  readonly columns!: readonly string[];

  @Field(() => DataUseStatusEnum, { description: 'How far it is.' })
  readonly status!: DataUseStatus;

  @Field(() => ID, { description: 'Who declared it.' })
  readonly declaredBy!: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  readonly declaredAt!: Date;

  @Field(() => ID, { nullable: true, description: 'Who signed it off; null where nobody did.' })
  readonly signedBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When.' })
  readonly signedAt!: Date | null;

  @Field(() => ID, { nullable: true, description: 'Who decided on it last; null before.' })
  readonly decidedBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When.' })
  readonly decidedAt!: Date | null;

  @Field(() => DateScalar, {
    description: "The last day on which it is in force, on the calendar of the campaign's time zone.",
  })
  readonly validUntil!: string;

  @Field(() => Boolean, { description: 'In force, and for 30 days more at most.' })
  readonly endsSoon!: boolean;

  @Field(() => String, { nullable: true, description: 'Of the last decision.' })
  readonly note!: string | null;
}

@InputType({ description: 'What was declared, in English; then the fields beside it are Dutch.' })
export class DataUseInEnglishInput {
  @Field(() => String, { nullable: true, description: 'Where the data come from.' })
  readonly source?: string | null;

  @Field(() => String, { nullable: true, description: 'What they are used for.' })
  readonly purpose?: string | null;

  @Field(() => String, { nullable: true, description: 'Why that is lawful.' })
  readonly legalBasis?: string | null;
}

@InputType({
  description: 'These columns, from this source, for this purpose, on this legal basis, until this date.',
})
export class DeclareDataUseInput {
  @Field(() => String, { description: 'The key of the campaign.' })
  readonly campaign!: string;

  @Field(() => [String], { description: 'Columns of its feed contract.' })
  readonly columns!: readonly string[];

  @Field(() => String, { description: 'Where the data come from.' })
  readonly source!: string;

  @Field(() => String, { description: 'What they are used for.' })
  readonly purpose!: string;

  @Field(() => String, { description: 'Why that is lawful.' })
  readonly legalBasis!: string;

  @Field(() => DateScalar, { description: 'The last day on which it is to be in force.' })
  readonly validUntil!: string;

  @Field(() => DataUseInEnglishInput, {
    nullable: true,
    description: 'Letters in English say this; what it leaves out, they say as it stands beside it.',
  })
  readonly english?: DataUseInEnglishInput | null;
}
