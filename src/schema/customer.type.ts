import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { DateScalar } from './scalars.ts';

@InputType({ description: 'A customer who said, by phone for example, that they want no mail.' })
export class RecordOptOutInput {
  @Field(() => ID, { description: 'The party id.' })
  readonly customer!: string;

  @Field(() => String, { description: 'How the bank knows.' })
  readonly note!: string;
}

@InputType({ description: 'A customer who is kept in the lee for now.' })
export class AddToQuietListInput {
  @Field(() => String, { description: 'The key of the campaign that leaves them alone.' })
  readonly campaign!: string;

  @Field(() => ID, { description: 'The party id.' })
  readonly customer!: string;

  @Field(() => DateScalar, { description: 'The last day on which the customer is left alone.' })
  readonly until!: string;

  @Field(() => String, { description: 'Why.' })
  readonly reason!: string;
}

@ObjectType({ description: 'Who is mailed no more.' })
export class OptOutPayload {
  @Field(() => ID, { description: 'The party id.' })
  readonly customer!: string;

  @Field(() => Boolean, {
    description:
      'False when nothing was on record of the customer: heeded all the same, and perhaps a slip of the pen.',
  })
  readonly known!: boolean;
}

@ObjectType({ description: 'Whom an act was about.' })
export class CustomerPayload {
  @Field(() => ID, { description: 'The party id.' })
  readonly customer!: string;
}
