import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { DATA_USE_STATUSES, type DataUseStatus } from '../domain/data-use.ts';
import { DateScalar, DateTimeScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

export const DataUseStatusEnum = wordEnum('DataUseStatus', DATA_USE_STATUSES, 'How far a data use is.');

/** Its campaign is answered by the data use's resolver. */
@ObjectType({
  description:
    'These columns, from this source, for this purpose, on this legal basis, until this date; signed off or refused.',
})
export class DataUse {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => [String])
  readonly columns!: readonly string[];

  @Field(() => String)
  readonly source!: string;

  @Field(() => String)
  readonly purpose!: string;

  @Field(() => String)
  readonly legalBasis!: string;

  @Field(() => DataUseStatusEnum)
  readonly status!: DataUseStatus;

  @Field(() => ID)
  readonly declaredBy!: string;

  @Field(() => ID, { nullable: true })
  readonly decidedBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  readonly decidedAt!: Date | null;

  @Field(() => DateScalar)
  readonly validUntil!: string;

  @Field(() => String, { nullable: true })
  readonly note!: string | null;
}

@ObjectType()
export class DataUsePayload {
  @Field(() => DataUse)
  readonly dataUse!: DataUse;
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
}
