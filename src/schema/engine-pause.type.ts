import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { PAUSE_SCOPES, type PauseScope, STOPPED_THINGS, type Stopped } from '../domain/engine-pause.ts';
import { DateTimeScalar, IsoWeekScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

export const PauseScopeEnum = wordEnum('PauseScope', PAUSE_SCOPES, 'What a pause stops.', {
  CAMPAIGN: 'The engine of a campaign.',
  FLOW: 'The flow of a campaign: runs go on, nobody is mailed.',
  EVERYTHING: 'Everything that runs in the background.',
});
const StoppedThingEnum = wordEnum('StoppedThing', STOPPED_THINGS, 'What was under way, or due.', {
  RUN: 'A run under way.',
  SCHEDULED_RUN: 'A run that the schedule would start.',
  BATCH: 'A batch that is not released.',
  HAND_OFF: 'A released batch that the mail tool does not have.',
  JUDGING: 'The judging of a model version.',
});

@ObjectType({ description: 'One thing that a pause stopped, as it was at that instant.' })
export class StoppedByPause {
  @Field(() => StoppedThingEnum, { description: 'What kind of thing it is.' })
  readonly what!: Stopped['what'];

  @Field(() => String, { description: 'Whose it is.' })
  readonly campaign!: string;

  @Field(() => IsoWeekScalar, { nullable: true, description: 'Of which week; null of what has none.' })
  readonly week!: string | null;

  @Field(() => ID, { nullable: true, description: 'Of the run, batch or model version.' })
  readonly id!: string | null;

  @Field(() => String, { nullable: true, description: 'Its status at that instant.' })
  readonly status!: string | null;

  @Field(() => String, { nullable: true, description: 'When a scheduled run would have started, RFC 3339.' })
  readonly dueAt!: string | null;
}

@ObjectType({ description: 'What was stopped, by whom and why; in force until it is resumed.' })
export class EnginePause {
  @Field(() => PauseScopeEnum, { description: 'What is paused.' })
  readonly scope!: PauseScope;

  @Field(() => String, { nullable: true, description: 'Null of everything.' })
  readonly campaign!: string | null;

  @Field(() => ID, { nullable: true, description: 'Null of a pause from before they were kept.' })
  readonly pausedBy!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When; null of a pause from before they were kept.',
  })
  readonly pausedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Why.' })
  readonly reason!: string | null;

  @Field(() => [StoppedByPause], { description: 'What it stopped.' })
  readonly stopped!: readonly Stopped[];

  @Field(() => ID, { nullable: true, description: 'Who resumed it.' })
  readonly resumedBy!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it was resumed; null while it is in force.',
  })
  readonly resumedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Why it was resumed.' })
  readonly resumeReason!: string | null;
}

@InputType({ description: 'Pauses or resumes everything that runs in the background.' })
export class EverythingInput {
  @Field(() => String, { description: 'Why everything is paused or resumed.' })
  readonly reason!: string;
}

@ObjectType({ description: 'What became of a pause.' })
export class EnginePausePayload {
  @Field(() => EnginePause, { description: 'The pause, as it is now.' })
  readonly pause!: EnginePause;
}
