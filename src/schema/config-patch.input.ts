import { Field, Float, InputType, Int } from 'type-graphql';
import { DateScalar } from './scalars.ts';
import { SETTING_MEANING } from './setting-meaning.ts';

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
    description: SETTING_MEANING.threshold,
  })
  readonly threshold?: number | null;

  @Field(() => Int, { nullable: true, description: SETTING_MEANING.capacity })
  readonly capacity?: number | null;

  @Field(() => Int, { nullable: true, description: SETTING_MEANING.minAge })
  readonly minAge?: number | null;

  @Field(() => Int, { nullable: true, description: SETTING_MEANING.maxAge })
  readonly maxAge?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: SETTING_MEANING.holdoutShare,
  })
  readonly holdoutShare?: number | null;

  @Field(() => Int, { nullable: true, description: SETTING_MEANING.explorationSize })
  readonly explorationSize?: number | null;

  @Field(() => Int, { nullable: true, description: SETTING_MEANING.evaluationWeeks })
  readonly evaluationWeeks?: number | null;

  @Field(() => Int, { nullable: true, description: SETTING_MEANING.restWeeks })
  readonly restWeeks?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: SETTING_MEANING.maxMailsPerDay,
  })
  readonly maxMailsPerDay?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: SETTING_MEANING.maxMailsPer14Days,
  })
  readonly maxMailsPer14Days?: number | null;

  @Field(() => Int, { nullable: true, description: SETTING_MEANING.volumeMin })
  readonly volumeMin?: number | null;

  @Field(() => Int, { nullable: true, description: SETTING_MEANING.volumeMax })
  readonly volumeMax?: number | null;

  @Field(() => BandInput, {
    nullable: true,
    description: SETTING_MEANING.marketWeekBand,
  })
  readonly marketWeekBand?: BandInput | null;

  @Field(() => BandInput, {
    nullable: true,
    description: SETTING_MEANING.marketMonthBand,
  })
  readonly marketMonthBand?: BandInput | null;

  @Field(() => Int, { nullable: true, description: SETTING_MEANING.sampleSize })
  readonly sampleSize?: number | null;

  @Field(() => String, { nullable: true, description: SETTING_MEANING.schedule })
  readonly schedule?: string | null;

  @Field(() => [FeatureOverrideInput], { nullable: true, description: SETTING_MEANING.overrides })
  readonly overrides?: readonly FeatureOverrideInput[] | null;

  @Field(() => [CheckLimitInput], { nullable: true, description: SETTING_MEANING.limits })
  readonly limits?: readonly CheckLimitInput[] | null;

  @Field(() => [GateLimitInput], {
    nullable: true,
    description: SETTING_MEANING.gates,
  })
  readonly gateLimits?: readonly GateLimitInput[] | null;
}
