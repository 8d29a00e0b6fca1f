import { Field, Float, InputType, Int } from 'type-graphql';
import { DateScalar } from './scalars.ts';

@InputType({ description: 'A range; both ends belong to it.' })
export class BandInput {
  @Field(() => Float)
  readonly min!: number;

  @Field(() => Float)
  readonly max!: number;
}

@InputType({ description: 'A feature held at a value until a date, for a reason.' })
export class FeatureOverrideInput {
  @Field(() => String)
  readonly feature!: string;

  @Field(() => Float)
  readonly value!: number;

  @Field(() => String)
  readonly reason!: string;

  @Field(() => DateScalar, { description: 'The first day on which it no longer holds.' })
  readonly expires!: string;
}

@InputType({ description: 'Limits of one check: null never fires, what is left out stays as it is.' })
export class CheckLimitInput {
  @Field(() => String)
  readonly check!: string;

  @Field(() => Float, { nullable: true })
  readonly warn?: number | null;

  @Field(() => Float, { nullable: true })
  readonly halt?: number | null;
}

@InputType({
  description: 'Limits of what a gate measures: null never fires, what is left out stays as it is.',
})
export class GateLimitInput {
  @Field(() => String)
  readonly measure!: string;

  @Field(() => Float, { nullable: true })
  readonly warn?: number | null;

  @Field(() => Float, { nullable: true })
  readonly fail?: number | null;
}

@InputType({
  description:
    'The settings to change; what is left out stays as it is. A market band of null takes the band away, overrides replace the list.',
})
export class ConfigPatchInput {
  @Field(() => Float, { nullable: true })
  readonly threshold?: number | null;

  @Field(() => Int, { nullable: true })
  readonly capacity?: number | null;

  @Field(() => Int, { nullable: true })
  readonly minAge?: number | null;

  @Field(() => Int, { nullable: true })
  readonly maxAge?: number | null;

  @Field(() => Float, { nullable: true })
  readonly holdoutShare?: number | null;

  @Field(() => Int, { nullable: true })
  readonly explorationSize?: number | null;

  @Field(() => Int, { nullable: true })
  readonly evaluationWeeks?: number | null;

  @Field(() => Int, { nullable: true })
  readonly restWeeks?: number | null;

  @Field(() => Int, { nullable: true })
  readonly maxMailsPerDay?: number | null;

  @Field(() => Int, { nullable: true })
  readonly maxMailsPer14Days?: number | null;

  @Field(() => Int, { nullable: true })
  readonly volumeMin?: number | null;

  @Field(() => Int, { nullable: true })
  readonly volumeMax?: number | null;

  @Field(() => BandInput, { nullable: true })
  readonly marketWeekBand?: BandInput | null;

  @Field(() => BandInput, { nullable: true })
  readonly marketMonthBand?: BandInput | null;

  @Field(() => Int, { nullable: true })
  readonly sampleSize?: number | null;

  @Field(() => String, { nullable: true, description: "Cron expression, in the bank's time zone." })
  readonly schedule?: string | null;

  @Field(() => [FeatureOverrideInput], { nullable: true })
  readonly overrides?: readonly FeatureOverrideInput[] | null;

  @Field(() => [CheckLimitInput], { nullable: true })
  readonly limits?: readonly CheckLimitInput[] | null;

  @Field(() => [GateLimitInput], { nullable: true })
  readonly gateLimits?: readonly GateLimitInput[] | null;
}
