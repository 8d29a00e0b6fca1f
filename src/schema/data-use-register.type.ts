import { Field, ObjectType } from 'type-graphql';
import type { ColumnCategory, ColumnType } from '../domain/feed-contract.ts';
import { Batch } from './batch.type.ts';
import { Campaign } from './campaign.type.ts';
import { DataUse } from './data-use.type.ts';
import { ColumnCategoryEnum, ColumnTypeEnum } from './feed-contract.type.ts';
import { ModelVersion } from './model-version.type.ts';
import { Run } from './run.type.ts';
import { DateTimeScalar, IsoWeekScalar } from './scalars.ts';

/** Its label and runs are answered by its resolver. */
@ObjectType({ description: 'A column of a campaign, and everything that says what it may be used for.' })
export class RegisteredColumn {
  @Field(() => String, { description: 'Its name in the feed contract.' })
  readonly name!: string;

  @Field(() => ColumnTypeEnum, {
    nullable: true,
    description: 'Null where the feed contract has it no more.',
  })
  readonly type!: ColumnType | null;

  @Field(() => ColumnCategoryEnum, {
    nullable: true,
    description: 'What it may be used for; null where the feed contract has it no more.',
  })
  readonly category!: ColumnCategory | null;

  @Field(() => Boolean, { description: 'Whether a data use in force covers it.' })
  readonly covered!: boolean;

  @Field(() => Boolean, { description: 'Whether the live model reads it: uncovered, no run starts.' })
  readonly needed!: boolean;

  @Field(() => String, { description: 'In plain words why it needs a data use, or why it needs none.' })
  readonly statement!: string;

  @Field(() => [DataUse], { description: 'All that were declared, as they stood at the instant.' })
  readonly dataUses!: readonly DataUse[];

  @Field(() => [ModelVersion], { description: 'The model versions, registered by then, that read it.' })
  readonly models!: readonly ModelVersion[];
}

@ObjectType({ description: 'What the columns of a campaign are used for, as it stood at an instant.' })
export class DataUseRegister {
  @Field(() => Campaign, { description: 'Whose columns they are.' })
  readonly campaign!: Campaign;

  @Field(() => DateTimeScalar, { description: 'The instant.' })
  readonly at!: Date;

  @Field(() => [RegisteredColumn], { description: 'Column by column.' })
  readonly columns!: readonly RegisteredColumn[];
}

@ObjectType({ description: 'A run that the schedule would start.' })
export class ScheduledRun {
  @Field(() => Campaign, { description: 'Whose run it is.' })
  readonly campaign!: Campaign;

  @Field(() => IsoWeekScalar, { description: 'Of which week.' })
  readonly week!: string;

  @Field(() => DateTimeScalar, { description: 'When it is due.' })
  readonly dueAt!: Date;
}

/** Its scheduled runs are answered by its resolver. */
@ObjectType({ description: 'What stops when a data use is withdrawn.' })
export class DataUseImpact {
  @Field(() => [String], { description: 'The columns that no other data use in force covers.' })
  readonly columns!: readonly string[];

  @Field(() => [ModelVersion], { description: 'That read any of them, and are live or may become so.' })
  readonly models!: readonly ModelVersion[];

  @Field(() => [Campaign], { description: 'Whose live model is among them: none of their runs starts.' })
  readonly campaigns!: readonly Campaign[];

  @Field(() => [Run], { description: 'Under way: they end before their next score.' })
  readonly runs!: readonly Run[];

  @Field(() => [Batch], {
    description: 'Drawn from scores under it. They do not stop by themselves; compliance can hold them.',
  })
  readonly batches!: readonly Batch[];
}

@ObjectType({ description: 'What became of a data use.' })
export class DataUsePayload {
  @Field(() => DataUse, { description: 'The data use, as it is now.' })
  readonly dataUse!: DataUse;

  @Field(() => DataUseImpact, { nullable: true, description: 'What a withdrawal stopped.' })
  readonly impact!: DataUseImpact | null;
}
