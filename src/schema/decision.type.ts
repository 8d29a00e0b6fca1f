import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { RECIPIENT_STATUSES, type RecipientStatus } from '../domain/batch.ts';
import { ARMS, type Arm, OUTCOMES, type Outcome, REASONS, type Reason } from '../domain/decision.ts';
import { AuditCheckpoint, InclusionProof } from './audit.type.ts';
import { connectionOf } from './connection.type.ts';
import { Base64Scalar, DigestScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

export const OutcomeEnum = wordEnum('Outcome', OUTCOMES, 'What was decided for a customer.', {
  MAIL: 'To be mailed: of the arms MODEL and EXPLORATION.',
  HELD_OUT: 'Chosen, deliberately not mailed.',
  NOT_CHOSEN: 'Below the threshold, or over the capacity.',
  NOT_ELIGIBLE: 'A rule bars the customer, who was not scored.',
});
export const ArmEnum = wordEnum(
  'Arm',
  ARMS,
  'Why a customer is in or out of the mailing: model and control groups.',
  {
    MODEL: 'Chosen by the model, mailed.',
    HOLDOUT: 'Chosen by the model, deliberately not mailed.',
    EXPLORATION: 'Not chosen by the model, mailed at random.',
  },
);
export const RecipientStatusEnum = wordEnum(
  'RecipientStatus',
  RECIPIENT_STATUSES,
  'What became of who was proposed for mailing.',
  {
    PROPOSED: 'In a batch that is not finished.',
    REMOVED: 'Removed by a reviewer.',
    DROPPED: 'Left out at the release: an objection or the quiet list, of a fallback batch any rule.',
    REJECTED: 'The batch was rejected.',
    RELEASED: 'Handed to the mail tool.',
  },
);
export const ReasonEnum = wordEnum('Reason', REASONS, 'Why a decision came out as it did.', {
  ABOVE_THRESHOLD: 'The score is at or above the threshold.',
  BELOW_THRESHOLD: 'The score is below the threshold.',
  CAPACITY: 'Others with better scores filled the capacity.',
  RANDOM_HOLDOUT: 'Drawn into the holdout.',
  RANDOM_EXPLORATION: 'Drawn into the exploration, or into a fallback batch.',
  NOT_PRIVATE: 'No private customer.',
  HOLDS_PRODUCT: 'Has the product already.',
  NO_OPT_IN: 'Never opted in.',
  OPTED_OUT: 'Opted out.',
  UNDER_AGE: 'Under 18.',
  AGE_OUT_OF_RANGE: 'Outside the ages of the settings.',
  DECEASED: 'Deceased.',
  FRAUD_FLAG: 'Flagged for fraud.',
  NOT_A_CUSTOMER: 'The relationship has ended.',
  ADDRESS_BOUNCED: 'The mail address bounced.',
  QUIET_LIST: 'On the quiet list.',
  IN_FLOW: 'In a flow of the campaign that is still going on.',
  RECENTLY_MAILED: 'In a flow of the campaign within the weeks of rest.',
  CONTACT_PRESSURE: 'The bank mails the customer too often already.',
  DATA_INCOMPLETE: 'Lacks what the model needs to know.',
  REMOVED_BY_REVIEWER: 'Removed by a reviewer.',
  STOPPED_CONVERTED: 'The flow stopped: the customer converted.',
  STOPPED_OPTED_OUT: 'The flow stopped: the customer opted out.',
  STOPPED_BOUNCED: 'The flow stopped: the mail address bounced.',
});

@ObjectType({
  description:
    "Merkle path of this decision to the run's decisionRoot, and of the run's audit entry to the signed checkpoint. Of a draw into a fallback batch it proves the batch as a whole, not one customer: `leaf` and `root` are the digest over everyone who was drawn, the salt is empty, and `audit` is of the entry of the draw.",
})
export class DecisionProof {
  @Field(() => DigestScalar, { description: 'The hash of the decision with its salt.' })
  readonly leaf!: string;

  @Field(() => Base64Scalar, { description: 'In the text of the leaf it stands in hex.' })
  readonly salt!: string;

  @Field(() => Int, { description: 'The place of the leaf in the tree, from 0.' })
  readonly index!: number;

  @Field(() => Int, { description: 'How many leaves the tree has.' })
  readonly size!: number;

  @Field(() => [DigestScalar], { description: 'The hashes from the leaf to the root.' })
  readonly path!: readonly string[];

  @Field(() => DigestScalar, { description: 'The decisionRoot of the run.' })
  readonly root!: string;

  @Field(() => InclusionProof, {
    nullable: true,
    description:
      "Of the run's audit entry in the tree of the checkpoint; null until one is signed that has it.",
  })
  readonly audit!: InclusionProof | null;

  @Field(() => AuditCheckpoint, { nullable: true, description: 'The newest one; null before the first.' })
  readonly checkpoint!: AuditCheckpoint | null;
}

/** Its run is answered by the decision's resolver. */
@ObjectType({ description: 'The recorded outcome for one customer in one run.' })
export class Decision {
  @Field(() => ID, { description: 'The party id.' })
  readonly customer!: string;

  @Field(() => OutcomeEnum, { description: 'What was decided.' })
  readonly outcome!: Outcome;

  @Field(() => ArmEnum, { nullable: true, description: 'Null of who is neither mailed nor held out.' })
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

  @Field(() => DecisionProof, { description: 'That this is what was recorded then.' })
  readonly proof!: DecisionProof;
}

export const DecisionConnection = connectionOf('Decision', Decision);
