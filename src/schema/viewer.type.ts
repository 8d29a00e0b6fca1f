import { Field, ID, ObjectType } from 'type-graphql';
import { ROLES, type Role } from '../domain/permissions.ts';
import { wordEnum } from './word-enum.ts';

export const RoleEnum = wordEnum(
  'Role',
  ROLES,
  'What somebody is at the bank; it decides what they may do.',
  {
    OPERATOR: 'Runs the campaign every week.',
    MARKETEER: 'Owns the proposition; sees aggregates only.',
    COMPLIANCE_REVIEWER: 'Judges what touches data, models and customers.',
    CONTACT_CENTRE: 'Answers customers; the role of every service client.',
  },
);

@ObjectType({ description: 'Who is signed in.' })
export class Viewer {
  @Field(() => ID, { description: 'The pseudonymous id of the identity provider.' })
  readonly subject!: string;

  @Field(() => String, { nullable: true, description: 'As the identity provider has it; kept nowhere.' })
  readonly name!: string | null;

  @Field(() => [RoleEnum], { description: 'Of the token of this request.' })
  readonly roles!: readonly Role[];
}
