import { Field, Float, Int, ObjectType } from 'type-graphql';
import { CHALLENGER_OUTCOMES, type ChallengerOutcome } from '../domain/challenger.ts';
import { DigestScalar } from './scalars.ts';
import { wordEnum } from './word-enum.ts';

export const ChallengerOutcomeEnum = wordEnum(
  'ChallengerOutcome',
  CHALLENGER_OUTCOMES,
  'What came of a challenger. The run goes on either way.',
  { SCORED: 'It scored.', SKIPPED: 'It was left out.', FAILED: 'It failed.' },
);

@ObjectType({ description: 'Scores above `from` and up to `to`; null has no bound.' })
export class ScoreBin {
  @Field(() => Float, { nullable: true, description: 'The lower bound, not in it.' })
  readonly from!: number | null;

  @Field(() => Float, { nullable: true, description: 'The upper bound, in it.' })
  readonly to!: number | null;

  @Field(() => Int, { description: 'How many scores of the challenger.' })
  readonly challenger!: number;

  @Field(() => Int, { description: 'How many scores of the live model.' })
  readonly live!: number;
}

@ObjectType({ description: 'A challenger beside the live model, on those whom both scored.' })
export class ChallengerComparison {
  @Field(() => Int, { description: 'Whom the run scored.' })
  readonly eligible!: number;

  @Field(() => Int, { description: 'Those of them who lacked what the challenger needs to know.' })
  readonly incomplete!: number;

  @Field(() => Int, { description: 'Whom it would have chosen and who are not in the holdout.' })
  readonly wouldMail!: number;

  @Field(() => Int, { description: 'Chosen by both.' })
  readonly chosenByBoth!: number;

  @Field(() => Int, { description: 'Chosen by the challenger, by the live model too or not.' })
  readonly chosenByChallenger!: number;

  @Field(() => Int, { description: 'Chosen by the live model, by the challenger too or not.' })
  readonly chosenByLive!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'The share on whom both choose alike; null where nobody was scored.',
  })
  readonly agreement!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "Spearman's rank correlation of the scores, from -1 to 1; null of fewer than two.",
  })
  readonly rankCorrelation!: number | null;

  @Field(() => [ScoreBin], { description: 'The scores of both.' })
  readonly scores!: readonly ScoreBin[];
}

/** Its model is answered by the challenger's resolver. */
@ObjectType({
  description:
    'What the challenger of a run would have decided, in counts. Nothing of the run follows from it.',
})
export class RunChallenger {
  @Field(() => ChallengerOutcomeEnum, { description: 'What came of it.' })
  readonly outcome!: ChallengerOutcome;

  @Field(() => String, { nullable: true, description: 'Why it did not score.' })
  readonly reason!: string | null;

  @Field(() => Int, { description: 'How many customers it scored.' })
  readonly scored!: number;

  @Field(() => DigestScalar, {
    nullable: true,
    description:
      'Of the Merkle tree over its decisions; the entry run.challenge of the audit log has the same.',
  })
  readonly root!: string | null;

  @Field(() => ChallengerComparison, { nullable: true, description: 'Null where it did not score.' })
  readonly comparison!: ChallengerComparison | null;
}

@ObjectType({ description: 'What the challenger of a run would have decided on a customer.' })
export class ChallengerDecision {
  @Field(() => Float, { description: 'Probability to convert, by the challenger.' })
  readonly score!: number;

  @Field(() => Int, { description: '1 is the best score of those that it scored.' })
  readonly rank!: number;

  @Field(() => Boolean, { description: "At or above the run's threshold and within its capacity." })
  readonly chosen!: boolean;
}
