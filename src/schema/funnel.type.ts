import { Field, Int, ObjectType } from 'type-graphql';
import type { Arm, Reason } from '../domain/decision.ts';
import { ArmEnum, ReasonEnum } from './decision.type.ts';

@ObjectType({ description: 'How many customers of a run are in an arm.' })
export class ArmCount {
  @Field(() => ArmEnum, { description: 'The arm.' })
  readonly arm!: Arm;

  @Field(() => Int, { description: 'How many customers are in it.' })
  readonly count!: number;
}

@ObjectType({ description: 'How many customers of a run have a reason.' })
export class ReasonCount {
  @Field(() => ReasonEnum, { description: 'The reason.' })
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
  @Field(() => Int, { description: 'Customers of the snapshot.' })
  readonly considered!: number;

  @Field(() => Int, { description: 'Whom no rule bars.' })
  readonly eligible!: number;

  @Field(() => Int, { description: 'Whom the model scored: the eligible.' })
  readonly scored!: number;

  @Field(() => Int, { description: 'With a score at or above the threshold, before the capacity.' })
  readonly aboveThreshold!: number;

  @Field(() => Int, { description: 'Proposed for mailing, exploration among them.' })
  readonly mailed!: number;

  @Field(() => Int, { description: 'Chosen, deliberately not mailed.' })
  readonly heldOut!: number;

  @Field(() => Int, { description: 'Eligible, below the threshold or over the capacity.' })
  readonly notChosen!: number;

  @Field(() => Int, { description: 'Barred by a rule at least.' })
  readonly notEligible!: number;

  @Field(() => [ArmCount], { description: 'How many customers in each arm.' })
  readonly arms!: readonly ArmCount[];

  @Field(() => [ReasonCount], { description: 'How many customers for each reason.' })
  readonly reasons!: readonly ReasonCount[];
}
