import { Field, ID, ObjectType } from 'type-graphql';
import { MODEL_ACTS, type ModelAct } from '../domain/model-life.ts';
import type { ModelStatus } from '../domain/model-version.ts';
import { ModelStatusEnum } from './model-version.type.ts';
import { DateTimeScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

export const ModelActEnum = wordEnum(
  'ModelAct',
  MODEL_ACTS,
  'What is done with a model version. VALIDATE has it judged again, JUDGE is what the engine does then. REPLACE is what activating another one does to the one before.',
);

@ObjectType({ description: 'Something that was done with a model version.' })
export class PastModelAct {
  @Field(() => DateTimeScalar)
  readonly at!: Date;

  @Field(() => ID)
  readonly by!: string;

  @Field(() => ModelActEnum)
  readonly act!: ModelAct;

  @Field(() => ModelStatusEnum, { nullable: true, description: 'Null of the first act.' })
  readonly before!: ModelStatus | null;

  @Field(() => ModelStatusEnum)
  readonly after!: ModelStatus;

  @Field(() => String, { nullable: true })
  readonly note!: string | null;
}

@ObjectType({ description: 'From when until when something held.' })
export class ModelPeriod {
  @Field(() => DateTimeScalar)
  readonly from!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Null while it lasts.' })
  readonly until!: Date | null;
}
