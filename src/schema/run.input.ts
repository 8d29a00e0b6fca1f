import { Field, ID, InputType } from 'type-graphql';
import { IsoWeekScalar } from './scalars.ts';

@InputType()
export class StartRunInput {
  @Field(() => String)
  readonly campaign!: string;

  @Field(() => IsoWeekScalar, { nullable: true, description: 'The current week when absent.' })
  readonly week?: string | null;
}

@InputType()
export class RunInput {
  @Field(() => ID)
  readonly runId!: string;
}
