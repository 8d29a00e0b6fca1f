import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { PAUSE_SCOPES, type PauseScope, STOPPED_THINGS, type Stopped } from '../domain/engine-pause.ts';
import { DateTimeScalar, IsoWeekScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

export const PauseScopeEnum = wordEnum(
  'PauseScope',
  PAUSE_SCOPES,
  'What a pause stops: the engine of a campaign, its flow, or everything that runs in the background.',
);
const StoppedThingEnum = wordEnum('StoppedThing', STOPPED_THINGS, 'What was under way, or due.');

@ObjectType({ description: 'One thing that a pause stopped, as it was at that instant.' })
export class StoppedByPause {
  @Field(() => StoppedThingEnum)
  readonly what!: Stopped['what'];

  @Field(() => String)
  readonly campaign!: string;

  @Field(() => IsoWeekScalar, { nullable: true })
  readonly week!: string | null;

  @Field(() => ID, { nullable: true, description: 'Of the run, batch or model version.' })
  readonly id!: string | null;

  @Field(() => String, { nullable: true })
  readonly status!: string | null;

  @Field(() => String, { nullable: true, description: 'When a scheduled run would have started, RFC 3339.' })
  readonly dueAt!: string | null;
}

@ObjectType({ description: 'What was stopped, by whom and why; in force until it is resumed.' })
export class EnginePause {
  @Field(() => PauseScopeEnum)
  readonly scope!: PauseScope;

  @Field(() => String, { nullable: true, description: 'Null of everything.' })
  readonly campaign!: string | null;

  @Field(() => ID, { nullable: true, description: 'Null of a pause from before they were kept.' })
  readonly pausedBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  readonly pausedAt!: Date | null;

  @Field(() => String, { nullable: true })
  readonly reason!: string | null;

  @Field(() => [StoppedByPause])
  readonly stopped!: readonly Stopped[];

  @Field(() => ID, { nullable: true })
  readonly resumedBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  readonly resumedAt!: Date | null;

  @Field(() => String, { nullable: true })
  readonly resumeReason!: string | null;
}

@InputType()
export class EverythingInput {
  @Field(() => String, { description: 'Why everything is paused or resumed.' })
  readonly reason!: string;
}

@ObjectType()
export class EnginePausePayload {
  @Field(() => EnginePause)
  readonly pause!: EnginePause;
}
