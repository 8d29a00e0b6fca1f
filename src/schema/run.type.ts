import { Field, ID, Int, ObjectType } from 'type-graphql';
import { RUN_STATUSES, RUN_TRIGGERS, type RunStatus, type RunTrigger } from '../domain/run.ts';
import { Check } from './check.type.ts';
import { connectionOf } from './connection.type.ts';
import { Funnel } from './funnel.type.ts';
import { RunManifest } from './run-manifest.type.ts';
import { DateTimeScalar, IsoWeekScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

export const RunStatusEnum = wordEnum('RunStatus', RUN_STATUSES, 'How far a run is, or how it ended.');
export const RunTriggerEnum = wordEnum('RunTrigger', RUN_TRIGGERS, 'What started a run.');

/** Its campaign, batch, model and config are answered by the run's resolver. */
@ObjectType({ description: 'One execution of a campaign for one ISO week.' })
export class Run {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => IsoWeekScalar)
  readonly week!: string;

  @Field(() => Int, { description: 'A re-run of a week is a new attempt; the old ones stay on record.' })
  readonly attempt!: number;

  @Field(() => RunTriggerEnum)
  readonly trigger!: RunTrigger;

  @Field(() => RunStatusEnum)
  readonly status!: RunStatus;

  @Field(() => DateTimeScalar)
  readonly startedAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true })
  readonly finishedAt!: Date | null;

  @Field(() => [Check])
  readonly checks!: readonly Check[];

  @Field(() => Funnel)
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
  @Field(() => Run)
  readonly run!: Run;

  @Field(() => String)
  readonly step!: string;

  @Field(() => Int)
  readonly done!: number;

  @Field(() => Int)
  readonly total!: number;
}

@ObjectType()
export class StartRunPayload {
  @Field(() => Run)
  readonly run!: Run;

  @Field(() => Boolean, { description: 'False when the week already had a run, which is then the answer.' })
  readonly started!: boolean;
}

@ObjectType()
export class RunPayload {
  @Field(() => Run)
  readonly run!: Run;
}
