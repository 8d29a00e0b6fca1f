import { Field, ID, ObjectType } from 'type-graphql';
import { MODEL_ACTS, type ModelAct } from '../domain/model-life.ts';
import type { ModelStatus } from '../domain/model-version.ts';
import { ModelStatusEnum } from './model-version.type.ts';
import { DateTimeScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

export const ModelActEnum = wordEnum('ModelAct', MODEL_ACTS, 'What is done with a model version.', {
  REGISTER: 'Registered.',
  VALIDATE: 'Asked to be judged again.',
  JUDGE: 'Judged by the gates.',
  APPROVE: 'Approved.',
  REVOKE: 'Approval taken back.',
  ACTIVATE: 'Put into production.',
  REPLACE: 'Taken out of production by the activation of another.',
  RETIRE: 'Taken out of production.',
  SET_CHALLENGER: 'Made the challenger.',
  CLEAR_CHALLENGER: 'Challenger no more.',
});

@ObjectType({ description: 'Something that was done with a model version.' })
export class PastModelAct {
  @Field(() => DateTimeScalar, { description: 'When.' })
  readonly at!: Date;

  @Field(() => ID, { description: 'Who did it.' })
  readonly by!: string;

  @Field(() => ModelActEnum, { description: 'What was done.' })
  readonly act!: ModelAct;

  @Field(() => ModelStatusEnum, { nullable: true, description: 'Null of the first act.' })
  readonly before!: ModelStatus | null;

  @Field(() => ModelStatusEnum, { description: 'The status from then on.' })
  readonly after!: ModelStatus;

  @Field(() => String, { nullable: true, description: 'What they said about it.' })
  readonly note!: string | null;
}

@ObjectType({ description: 'From when until when something held.' })
export class ModelPeriod {
  @Field(() => DateTimeScalar, { description: 'When it began.' })
  readonly from!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Null while it lasts.' })
  readonly until!: Date | null;
}
