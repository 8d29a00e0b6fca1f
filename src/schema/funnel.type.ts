import { Field, Int, ObjectType } from 'type-graphql';
import type { Arm, Reason } from '../domain/decision.ts';
import { ArmEnum, ReasonEnum } from './decision.type.ts';

@ObjectType()
export class ArmCount {
  @Field(() => ArmEnum)
  readonly arm!: Arm;

  @Field(() => Int)
  readonly count!: number;
}

@ObjectType()
export class ReasonCount {
  @Field(() => ReasonEnum)
  readonly reason!: Reason;

  @Field(() => Int, { description: 'How many decisions carry this reason.' })
  readonly count!: number;

  @Field(() => Int, { description: 'How many decisions it decided.' })
  readonly decisive!: number;
}

@ObjectType({
  description:
    'Every customer of the snapshot is counted once: considered = mailed + heldOut + notChosen + notEligible.',
})
export class Funnel {
  @Field(() => Int)
  readonly considered!: number;

  @Field(() => Int)
  readonly eligible!: number;

  @Field(() => Int)
  readonly scored!: number;

  @Field(() => Int)
  readonly aboveThreshold!: number;

  @Field(() => Int)
  readonly mailed!: number;

  @Field(() => Int)
  readonly heldOut!: number;

  @Field(() => Int)
  readonly notChosen!: number;

  @Field(() => Int)
  readonly notEligible!: number;

  @Field(() => [ArmCount])
  readonly arms!: readonly ArmCount[];

  @Field(() => [ReasonCount])
  readonly reasons!: readonly ReasonCount[];
}
