import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import {
  COLUMN_CATEGORIES,
  COLUMN_TYPES,
  type ColumnCategory,
  type ColumnType,
} from '../domain/feed-contract.ts';
import { connectionOf } from './connection.type.ts';
import { DateTimeScalar, DigestScalar, IsoWeekScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

export const ColumnTypeEnum = wordEnum('ColumnType', COLUMN_TYPES, 'What the cells of a column hold.');
export const ColumnCategoryEnum = wordEnum(
  'ColumnCategory',
  COLUMN_CATEGORIES,
  'What a column may be used for; a segment is for reports only.',
);

@ObjectType({ description: 'A text in the languages that the service speaks.' })
export class Label {
  @Field(() => String)
  readonly nl!: string;

  @Field(() => String)
  readonly en!: string;
}

@ObjectType({ description: 'One column that a campaign may receive.' })
export class ContractColumn {
  @Field(() => String)
  readonly name!: string;

  @Field(() => ColumnTypeEnum)
  readonly type!: ColumnType;

  @Field(() => ColumnCategoryEnum)
  readonly category!: ColumnCategory;

  @Field(() => String, { nullable: true })
  readonly unit?: string | null;

  @Field(() => Float, { nullable: true, description: 'Inclusive.' })
  readonly min?: number | null;

  @Field(() => Float, { nullable: true, description: 'Inclusive.' })
  readonly max?: number | null;

  @Field(() => [String], { nullable: true, description: 'The closed list of what a text may be.' })
  readonly values?: readonly string[] | null;

  @Field(() => Label, { nullable: true, description: 'What the column is called to customers.' })
  readonly label?: Label | null;
}

/** Its change is answered by its resolver. */
@ObjectType({
  description: 'The columns that a campaign may receive; what is not among them does not get in.',
})
export class FeedContract {
  @Field(() => Int)
  readonly number!: number;

  @Field(() => DigestScalar)
  readonly digest!: string;

  @Field(() => IsoWeekScalar, {
    nullable: true,
    description: "The first week whose feeds are judged by it; null of the campaign's first contract.",
  })
  readonly fromWeek!: string | null;

  @Field(() => DateTimeScalar, { description: 'When that week begins.' })
  readonly effectiveFrom!: Date;

  @Field(() => [ContractColumn])
  readonly columns!: readonly ContractColumn[];
}

@ObjectType({
  description: 'What a change makes of one field of a column; `column` is the column as a whole.',
})
export class ColumnDifference {
  @Field(() => String)
  readonly column!: string;

  @Field(() => String)
  readonly field!: string;

  @Field(() => String, { nullable: true })
  readonly before!: string | null;

  @Field(() => String, { nullable: true })
  readonly after!: string | null;
}

@ObjectType({ description: 'What a change would do to the live model and the rules.' })
export class ContractFinding {
  @Field(() => String)
  readonly rule!: string;

  @Field(() => String)
  readonly column!: string;

  @Field(() => Boolean, { description: 'While it does, the change cannot be approved.' })
  readonly bars!: boolean;

  @Field(() => String)
  readonly message!: string;
}

/** Its campaign, status, week, differences and findings are answered by its resolver. */
@ObjectType({
  description:
    'A change of the feed contract: proposed, approved by compliance, effective from the next week.',
})
export class FeedContractChange {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => Int, { description: 'The contract that it changes.' })
  readonly base!: number;

  @Field(() => [ContractColumn], { description: 'All columns as they are to be.' })
  readonly columns!: readonly ContractColumn[];

  @Field(() => DigestScalar)
  readonly digest!: string;

  @Field(() => String)
  readonly reason!: string;

  @Field(() => ID)
  readonly proposedBy!: string;

  @Field(() => DateTimeScalar)
  readonly proposedAt!: Date;

  @Field(() => ID, { nullable: true })
  readonly decidedBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  readonly decidedAt!: Date | null;

  @Field(() => String, { nullable: true })
  readonly note!: string | null;

  @Field(() => Int, { nullable: true, description: 'The contract that it became.' })
  readonly contract!: number | null;

  @Field(() => ID, { nullable: true })
  readonly withdrawnBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  readonly withdrawnAt!: Date | null;

  @Field(() => String, { nullable: true })
  readonly withdrawalNote!: string | null;
}

export const FeedContractChangeConnection = connectionOf('FeedContractChange', FeedContractChange);

@ObjectType()
export class FeedContractChangePayload {
  @Field(() => FeedContractChange)
  readonly change!: FeedContractChange;
}

@InputType()
export class LabelInput {
  @Field(() => String)
  readonly nl!: string;

  @Field(() => String)
  readonly en!: string;
}

@InputType()
export class ContractColumnInput {
  @Field(() => String)
  readonly name!: string;

  @Field(() => ColumnTypeEnum)
  readonly type!: ColumnType;

  @Field(() => ColumnCategoryEnum)
  readonly category!: ColumnCategory;

  @Field(() => String, { nullable: true })
  readonly unit?: string | null;

  @Field(() => Float, { nullable: true })
  readonly min?: number | null;

  @Field(() => Float, { nullable: true })
  readonly max?: number | null;

  @Field(() => [String], { nullable: true })
  readonly values?: readonly string[] | null;

  @Field(() => LabelInput, { nullable: true })
  readonly label?: LabelInput | null;
}

@InputType()
export class ProposeFeedContractInput {
  @Field(() => String)
  readonly campaign!: string;

  @Field(() => [ContractColumnInput], { description: 'All columns as they are to be.' })
  readonly columns!: readonly ContractColumnInput[];

  @Field(() => String)
  readonly reason!: string;
}
