import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import type { IsoWeek } from '../domain/week.ts';
import { Drift, DriftSeries } from '../schema/drift.type.ts';
import { Run } from '../schema/run.type.ts';
import { IsoWeekScalar } from '../schema/scalars.ts';
import type { RunRow } from '../store/run.row.ts';
import { driftSeries } from '../use-cases/read-drift.ts';
import type { ApiContext } from './api-context.ts';
import { OfCampaign } from './of-campaign.ts';
import { Permit } from './permit.ts';

@Resolver()
export class DriftResolver {
  @Permit('run.read')
  @Query(() => [DriftSeries], {
    description:
      'How the features, columns and scores of a campaign moved: all, or one feature, or a column with the features made of it.',
  })
  driftSeries(
    @Ctx() { services }: ApiContext,
    @OfCampaign() campaign: string,
    @Arg('from', () => IsoWeekScalar, { description: 'The first week.' }) from: IsoWeek,
    @Arg('to', () => IsoWeekScalar, { description: 'The last week.' }) to: IsoWeek,
    @Arg('feature', () => String, { nullable: true, description: 'This feature alone.' }) feature:
      | string
      | null = null,
    @Arg('column', () => String, { nullable: true, description: 'This column and the features made of it.' })
    column: string | null = null,
  ) {
    return driftSeries(services.db.manager, { campaign, from, to, feature, column });
  }
}

@Resolver(() => Run)
export class RunDriftResolver {
  @FieldResolver(() => [Drift], {
    description: 'What the run measured against the reference sample and the weeks before it.',
  })
  drift(@Root() run: RunRow, @Ctx() { loaders }: ApiContext) {
    return loaders.drift.load(run);
  }
}
