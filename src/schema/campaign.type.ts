import { Field, InputType, ObjectType } from 'type-graphql';
import { DateTimeScalar } from './scalars.ts';

/** Whether it is paused, its config, live model and current run are answered by the campaign's resolver. */
@ObjectType({ description: 'One engine: a target product, an audience, a message flow.' })
export class Campaign {
  @Field(() => String)
  readonly key!: string;

  @Field(() => String)
  readonly name!: string;

  @Field(() => String)
  readonly product!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the schedule starts the next run.' })
  readonly nextRunAt!: Date | null;
}

@InputType()
export class EngineInput {
  @Field(() => String)
  readonly campaign!: string;

  @Field(() => String, { description: 'Why the engine is paused or resumed.' })
  readonly reason!: string;
}

@ObjectType()
export class CampaignPayload {
  @Field(() => Campaign)
  readonly campaign!: Campaign;
}
