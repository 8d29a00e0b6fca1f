import { Field, Float, InputType, Int } from 'type-graphql';
import { DateScalar } from './scalars.ts';

@InputType({ description: 'A range; both ends belong to it.' })
export class BandInput {
  @Field(() => Float, { description: 'The lowest value.' })
  readonly min!: number;

  @Field(() => Float, { description: 'The highest value.' })
  readonly max!: number;
}

@InputType({ description: 'A feature held at a value until a date, for a reason.' })
export class FeatureOverrideInput {
  @Field(() => String, { description: 'A feature of the live model.' })
  readonly feature!: string;

  @Field(() => Float, { description: 'At which value it is held.' })
  readonly value!: number;

  @Field(() => String, { description: 'Why.' })
  readonly reason!: string;

  @Field(() => DateScalar, { description: 'The first day on which it no longer holds.' })
  readonly expires!: string;
}

@InputType({ description: 'Limits of one check: null never fires, what is left out stays as it is.' })
export class CheckLimitInput {
  @Field(() => String, { description: 'The name of a check that has limits.' })
  readonly check!: string;

  @Field(() => Float, { nullable: true, description: 'Beyond this it warns.' })
  readonly warn?: number | null;

  @Field(() => Float, { nullable: true, description: 'Beyond this the run halts.' })
  readonly halt?: number | null;
}

@InputType({
  description: 'Limits of what a gate measures: null never fires, what is left out stays as it is.',
})
export class GateLimitInput {
  @Field(() => String, { description: 'What is measured.' })
  readonly measure!: string;

  @Field(() => Float, { nullable: true, description: 'Beyond this the gate warns.' })
  readonly warn?: number | null;

  @Field(() => Float, { nullable: true, description: 'Beyond this the gate fails.' })
  readonly fail?: number | null;
}

@InputType({
  description:
    'The settings to change; what is left out stays as it is. A market band of null takes the band away, overrides replace the list.',
})
export class ConfigPatchInput {
  @Field(() => Float, {
    nullable: true,
    description: 'A customer with a score at or above it is chosen, 0 to 1.',
  })
  readonly threshold?: number | null;

  @Field(() => Int, { nullable: true, description: 'How many can be chosen in a week at most.' })
  readonly capacity?: number | null;

  @Field(() => Int, { nullable: true, description: 'Years, in it.' })
  readonly minAge?: number | null;

  @Field(() => Int, { nullable: true, description: 'Years, in it.' })
  readonly maxAge?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'The share of the chosen that is deliberately not mailed, 0 to 1.',
  })
  readonly holdoutShare?: number | null;

  @Field(() => Int, { nullable: true, description: 'How many that were not chosen are mailed at random.' })
  readonly explorationSize?: number | null;

  @Field(() => Int, { nullable: true, description: 'How many weeks an evaluation takes.' })
  readonly evaluationWeeks?: number | null;

  @Field(() => Int, { nullable: true, description: 'Weeks of rest between two flows to the same customer.' })
  readonly restWeeks?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How many mails of the whole bank a customer may get on one day.',
  })
  readonly maxMailsPerDay?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How many mails of the whole bank a customer may get within 14 days.',
  })
  readonly maxMailsPer14Days?: number | null;

  @Field(() => Int, { nullable: true, description: 'Fewer above the threshold halt the run.' })
  readonly volumeMin?: number | null;

  @Field(() => Int, { nullable: true, description: 'More above the threshold halt the run.' })
  readonly volumeMax?: number | null;

  @Field(() => BandInput, {
    nullable: true,
    description: 'The relative change of the fund prices over a week.',
  })
  readonly marketWeekBand?: BandInput | null;

  @Field(() => BandInput, {
    nullable: true,
    description: 'The relative change of the fund prices over a month.',
  })
  readonly marketMonthBand?: BandInput | null;

  @Field(() => Int, { nullable: true, description: 'How many recipients the review sample holds.' })
  readonly sampleSize?: number | null;

  @Field(() => String, { nullable: true, description: "Cron expression, in the bank's time zone." })
  readonly schedule?: string | null;

  @Field(() => [FeatureOverrideInput], { nullable: true, description: 'The features that are held.' })
  readonly overrides?: readonly FeatureOverrideInput[] | null;

  @Field(() => [CheckLimitInput], { nullable: true, description: 'Of checks and of reviews.' })
  readonly limits?: readonly CheckLimitInput[] | null;

  @Field(() => [GateLimitInput], {
    nullable: true,
    description: 'By which the models of the campaign are judged.',
  })
  readonly gateLimits?: readonly GateLimitInput[] | null;
}
