import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import type { IsoWeek } from '../domain/week.ts';
import { Batch } from '../schema/batch.type.ts';
import { ReviewAlarm, ReviewEvidence } from '../schema/review-evidence.type.ts';
import { IsoWeekScalar } from '../schema/scalars.ts';
import type { BatchRow } from '../store/batch.row.ts';
import { evidenceOfBatch, readReviewEvidence } from '../use-cases/read-review-evidence.ts';
import type { ApiContext } from './api-context.ts';
import { OfCampaign } from './of-campaign.ts';
import { Permit } from './permit.ts';

@Resolver()
export class ReviewEvidenceResolver {
  @Permit('review.readEvidence')
  @Query(() => [ReviewEvidence], {
    description: 'How the batches of some weeks were reviewed, per batch and reviewer, the earliest first.',
  })
  reviewEvidence(
    @Ctx() { services }: ApiContext,
    @OfCampaign() campaign: string,
    @Arg('from', () => IsoWeekScalar, { description: 'The first week.' }) from: IsoWeek,
    @Arg('to', () => IsoWeekScalar, { description: 'The last week.' }) to: IsoWeek,
  ) {
    return readReviewEvidence(services.db.manager, { campaign, from, to });
  }
}

@Resolver(() => Batch)
export class BatchAlarmsResolver {
  @FieldResolver(() => [ReviewAlarm], {
    description: 'What of the review looks like rubber-stamping: for whoever approves.',
  })
  async reviewAlarms(@Root() batch: BatchRow, @Ctx() { services }: ApiContext) {
    const evidence = await evidenceOfBatch(services.db.manager, batch);
    return evidence.flatMap(({ alarms }) => alarms);
  }
}
