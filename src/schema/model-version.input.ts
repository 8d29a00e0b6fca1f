import { Field, ID, InputType } from 'type-graphql';
import { Base64Scalar } from './scalars.ts';

@InputType({ description: 'Registers a model package.' })
export class RegisterModelInput {
  @Field(() => String, { description: 'The key of the campaign, as the card names it.' })
  readonly campaign!: string;

  @Field(() => Base64Scalar, { description: 'A zip of the model package.' })
  readonly package!: string;
}

@InputType({ description: 'Names a model version.' })
export class ModelInput {
  @Field(() => ID, { description: 'The id of the model version.' })
  readonly modelId!: string;
}

@InputType({ description: 'Names a model version, and says why.' })
export class ModelNoteInput {
  @Field(() => ID, { description: 'The id of the model version.' })
  readonly modelId!: string;

  @Field(() => String, { description: 'Why.' })
  readonly note!: string;
}

@InputType({ description: 'Why a gate that warns is let pass.' })
export class GateAcceptanceInput {
  @Field(() => String, { description: 'The name of a gate that warns.' })
  readonly gate!: string;

  @Field(() => String, { description: 'Why that is acceptable.' })
  readonly reason!: string;
}

@InputType({ description: 'Approves a validated model version.' })
export class ApproveModelInput {
  @Field(() => ID, { description: 'The id of the model version.' })
  readonly modelId!: string;

  @Field(() => [GateAcceptanceInput], { nullable: true, description: 'One for each gate that warns.' })
  readonly acceptances?: readonly GateAcceptanceInput[] | null;

  @Field(() => String, { nullable: true, description: 'What is to be said about it.' })
  readonly note?: string | null;
}
