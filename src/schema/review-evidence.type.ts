import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { REVIEW_MEASURES, type ReviewMeasure } from '../domain/campaign.ts';
import type { Verdict } from '../domain/check.ts';
import { Batch } from './batch.type.ts';
import { VerdictEnum } from './check.type.ts';
import { DateTimeScalar, IsoWeekScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

export const ReviewMeasureEnum = wordEnum('ReviewMeasure', REVIEW_MEASURES, 'What of a review has limits.', {
  REVIEW_TIME: 'Half of the verdicts came within so many seconds of opening.',
  REVIEW_OPENED: 'The share of the judged customers that was opened before.',
  REVIEW_STREAK: 'Identical verdicts in a row.',
});

@ObjectType({ description: 'A review that looks like rubber-stamping, by the limits of the settings.' })
export class ReviewAlarm {
  @Field(() => ReviewMeasureEnum, { description: 'What was measured.' })
  readonly measure!: ReviewMeasure;

  @Field(() => VerdictEnum, { description: 'HALT bars the batch from being submitted.' })
  readonly verdict!: Verdict;

  @Field(() => ID, { description: 'Of whose review.' })
  readonly reviewer!: string;

  @Field(() => String, { description: 'What was measured, as a person reads it.' })
  readonly measured!: string;

  @Field(() => String, { description: 'The limit, as a person reads it.' })
  readonly limit!: string;

  @Field(() => String, { description: 'What that means.' })
  readonly message!: string;
}

@ObjectType({
  description:
    'What shows that a reviewer looked at a batch, told from the audit log: its openings and verdicts.',
})
export class ReviewEvidence {
  @Field(() => IsoWeekScalar, { description: 'The week of the batch.' })
  readonly week!: string;

  @Field(() => Batch, { description: 'The batch that was reviewed.' })
  readonly batch!: Batch;

  @Field(() => ID, { description: 'Who reviewed it.' })
  readonly reviewer!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Of the sample, the first time; null where never.',
  })
  readonly openedAt!: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the last verdict was given; null where none was.',
  })
  readonly lastVerdictAt!: Date | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Customers drawn for review; null once the batch was erased.',
  })
  readonly sampleSize!: number | null;

  @Field(() => Int, { description: 'Customers on whom the reviewer gave a verdict; the last one counts.' })
  readonly verdicts!: number;

  @Field(() => Int, { description: 'Customers whom the reviewer judged FINE.' })
  readonly fine!: number;

  @Field(() => Int, { description: 'Customers whom the reviewer judged WRONG.' })
  readonly wrong!: number;

  @Field(() => Int, { description: 'Customers whom the reviewer took out of the batch.' })
  readonly removals!: number;

  @Field(() => Int, {
    description: 'Of these customers how many were opened before the verdict: with the sample, or alone.',
  })
  readonly opened!: number;

  @Field(() => Int, {
    description: 'How many were opened alone: their decision, explanation or history was read by itself.',
  })
  readonly openedAlone!: number;

  @Field(() => Float, { nullable: true, description: '`opened` as a share of `verdicts`, of 1.' })
  readonly openedShare!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Between opening, or the verdict before, and the verdict: nobody can have looked for longer.',
  })
  readonly medianSeconds!: number | null;

  @Field(() => Float, { nullable: true, description: 'The shortest of these times.' })
  readonly shortestSeconds!: number | null;

  @Field(() => Int, {
    description: 'Identical verdicts in a row up to the last, those of earlier batches among them.',
  })
  readonly streak!: number;

  @Field(() => [ReviewAlarm], { description: 'What of it is beyond the limits of the settings.' })
  readonly alarms!: readonly ReviewAlarm[];
}
