import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { DateScalar, DateTimeScalar, DigestScalar } from './scalars.ts';

@ObjectType({ description: 'A range; both ends belong to it.' })
export class Band {
  @Field(() => Float)
  readonly min!: number;

  @Field(() => Float)
  readonly max!: number;
}

@ObjectType({ description: 'A feature held at a value until a date: the governed form of a hotfix.' })
export class FeatureOverride {
  @Field(() => String)
  readonly feature!: string;

  @Field(() => Float)
  readonly value!: number;

  @Field(() => String)
  readonly reason!: string;

  @Field(() => DateScalar)
  readonly expires!: string;
}

@ObjectType({ description: 'Limits of one check; null never fires.' })
export class CheckLimit {
  @Field(() => String)
  readonly check!: string;

  @Field(() => Float, { nullable: true })
  readonly warn!: number | null;

  @Field(() => Float, { nullable: true })
  readonly halt!: number | null;
}

@ObjectType({ description: 'Limits of what a gate measures of a model; null never fires.' })
export class GateLimit {
  @Field(() => String)
  readonly measure!: string;

  @Field(() => Float, { nullable: true })
  readonly warn!: number | null;

  @Field(() => Float, { nullable: true })
  readonly fail!: number | null;
}

@ObjectType({ description: 'The immutable settings of a campaign from a date on.' })
export class ConfigVersion {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => Int)
  readonly number!: number;

  @Field(() => DigestScalar)
  readonly digest!: string;

  @Field(() => DateTimeScalar)
  readonly effectiveFrom!: Date;

  @Field(() => Float, { description: 'A customer with a score at or above it is chosen.' })
  readonly threshold!: number;

  @Field(() => Int, { description: 'How many can be chosen in a week at most.' })
  readonly capacity!: number;

  @Field(() => Int)
  readonly minAge!: number;

  @Field(() => Int)
  readonly maxAge!: number;

  @Field(() => Float, { description: 'The share of the chosen that is deliberately not mailed, 0 to 1.' })
  readonly holdoutShare!: number;

  @Field(() => Int, { description: 'How many that were not chosen are mailed at random.' })
  readonly explorationSize!: number;

  @Field(() => Int)
  readonly evaluationWeeks!: number;

  @Field(() => Int, { description: 'Weeks of rest between two flows to the same customer.' })
  readonly restWeeks!: number;

  @Field(() => Int)
  readonly maxMailsPerDay!: number;

  @Field(() => Int)
  readonly maxMailsPer14Days!: number;

  @Field(() => Int)
  readonly volumeMin!: number;

  @Field(() => Int)
  readonly volumeMax!: number;

  @Field(() => Band, { nullable: true, description: 'The relative change of the fund prices over a week.' })
  readonly marketWeekBand!: Band | null;

  @Field(() => Band, { nullable: true, description: 'The relative change of the fund prices over a month.' })
  readonly marketMonthBand!: Band | null;

  @Field(() => Int, { description: 'How many recipients the review sample holds.' })
  readonly sampleSize!: number;

  @Field(() => String, { description: "Cron expression, in the bank's time zone." })
  readonly schedule!: string;

  @Field(() => [FeatureOverride])
  readonly overrides!: readonly FeatureOverride[];

  @Field(() => [CheckLimit])
  readonly limits!: readonly CheckLimit[];

  @Field(() => [GateLimit], { description: 'By which the models of the campaign are judged.' })
  readonly gateLimits!: readonly GateLimit[];
}
