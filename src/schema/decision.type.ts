import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { RECIPIENT_STATUSES, type RecipientStatus } from '../domain/batch.ts';
import { ARMS, type Arm, OUTCOMES, type Outcome, REASONS, type Reason } from '../domain/decision.ts';
import { AuditCheckpoint, InclusionProof } from './audit.type.ts';
import { connectionOf } from './connection.type.ts';
import { Base64Scalar, DigestScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

export const OutcomeEnum = wordEnum('Outcome', OUTCOMES, 'What was decided for a customer.');
export const ArmEnum = wordEnum(
  'Arm',
  ARMS,
  'MODEL: chosen and mailed. HOLDOUT: chosen, deliberately not mailed. EXPLORATION: not chosen, mailed at random.',
);
export const RecipientStatusEnum = wordEnum(
  'RecipientStatus',
  RECIPIENT_STATUSES,
  'What became of who was proposed for mailing.',
);
export const ReasonEnum = wordEnum('Reason', REASONS, 'Why a decision came out as it did.');

@ObjectType({
  description:
    "Merkle path of this decision to the run's decisionRoot, and of the run's audit entry to the signed checkpoint. Of a draw into a fallback batch it proves the batch as a whole, not one customer: `leaf` and `root` are the digest over everyone who was drawn, the salt is empty, and `audit` is of the entry of the draw.",
})
export class DecisionProof {
  @Field(() => DigestScalar)
  readonly leaf!: string;

  @Field(() => Base64Scalar, { description: 'In the text of the leaf it stands in hex.' })
  readonly salt!: string;

  @Field(() => Int)
  readonly index!: number;

  @Field(() => Int)
  readonly size!: number;

  @Field(() => [DigestScalar])
  readonly path!: readonly string[];

  @Field(() => DigestScalar)
  readonly root!: string;

  @Field(() => InclusionProof, { nullable: true })
  readonly audit!: InclusionProof | null;

  @Field(() => AuditCheckpoint, { nullable: true })
  readonly checkpoint!: AuditCheckpoint | null;
}

/** Its run is answered by the decision's resolver. */
@ObjectType({ description: 'The recorded outcome for one customer in one run.' })
export class Decision {
  @Field(() => ID)
  readonly customer!: string;

  @Field(() => OutcomeEnum)
  readonly outcome!: Outcome;

  @Field(() => ArmEnum, { nullable: true })
  readonly arm!: Arm | null;

  @Field(() => [ReasonEnum], { description: 'All of them, the decisive one first.' })
  readonly reasons!: readonly Reason[];

  @Field(() => Float, { nullable: true, description: 'Null for whoever was not eligible: no score exists.' })
  readonly score!: number | null;

  @Field(() => Int, { nullable: true, description: '1 is the best score of the eligible.' })
  readonly rank!: number | null;

  @Field(() => RecipientStatusEnum, {
    nullable: true,
    description: 'What became of who was proposed for mailing; null for everyone else.',
  })
  readonly recipientStatus!: RecipientStatus | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'The fallback batch into which the customer was drawn while the engine was off: no run decided that, `run` is the one of the snapshot, and `proof` is of the whole batch. Null for what a run decided.',
  })
  readonly fallbackBatch!: string | null;

  @Field(() => DecisionProof)
  readonly proof!: DecisionProof;
}

export const DecisionConnection = connectionOf('Decision', Decision);
