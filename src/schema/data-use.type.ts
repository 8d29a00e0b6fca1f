import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { DATA_USE_STATUSES, type DataUseStatus } from '../domain/data-use.ts';
import { DateScalar, DateTimeScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

export const DataUseStatusEnum = wordEnum('DataUseStatus', DATA_USE_STATUSES, 'How far a data use is.');

@ObjectType({ description: 'What somebody did about a data use.' })
export class DataUseEvent {
  @Field(() => DataUseStatusEnum, { description: 'What it was from then on.' })
  readonly status!: DataUseStatus;

  @Field(() => ID)
  readonly by!: string;

  @Field(() => DateTimeScalar)
  readonly at!: Date;

  @Field(() => String, { nullable: true })
  readonly note!: string | null;
}

/** Its campaign, texts, history and runs are answered by the data use's resolver. */
@ObjectType({
  description:
    'These columns, from this source, for this purpose, on this legal basis, until this date; signed off or refused.',
})
export class DataUse {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => [String])
  readonly columns!: readonly string[];

  @Field(() => DataUseStatusEnum)
  readonly status!: DataUseStatus;

  @Field(() => ID)
  readonly declaredBy!: string;

  @Field(() => DateTimeScalar)
  readonly declaredAt!: Date;

  @Field(() => ID, { nullable: true })
  readonly signedBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  readonly signedAt!: Date | null;

  @Field(() => ID, { nullable: true })
  readonly decidedBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
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
  @Field(() => String, { nullable: true })
  readonly source?: string | null;

  @Field(() => String, { nullable: true })
  readonly purpose?: string | null;

  @Field(() => String, { nullable: true })
  readonly legalBasis?: string | null;
}

@InputType()
export class DeclareDataUseInput {
  @Field(() => String)
  readonly campaign!: string;

  @Field(() => [String])
  readonly columns!: readonly string[];

  @Field(() => String)
  readonly source!: string;

  @Field(() => String)
  readonly purpose!: string;

  @Field(() => String)
  readonly legalBasis!: string;

  @Field(() => DateScalar)
  readonly validUntil!: string;

  @Field(() => DataUseInEnglishInput, {
    nullable: true,
    description: 'Letters in English say this; what it leaves out, they say as it stands beside it.',
  })
  readonly english?: DataUseInEnglishInput | null;
}
