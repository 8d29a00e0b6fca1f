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

export const ColumnTypeEnum = wordEnum('ColumnType', COLUMN_TYPES, 'What the cells of a column hold.', {
  id: 'An id of A-Z a-z 0-9 _ -, 64 at most.',
  integer: 'A whole number.',
  number: 'A number.',
  boolean: 'true or false.',
  date: 'A calendar day.',
  text: 'A text, of a closed list where there is one.',
});
export const ColumnCategoryEnum = wordEnum(
  'ColumnCategory',
  COLUMN_CATEGORIES,
  'What a column may be used for.',
  {
    key: 'The party id.',
    eligibility: 'For the rules.',
    feature: 'For the model.',
    segment: 'For reports only.',
  },
);

@ObjectType({ description: 'A text in the languages that the service speaks.' })
export class Label {
  @Field(() => String, { description: 'In Dutch.' })
  readonly nl!: string;

  @Field(() => String, { description: 'In English.' })
  readonly en!: string;
}

@ObjectType({ description: 'One column that a campaign may receive.' })
export class ContractColumn {
  @Field(() => String, { description: 'As the header of the feed has it.' })
  readonly name!: string;

  @Field(() => ColumnTypeEnum, { description: 'What its cells hold.' })
  readonly type!: ColumnType;

  @Field(() => ColumnCategoryEnum, { description: 'What it may be used for.' })
  readonly category!: ColumnCategory;

  @Field(() => String, { nullable: true, description: 'Such as EUR or years.' })
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
  @Field(() => Int, { description: '1 of the first, and one more with each.' })
  readonly number!: number;

  @Field(() => DigestScalar, { description: 'Of all columns.' })
  readonly digest!: string;

  @Field(() => IsoWeekScalar, {
    nullable: true,
    description: "The first week whose feeds are judged by it; null of the campaign's first contract.",
  })
  readonly fromWeek!: string | null;

  @Field(() => DateTimeScalar, { description: 'When that week begins.' })
  readonly effectiveFrom!: Date;

  @Field(() => [ContractColumn], { description: 'The columns.' })
  readonly columns!: readonly ContractColumn[];
}

@ObjectType({
  description: 'What a change makes of one field of a column; `column` is the column as a whole.',
})
export class ColumnDifference {
  @Field(() => String, { description: 'The name of the column.' })
  readonly column!: string;

  @Field(() => String, { description: 'Which field of it.' })
  readonly field!: string;

  @Field(() => String, { nullable: true, description: 'Null where there was none.' })
  readonly before!: string | null;

  @Field(() => String, { nullable: true, description: 'Null where there is to be none.' })
  readonly after!: string | null;
}

@ObjectType({ description: 'What a change would do to the live model and the rules.' })
export class ContractFinding {
  @Field(() => String, { description: 'The rule that found it.' })
  readonly rule!: string;

  @Field(() => String, { description: 'The column that it is about.' })
  readonly column!: string;

  @Field(() => Boolean, { description: 'While it does, the change cannot be approved.' })
  readonly bars!: boolean;

  @Field(() => String, { description: 'What would happen, as a sentence.' })
  readonly message!: string;
}

/** Its campaign, status, week, differences and findings are answered by its resolver. */
@ObjectType({
  description:
    'A change of the feed contract: proposed, approved by compliance, effective from the next week.',
})
export class FeedContractChange {
  @Field(() => ID, { description: 'Its id.' })
  readonly id!: string;

  @Field(() => Int, { description: 'The contract that it changes.' })
  readonly base!: number;

  @Field(() => [ContractColumn], { description: 'All columns as they are to be.' })
  readonly columns!: readonly ContractColumn[];

  @Field(() => DigestScalar, { description: 'Of the columns as they are to be.' })
  readonly digest!: string;

  @Field(() => String, { description: 'Why it is wanted.' })
  readonly reason!: string;

  @Field(() => ID, { description: 'Who proposed it.' })
  readonly proposedBy!: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  readonly proposedAt!: Date;

  @Field(() => ID, { nullable: true, description: 'Who approved or rejected it; null before.' })
  readonly decidedBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When; null before.' })
  readonly decidedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Of whoever decided on it.' })
  readonly note!: string | null;

  @Field(() => Int, { nullable: true, description: 'The contract that it became.' })
  readonly contract!: number | null;

  @Field(() => ID, { nullable: true, description: 'Who withdrew it; null of one that was not.' })
  readonly withdrawnBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When.' })
  readonly withdrawnAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Why.' })
  readonly withdrawalNote!: string | null;
}

export const FeedContractChangeConnection = connectionOf('FeedContractChange', FeedContractChange);

@ObjectType({ description: 'What became of a change of the feed contract.' })
export class FeedContractChangePayload {
  @Field(() => FeedContractChange, { description: 'The change, as it is now.' })
  readonly change!: FeedContractChange;
}

@InputType({ description: 'A text in the languages that the service speaks.' })
export class LabelInput {
  @Field(() => String, { description: 'In Dutch.' })
  readonly nl!: string;

  @Field(() => String, { description: 'In English.' })
  readonly en!: string;
}

@InputType({ description: 'One column that a campaign is to receive.' })
export class ContractColumnInput {
  @Field(() => String, { description: 'As the header of the feed has it.' })
  readonly name!: string;

  @Field(() => ColumnTypeEnum, { description: 'What its cells hold.' })
  readonly type!: ColumnType;

  @Field(() => ColumnCategoryEnum, { description: 'What it may be used for.' })
  readonly category!: ColumnCategory;

  @Field(() => String, { nullable: true, description: 'Such as EUR or years.' })
  readonly unit?: string | null;

  @Field(() => Float, { nullable: true, description: 'Inclusive.' })
  readonly min?: number | null;

  @Field(() => Float, { nullable: true, description: 'Inclusive.' })
  readonly max?: number | null;

  @Field(() => [String], { nullable: true, description: 'The closed list of what a text may be.' })
  readonly values?: readonly string[] | null;

  @Field(() => LabelInput, { nullable: true, description: 'What the column is called to customers.' })
  readonly label?: LabelInput | null;
}

@InputType({ description: 'Proposes another feed contract.' })
export class ProposeFeedContractInput {
  @Field(() => String, { description: 'The key of the campaign.' })
  readonly campaign!: string;

  @Field(() => [ContractColumnInput], { description: 'All columns as they are to be.' })
  readonly columns!: readonly ContractColumnInput[];

  @Field(() => String, { description: 'Why.' })
  readonly reason!: string;
}
