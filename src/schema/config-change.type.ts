import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { ChangeStatus } from '../domain/change-status.ts';
import type { Role } from '../domain/permissions.ts';
import { ChangeStatusEnum } from './change-status.enum.ts';
import { ConfigImpact } from './config-impact.type.ts';
import { connectionOf } from './connection.type.ts';
import { DateTimeScalar, DigestScalar } from './scalars.ts';
import { RoleEnum } from './viewer.type.ts';

@ObjectType({ description: 'A setting before and after a change.' })
export class Difference {
  @Field(() => String, { description: 'The name of the setting.' })
  readonly field!: string;

  @Field(() => String, { description: 'Its value before, as text.' })
  readonly before!: string;

  @Field(() => String, { description: 'Its value after, as text.' })
  readonly after!: string;
}

@ObjectType({
  description: 'Who approved a revision of a change, and under which of the roles that it needs.',
})
export class ConfigApproval {
  @Field(() => ID, { description: 'Who approved.' })
  readonly by!: string;

  @Field(() => RoleEnum, { description: 'Under which role.' })
  readonly role!: Role;

  @Field(() => DateTimeScalar, { description: 'When.' })
  readonly at!: Date;

  @Field(() => String, { nullable: true, description: 'What they said about it.' })
  readonly note!: string | null;

  @Field(() => Int, { description: 'Which revision of the change they approved.' })
  readonly revision!: number;

  @Field(() => Boolean, { description: 'The change was edited since.' })
  readonly isVoid!: boolean;
}

@ObjectType({
  description: 'A change of settings: proposed with a reason and its impact, approved by others.',
})
export class ConfigChange {
  @Field(() => ID, { description: 'Its id.' })
  readonly id!: string;

  @Field(() => ChangeStatusEnum, { description: 'How far it is.' })
  readonly status!: ChangeStatus;

  @Field(() => String, { description: 'Why it is wanted.' })
  readonly reason!: string;

  @Field(() => [Difference], { description: 'Against the settings from which it was made.' })
  readonly differences!: readonly Difference[];

  @Field(() => ID, { description: 'Who proposed it.' })
  readonly proposedBy!: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  readonly proposedAt!: Date;

  @Field(() => Int, { description: 'Counts the edits; each makes the approvals before it void.' })
  readonly revision!: number;

  @Field(() => ID, { description: 'Who edited it last.' })
  readonly revisedBy!: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  readonly revisedAt!: Date;

  @Field(() => DigestScalar, { description: 'Of all that an approver sees of this revision.' })
  readonly digest!: string;

  @Field(() => [RoleEnum], { description: 'The roles that must approve it, each by another person.' })
  readonly needs!: readonly Role[];

  @Field(() => Int, { description: 'The number of the settings from which it was made.' })
  readonly base!: number;

  @Field(() => ID, { nullable: true, description: 'Who gave the last approval, rejected or withdrew it.' })
  readonly decidedBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was decided on; null before.' })
  readonly decidedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Of whoever decided on it.' })
  readonly note!: string | null;

  @Field(() => ConfigImpact, { description: 'On the last recorded weeks, as it was when this was proposed.' })
  readonly impact!: ConfigImpact;

  @Field(() => String, { nullable: true, description: 'The evaluation that it cuts, in words.' })
  readonly cutsEvaluation!: string | null;

  @Field(() => Boolean, { description: 'Whether the proposer accepts that it cuts an evaluation.' })
  readonly acceptsEvaluationLoss!: boolean;
}

export const ConfigChangeConnection = connectionOf('ConfigChange', ConfigChange);

@ObjectType({ description: 'What became of a config change.' })
export class ConfigChangePayload {
  @Field(() => ConfigChange, { description: 'The change, as it is now.' })
  readonly change!: ConfigChange;
}
