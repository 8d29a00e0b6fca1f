import { Field, ID, InputType } from 'type-graphql';
import { Base64Scalar } from './scalars.ts';

@InputType()
export class RegisterModelInput {
  @Field(() => String)
  readonly campaign!: string;

  @Field(() => Base64Scalar, { description: 'A zip of the model package.' })
  readonly package!: string;
}

@InputType()
export class ModelInput {
  @Field(() => ID)
  readonly modelId!: string;
}

@InputType()
export class ModelNoteInput {
  @Field(() => ID)
  readonly modelId!: string;

  @Field(() => String)
  readonly note!: string;
}

@InputType({ description: 'Why a gate that warns is let pass.' })
export class GateAcceptanceInput {
  @Field(() => String)
  readonly gate!: string;

  @Field(() => String)
  readonly reason!: string;
}

@InputType()
export class ApproveModelInput {
  @Field(() => ID)
  readonly modelId!: string;

  @Field(() => [GateAcceptanceInput], { nullable: true })
  readonly acceptances?: readonly GateAcceptanceInput[] | null;

  @Field(() => String, { nullable: true })
  readonly note?: string | null;
}
