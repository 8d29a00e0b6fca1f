import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';

@InputType({ description: 'Asks for a customer to be erased; another person must do it.' })
export class RequestErasureInput {
  @Field(() => ID, { description: 'The party id.' })
  readonly customer!: string;

  @Field(() => String, { description: 'Why: kept with the request, which goes with the customer.' })
  readonly reason!: string;
}

@ObjectType({ description: 'The request for another person to act on.' })
export class RequestErasurePayload {
  @Field(() => ID, { description: 'The request, as the audit log names it.' })
  readonly request!: string;

  @Field(() => ID, { description: 'The party id.' })
  readonly customer!: string;
}

@InputType({ description: 'Erases a customer on the open request of another person.' })
export class EraseCustomerInput {
  @Field(() => ID, { description: 'The party id.' })
  readonly customer!: string;

  @Field(() => ID, { description: 'Who asked for it (requestErasure).' })
  readonly requestedBy!: string;

  @Field(() => String, { description: 'Why: kept with the erasure, so that it must not tell who it was.' })
  readonly reason!: string;
}

@ObjectType({ description: 'What was erased, and what is left to erase elsewhere.' })
export class EraseCustomerPayload {
  @Field(() => ID, { description: 'The party id.' })
  readonly customer!: string;

  @Field(() => ID, { description: 'The erasure: the subject of its audit entry.' })
  readonly erasure!: string;

  @Field(() => Int, { description: 'Rows of all tables that are gone.' })
  readonly erasedRows!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Null until the log has given the entry its place, about a second.',
  })
  readonly auditIndex!: number | null;

  @Field(() => [String], {
    description: 'Files outside of the database that hold the customer, for whoever owns them to erase.',
  })
  readonly files!: readonly string[];
}
