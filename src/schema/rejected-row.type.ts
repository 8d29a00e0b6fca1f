import { Field, Int, ObjectType } from 'type-graphql';
import { connectionOf } from './connection.type.ts';

@ObjectType({ description: 'A row of a feed that was not used; never what it said.' })
export class RejectedRow {
  @Field(() => String, { description: 'The name of the file.' })
  readonly file!: string;

  @Field(() => Int, { description: 'Its line in the file; the header is line 1.' })
  readonly line!: number;

  @Field(() => String, { description: 'The column; empty where the row as a whole broke the rule.' })
  readonly field!: string;

  @Field(() => String, { description: 'The rule that it broke.' })
  readonly rule!: string;
}

export const RejectedRowConnection = connectionOf('RejectedRow', RejectedRow);
