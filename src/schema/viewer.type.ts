import { Field, ID, ObjectType } from 'type-graphql';
import { ROLES, type Role } from '../domain/permissions.ts';
import { wordEnum } from './word-enum.ts';

export const RoleEnum = wordEnum('Role', ROLES, 'What somebody is at the bank; it decides what they may do.');

@ObjectType({ description: 'Who is signed in.' })
export class Viewer {
  @Field(() => ID, { description: 'The pseudonymous id of the identity provider.' })
  readonly subject!: string;

  @Field(() => String, { nullable: true })
  readonly name!: string | null;

  @Field(() => [RoleEnum])
  readonly roles!: readonly Role[];
}
