import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { DateScalar, DateTimeScalar, DigestScalar } from './scalars.ts';
import { SETTING_MEANING } from './setting-meaning.ts';

@ObjectType({ description: 'A range; both ends belong to it.' })
export class Band {
  @Field(() => Float, { description: 'The lowest value.' })
  readonly min!: number;

  @Field(() => Float, { description: 'The highest value.' })
  readonly max!: number;
}

@ObjectType({ description: 'A feature held at a value until a date: the governed form of a hotfix.' })
export class FeatureOverride {
  @Field(() => String, { description: 'The feature that is held.' })
  readonly feature!: string;

  @Field(() => Float, { description: 'At which value.' })
  readonly value!: number;

  @Field(() => String, { description: 'Why.' })
  readonly reason!: string;

  @Field(() => DateScalar, { description: 'The first day on which it no longer holds.' })
  readonly expires!: string;
}

@ObjectType({ description: 'Limits of one check; null never fires.' })
export class CheckLimit {
  @Field(() => String, { description: 'The name of the check.' })
  readonly check!: string;

  @Field(() => Float, { nullable: true, description: 'Beyond this it warns.' })
  readonly warn!: number | null;

  @Field(() => Float, { nullable: true, description: 'Beyond this the run halts.' })
  readonly halt!: number | null;
}

@ObjectType({ description: 'Limits of what a gate measures of a model; null never fires.' })
export class GateLimit {
  @Field(() => String, { description: 'What is measured.' })
  readonly measure!: string;

  @Field(() => Float, { nullable: true, description: 'Beyond this the gate warns.' })
  readonly warn!: number | null;

  @Field(() => Float, { nullable: true, description: 'Beyond this the gate fails.' })
  readonly fail!: number | null;
}

@ObjectType({ description: 'The immutable settings of a campaign from a date on.' })
export class ConfigVersion {
  @Field(() => ID, { description: 'Its id.' })
  readonly id!: string;

  @Field(() => Int, { description: '1 of the first, and one more with each.' })
  readonly number!: number;

  @Field(() => DigestScalar, { description: 'Of all settings.' })
  readonly digest!: string;

  @Field(() => DateTimeScalar, { description: 'From when on it holds.' })
  readonly effectiveFrom!: Date;

  @Field(() => Float, { description: SETTING_MEANING.threshold })
  readonly threshold!: number;

  @Field(() => Int, { description: SETTING_MEANING.capacity })
  readonly capacity!: number;

  @Field(() => Int, { description: SETTING_MEANING.minAge })
  readonly minAge!: number;

  @Field(() => Int, { description: SETTING_MEANING.maxAge })
  readonly maxAge!: number;

  @Field(() => Float, { description: SETTING_MEANING.holdoutShare })
  readonly holdoutShare!: number;

  @Field(() => Int, { description: SETTING_MEANING.explorationSize })
  readonly explorationSize!: number;

  @Field(() => Int, {
    description: SETTING_MEANING.evaluationWeeks,
  })
  readonly evaluationWeeks!: number;

  @Field(() => Int, { description: SETTING_MEANING.restWeeks })
  readonly restWeeks!: number;

  @Field(() => Int, { description: SETTING_MEANING.maxMailsPerDay })
  readonly maxMailsPerDay!: number;

  @Field(() => Int, { description: SETTING_MEANING.maxMailsPer14Days })
  readonly maxMailsPer14Days!: number;

  @Field(() => Int, { description: SETTING_MEANING.volumeMin })
  readonly volumeMin!: number;

  @Field(() => Int, { description: SETTING_MEANING.volumeMax })
  readonly volumeMax!: number;

  @Field(() => Band, { nullable: true, description: SETTING_MEANING.marketWeekBand })
  readonly marketWeekBand!: Band | null;

  @Field(() => Band, { nullable: true, description: SETTING_MEANING.marketMonthBand })
  readonly marketMonthBand!: Band | null;

  @Field(() => Int, { description: SETTING_MEANING.sampleSize })
  readonly sampleSize!: number;

  @Field(() => String, { description: SETTING_MEANING.schedule })
  readonly schedule!: string;

  @Field(() => [FeatureOverride], { description: SETTING_MEANING.overrides })
  readonly overrides!: readonly FeatureOverride[];

  @Field(() => [CheckLimit], { description: SETTING_MEANING.limits })
  readonly limits!: readonly CheckLimit[];

  @Field(() => [GateLimit], { description: SETTING_MEANING.gates })
  readonly gateLimits!: readonly GateLimit[];
}
