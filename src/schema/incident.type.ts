import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { INCIDENT_KINDS, type IncidentKind } from '../domain/incident.ts';
import { connectionOf } from './connection.type.ts';
import { DateTimeScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

export const IncidentKindEnum = wordEnum('IncidentKind', INCIDENT_KINDS, 'What went wrong.', {
  FEED_MISSING: 'The feed is not there.',
  CHECK_HALTED: 'A check halted a run.',
  RUN_FAILED: 'A run failed.',
  HAND_OFF_FAILED: 'The mail tool did not take a batch.',
  RECORD_BROKEN: 'Record or log is not what was written.',
  RUBBER_STAMPING: 'A batch was submitted after a review that looks like none.',
  ENUMERATION: 'Somebody opens customer after customer.',
  DATA_USE: 'A column that is needed is not covered, or soon will not be.',
});

/** Its campaign and run are answered by the incident's resolver. */
@ObjectType({ description: 'Something that needs a human.' })
export class Incident {
  @Field(() => ID, { description: 'Its id.' })
  readonly id!: string;

  @Field(() => IncidentKindEnum, { description: 'What went wrong.' })
  readonly kind!: IncidentKind;

  @Field(() => DateTimeScalar, { description: 'When it was opened.' })
  readonly openedAt!: Date;

  @Field(() => String, { description: 'What happened, as a sentence.' })
  readonly summary!: string;

  @Field(() => ID, { nullable: true, description: 'Who resolved it; null while it is open.' })
  readonly resolvedBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When; null while it is open.' })
  readonly resolvedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'What was done about it.' })
  readonly note!: string | null;
}

export const IncidentConnection = connectionOf('Incident', Incident);

@InputType({ description: 'Closes an incident.' })
export class ResolveIncidentInput {
  @Field(() => ID, { description: 'The id of the incident.' })
  readonly incidentId!: string;

  @Field(() => String, { description: 'What was done about it.' })
  readonly note!: string;
}

@ObjectType({ description: 'What became of an incident.' })
export class IncidentPayload {
  @Field(() => Incident, { description: 'The incident, as it is now.' })
  readonly incident!: Incident;
}
