import { Field, Float, Int, ObjectType } from 'type-graphql';
import { DRIFT_KINDS, type DriftKind } from '../domain/drift-watch.ts';
import { IsoWeekScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

export const DriftKindEnum = wordEnum('DriftKind', DRIFT_KINDS, 'What is watched.', {
  FEATURE: 'A feature of the model, over the eligible.',
  COLUMN: 'A column of the feed, over all rows.',
  SCORE: 'The scores.',
});

@ObjectType({ description: 'The customers whose value lies above `from` and is at most `to`.' })
export class DriftBin {
  @Field(() => Float, { nullable: true, description: 'Null where nothing bounds it.' })
  readonly from!: number | null;

  @Field(() => Float, { nullable: true, description: 'Null where nothing bounds it.' })
  readonly to!: number | null;

  @Field(() => String, { description: 'The same in words; of a feature that stands for texts, which.' })
  readonly values!: string;

  @Field(() => Int, { description: 'How many customers.' })
  readonly count!: number;

  @Field(() => Float, { description: 'Of 1.' })
  readonly share!: number;

  @Field(() => Float, { nullable: true, description: "Of the model's reference sample." })
  readonly referenceShare!: number | null;

  @Field(() => Float, { nullable: true, description: 'Of the weeks before together.' })
  readonly shareBefore!: number | null;
}

@ObjectType({
  description: 'How far a subject was in a week from the reference sample and from the weeks before.',
})
export class Drift {
  @Field(() => IsoWeekScalar, { description: 'The week that was measured.' })
  readonly week!: string;

  @Field(() => DriftKindEnum, { description: 'What was measured.' })
  readonly kind!: DriftKind;

  @Field(() => String, { description: 'The feature or column; empty of the scores.' })
  readonly subject!: string;

  @Field(() => [String], { description: 'The columns of the feed that it is made of.' })
  readonly columns!: readonly string[];

  @Field(() => Float, { nullable: true, description: 'Population stability index; of features.' })
  readonly psiToReference!: number | null;

  @Field(() => Float, { nullable: true, description: 'Population stability index; of features and scores.' })
  readonly psiToWeeksBefore!: number | null;

  @Field(() => Int, { description: 'How many weeks before it was compared with, 8 at most.' })
  readonly weeksBefore!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Share of missing values, of 1; of a feature that of the column of it which lacks most.',
  })
  readonly nullShare!: number | null;

  @Field(() => Float, { nullable: true, description: 'The median of the weeks before.' })
  readonly nullShareBefore!: number | null;

  @Field(() => String, { nullable: true, description: 'Which values took up most, as a sentence.' })
  readonly changeFromReference!: string | null;

  @Field(() => String, { nullable: true, description: 'The same against the weeks before.' })
  readonly changeFromWeeksBefore!: string | null;

  @Field(() => [DriftBin], {
    description: 'The distribution, over the tenths of the reference sample; none of columns.',
  })
  readonly bins!: readonly DriftBin[];
}

@ObjectType({ description: 'A subject over the weeks that measured it, the earliest first.' })
export class DriftSeries {
  @Field(() => DriftKindEnum, { description: 'What was measured.' })
  readonly kind!: DriftKind;

  @Field(() => String, { description: 'The feature or column; empty of the scores.' })
  readonly subject!: string;

  @Field(() => [String], { description: 'The columns of the feed that it is made of.' })
  readonly columns!: readonly string[];

  @Field(() => [Drift], { description: 'Week by week.' })
  readonly weeks!: readonly Drift[];
}
