import { Field, ID, InputType } from 'type-graphql';
import { IsoWeekScalar } from './scalars.ts';

@InputType({ description: 'Starts the run of a week.' })
export class StartRunInput {
  @Field(() => String, { description: 'The key of the campaign.' })
  readonly campaign!: string;

  @Field(() => IsoWeekScalar, { nullable: true, description: 'The current week when absent.' })
  readonly week?: string | null;
}

@InputType({ description: 'Names a run.' })
export class RunInput {
  @Field(() => ID, { description: 'The id of the run.' })
  readonly runId!: string;
}
