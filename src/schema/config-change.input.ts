import { Field, ID, InputType } from 'type-graphql';
import { ConfigPatchInput } from './config-patch.input.ts';

@InputType()
export class ProposeConfigChangeInput {
  @Field(() => String)
  readonly campaign!: string;

  @Field(() => ConfigPatchInput)
  readonly patch!: ConfigPatchInput;

  @Field(() => String)
  readonly reason!: string;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Whoever changes settings in the middle of an evaluation says that they know.',
  })
  readonly acceptsEvaluationLoss?: boolean | null;
}

@InputType({
  description:
    'What of a change is to be another; what is left out stays. The settings and the impact are worked out anew from those in force.',
})
export class AmendConfigChangeInput {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => ConfigPatchInput, { nullable: true, description: 'In the place of the patch before.' })
  readonly patch?: ConfigPatchInput | null;

  @Field(() => String, { nullable: true })
  readonly reason?: string | null;

  @Field(() => Boolean, { nullable: true })
  readonly acceptsEvaluationLoss?: boolean | null;
}
