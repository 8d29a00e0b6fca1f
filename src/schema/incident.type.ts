import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { INCIDENT_KINDS, type IncidentKind } from '../domain/incident.ts';
import { connectionOf } from './connection.type.ts';
import { DateTimeScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

export const IncidentKindEnum = wordEnum('IncidentKind', INCIDENT_KINDS, 'What went wrong.');

/** Its campaign and run are answered by the incident's resolver. */
@ObjectType({ description: 'Something that needs a human.' })
export class Incident {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => IncidentKindEnum)
  readonly kind!: IncidentKind;

  @Field(() => DateTimeScalar)
  readonly openedAt!: Date;

  @Field(() => String)
  readonly summary!: string;

  @Field(() => ID, { nullable: true })
  readonly resolvedBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  readonly resolvedAt!: Date | null;

  @Field(() => String, { nullable: true })
  readonly note!: string | null;
}

export const IncidentConnection = connectionOf('Incident', Incident);

@InputType()
export class ResolveIncidentInput {
  @Field(() => ID)
  readonly incidentId!: string;

  @Field(() => String, { description: 'What was done about it.' })
  readonly note!: string;
}

@ObjectType()
export class IncidentPayload {
  @Field(() => Incident)
  readonly incident!: Incident;
}
