import { Field, ID, InputType } from 'type-graphql';

@InputType({ description: 'A decision about a declaration or a proposal of somebody else.' })
export class DecideInput {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => String, { nullable: true })
  readonly note?: string | null;
}
