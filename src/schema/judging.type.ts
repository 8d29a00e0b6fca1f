import { Field, Int, ObjectType } from 'type-graphql';
import { JUDGING_STATES, type JudgingState } from '../domain/judging.ts';
import { ModelVersion } from './model-version.type.ts';
import { DateTimeScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

export const JudgingStateEnum = wordEnum(
  'JudgingState',
  JUDGING_STATES,
  'Whether the judging of a model version was begun.',
  { QUEUED: 'It waits.', RUNNING: 'It was begun.' },
);

@ObjectType({ description: 'How far a model version is on its way through the gates.' })
export class Judging {
  @Field(() => JudgingStateEnum, { description: 'Whether it was begun.' })
  readonly state!: JudgingState;

  @Field(() => String, { nullable: true, description: 'READ, then the gate that is judged; null before.' })
  readonly step!: string | null;

  @Field(() => Int, { description: 'Gates that are judged.' })
  readonly done!: number;

  @Field(() => Int, { description: 'How many gates there are.' })
  readonly total!: number;

  @Field(() => DateTimeScalar, { description: 'When it was asked for.' })
  readonly askedAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was begun last.' })
  readonly startedAt!: Date | null;

  @Field(() => Int, {
    description: 'How often it was begun: more than once where the process that judged it went away.',
  })
  readonly attempts!: number;
}

@ObjectType({ description: 'How far a model version is that is being judged.' })
export class JudgingProgress {
  @Field(() => ModelVersion, { description: 'The version that is judged.' })
  readonly model!: ModelVersion;

  @Field(() => String, { description: 'READ, then the gate that is judged, DONE at the end.' })
  readonly step!: string;

  @Field(() => Int, { description: 'Gates that are judged.' })
  readonly done!: number;

  @Field(() => Int, { description: 'How many gates there are.' })
  readonly total!: number;
}
