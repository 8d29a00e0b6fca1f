import { Field, InputType, ObjectType } from 'type-graphql';
import { DateTimeScalar } from './scalars.ts';

/** Whether it is paused, its config, live model and current run are answered by the campaign's resolver. */
@ObjectType({ description: 'One engine: a target product, an audience, a message flow.' })
export class Campaign {
  @Field(() => String, { description: 'By which it is asked for, such as investing-retail.' })
  readonly key!: string;

  @Field(() => String, { description: 'What it is called.' })
  readonly name!: string;

  @Field(() => String, { description: 'What it is about.' })
  readonly product!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the schedule starts the next run.' })
  readonly nextRunAt!: Date | null;
}

@InputType({ description: 'Pauses or resumes the engine or the flow of a campaign.' })
export class EngineInput {
  @Field(() => String, { description: 'The key of the campaign.' })
  readonly campaign!: string;

  @Field(() => String, { description: 'Why the engine is paused or resumed.' })
  readonly reason!: string;
}

@ObjectType({ description: 'What became of a campaign.' })
export class CampaignPayload {
  @Field(() => Campaign, { description: 'The campaign, as it is now.' })
  readonly campaign!: Campaign;
}
