import { Field, ID, InputType } from 'type-graphql';

@InputType({ description: 'A decision about a declaration or a proposal of somebody else.' })
export class DecideInput {
  @Field(() => ID, { description: 'The id of what is decided on.' })
  readonly id!: string;

  @Field(() => String, { nullable: true, description: 'Why; some decisions ask for it.' })
  readonly note?: string | null;
}
