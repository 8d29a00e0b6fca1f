import { Field, ID, InputType } from 'type-graphql';
import { ConfigPatchInput } from './config-patch.input.ts';

@InputType({ description: 'Proposes other settings.' })
export class ProposeConfigChangeInput {
  @Field(() => String, { description: 'The key of the campaign.' })
  readonly campaign!: string;

  @Field(() => ConfigPatchInput, { description: 'The settings to change.' })
  readonly patch!: ConfigPatchInput;

  @Field(() => String, { description: 'Why.' })
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
  @Field(() => ID, { description: 'The id of the change.' })
  readonly id!: string;

  @Field(() => ConfigPatchInput, { nullable: true, description: 'In the place of the patch before.' })
  readonly patch?: ConfigPatchInput | null;

  @Field(() => String, { nullable: true, description: 'In the place of the reason before.' })
  readonly reason?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'In the place of what was accepted before.' })
  readonly acceptsEvaluationLoss?: boolean | null;
}
