import { ArgsType, Field, Float, ID, InputType } from 'type-graphql';
import { ConfigPatchInput } from './config-patch.input.ts';
import { IsoWeekScalar } from './scalars.ts';

@InputType({
  description:
    'What if a feature were otherwise: its value × multiply + add, before the bounds of its recipe. A value that is missing, and one that an override holds, stays.',
})
export class FeatureShiftInput {
  @Field(() => String, { description: 'A feature of the model.' })
  readonly feature!: string;

  @Field(() => Float, { nullable: true, description: '0 when absent.' })
  readonly add?: number | null;

  @Field(() => Float, { nullable: true, description: '1 when absent.' })
  readonly multiply?: number | null;
}

@ArgsType()
export class SimulationArguments {
  @Field(() => String, { description: 'The key of the campaign.' })
  readonly campaign!: string;

  @Field(() => IsoWeekScalar, { description: 'The first week.' })
  readonly from!: string;

  @Field(() => IsoWeekScalar, { description: 'Belongs to it; 120 weeks at most.' })
  readonly to!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'A registered model version, in place of the one that each week ran with.',
  })
  readonly model?: string | null;

  @Field(() => ConfigPatchInput, {
    nullable: true,
    description: 'What to change of the settings that each week ran with.',
  })
  readonly config?: ConfigPatchInput | null;

  @Field(() => [FeatureShiftInput], { nullable: true, description: 'The features that are shifted.' })
  readonly shift?: readonly FeatureShiftInput[] | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'Whether MARKET_BAND judges a market that is shifted, by the prices as they are shifted. Else it does not judge a shifted market.',
  })
  readonly judgeMarket!: boolean;
}
