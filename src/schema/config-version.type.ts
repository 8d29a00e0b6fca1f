import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { DateScalar, DateTimeScalar, DigestScalar } from './scalars.ts';

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

  @Field(() => Float, { description: 'A customer with a score at or above it is chosen.' })
  readonly threshold!: number;

  @Field(() => Int, { description: 'How many can be chosen in a week at most.' })
  readonly capacity!: number;

  @Field(() => Int, { description: 'Years, in it; whoever is under 18 is never mailed.' })
  readonly minAge!: number;

  @Field(() => Int, { description: 'Years, in it.' })
  readonly maxAge!: number;

  @Field(() => Float, { description: 'The share of the chosen that is deliberately not mailed, 0 to 1.' })
  readonly holdoutShare!: number;

  @Field(() => Int, { description: 'How many that were not chosen are mailed at random.' })
  readonly explorationSize!: number;

  @Field(() => Int, {
    description: 'How many weeks an evaluation takes, in which the holdout stays the same.',
  })
  readonly evaluationWeeks!: number;

  @Field(() => Int, { description: 'Weeks of rest between two flows to the same customer.' })
  readonly restWeeks!: number;

  @Field(() => Int, { description: 'How many mails of the whole bank a customer may get on one day.' })
  readonly maxMailsPerDay!: number;

  @Field(() => Int, { description: 'How many mails of the whole bank a customer may get within 14 days.' })
  readonly maxMailsPer14Days!: number;

  @Field(() => Int, { description: 'Fewer above the threshold halt the run.' })
  readonly volumeMin!: number;

  @Field(() => Int, { description: 'More above the threshold halt the run.' })
  readonly volumeMax!: number;

  @Field(() => Band, { nullable: true, description: 'The relative change of the fund prices over a week.' })
  readonly marketWeekBand!: Band | null;

  @Field(() => Band, { nullable: true, description: 'The relative change of the fund prices over a month.' })
  readonly marketMonthBand!: Band | null;

  @Field(() => Int, { description: 'How many recipients the review sample holds.' })
  readonly sampleSize!: number;

  @Field(() => String, { description: "Cron expression, in the bank's time zone." })
  readonly schedule!: string;

  @Field(() => [FeatureOverride], { description: 'The features that are held.' })
  readonly overrides!: readonly FeatureOverride[];

  @Field(() => [CheckLimit], { description: 'Of every check that has limits, and of reviews.' })
  readonly limits!: readonly CheckLimit[];

  @Field(() => [GateLimit], { description: 'By which the models of the campaign are judged.' })
  readonly gateLimits!: readonly GateLimit[];
}
