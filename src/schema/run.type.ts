import { Field, ID, Int, ObjectType } from 'type-graphql';
import { RUN_STATUSES, RUN_TRIGGERS, type RunStatus, type RunTrigger } from '../domain/run.ts';
import { Check } from './check.type.ts';
import { connectionOf } from './connection.type.ts';
import { Funnel } from './funnel.type.ts';
import { RunManifest } from './run-manifest.type.ts';
import { DateTimeScalar, IsoWeekScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

export const RunStatusEnum = wordEnum('RunStatus', RUN_STATUSES, 'How far a run is, or how it ended.', {
  CHECKING: 'The feed is received and checked.',
  SCORING: 'The eligible are scored.',
  SELECTING: 'The decisions are made; explanations, challenger and batch follow.',
  AWAITING_REVIEW: 'The batch waits for people.',
  HALTED: 'A check stopped it.',
  FAILED: 'It broke off; it can be resumed.',
  RELEASED: 'The batch went to the mail tool.',
  REJECTED: 'The batch was rejected.',
  SUPERSEDED: 'A new attempt took its place.',
  EMPTY: 'It ended with nobody to mail.',
});
export const RunTriggerEnum = wordEnum('RunTrigger', RUN_TRIGGERS, 'What started a run.', {
  SCHEDULE: 'The schedule.',
  MANUAL: 'A person.',
  RESUME: 'A person, after it had failed.',
});

/** Its campaign, batch, model and config are answered by the run's resolver. */
@ObjectType({ description: 'One execution of a campaign for one ISO week.' })
export class Run {
  @Field(() => ID, { description: 'Its id.' })
  readonly id!: string;

  @Field(() => IsoWeekScalar, { description: 'The week that it decides.' })
  readonly week!: string;

  @Field(() => Int, { description: 'A re-run of a week is a new attempt; the old ones stay on record.' })
  readonly attempt!: number;

  @Field(() => RunTriggerEnum, { description: 'What started it.' })
  readonly trigger!: RunTrigger;

  @Field(() => RunStatusEnum, { description: 'How far it is, or how it ended.' })
  readonly status!: RunStatus;

  @Field(() => DateTimeScalar, { description: 'When it was started.' })
  readonly startedAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ended; null before.' })
  readonly finishedAt!: Date | null;

  @Field(() => [Check], { description: 'In the order in which they were made.' })
  readonly checks!: readonly Check[];

  @Field(() => Funnel, { description: 'Nothing but zeros before the run recorded its decisions.' })
  readonly funnel!: Funnel;

  @Field(() => RunManifest, {
    description:
      'Whatever influenced the outcome, by value or digest; refused before the decisions are recorded.',
    deprecationReason: 'One run without decisions takes the whole answer with it; ask for recordedManifest.',
  })
  readonly manifest!: RunManifest;
}

export const RunConnection = connectionOf('Run', Run);

@ObjectType({ description: 'How far a run is that is going on.' })
export class RunProgress {
  @Field(() => Run, { description: 'The run.' })
  readonly run!: Run;

  @Field(() => String, { description: 'RECEIVE, DECIDE, EXPLAIN, CHALLENGE, DRAW or DONE.' })
  readonly step!: string;

  @Field(() => Int, { description: 'What is done of the step, in rows or customers.' })
  readonly done!: number;

  @Field(() => Int, { description: 'What there is to do in the step; 0 while that is not known.' })
  readonly total!: number;
}

@ObjectType({ description: 'The run of the week, new or there already.' })
export class StartRunPayload {
  @Field(() => Run, { description: 'The run of the week.' })
  readonly run!: Run;

  @Field(() => Boolean, { description: 'False when the week already had a run, which is then the answer.' })
  readonly started!: boolean;
}

@ObjectType({ description: 'What became of a run.' })
export class RunPayload {
  @Field(() => Run, { description: 'The run, as it is now.' })
  readonly run!: Run;
}
