import { Arg, Args, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { refuse } from '../domain/refusal.ts';
import type { RunStatus } from '../domain/run.ts';
import type { IsoWeek } from '../domain/week.ts';
import { Batch } from '../schema/batch.type.ts';
import { Campaign } from '../schema/campaign.type.ts';
import { Check } from '../schema/check.type.ts';
import { ConfigVersion } from '../schema/config-version.type.ts';
import { Funnel } from '../schema/funnel.type.ts';
import { ModelVersion } from '../schema/model-version.type.ts';
import { RejectedRowConnection } from '../schema/rejected-row.type.ts';
import { Run, RunConnection, RunStatusEnum } from '../schema/run.type.ts';
import { RunManifest } from '../schema/run-manifest.type.ts';
import { IsoWeekScalar } from '../schema/scalars.ts';
import { campaignOf } from '../store/campaign.store.ts';
import { countRejectedRows, countRuns, listRejectedRows, listRuns, runOf } from '../store/run.reads.ts';
import type { RunRow } from '../store/run.row.ts';
import type { RejectedRow } from '../store/run-record.store.ts';
import type { ApiContext } from './api-context.ts';
import { configView } from './config-view.ts';
import { OfCampaign } from './of-campaign.ts';
import { type PageArguments, PageOf20, PageOf50, pageOf } from './paging.ts';
import { Permit } from './permit.ts';
import { EMPTY_FUNNEL, manifestView } from './run-view.ts';

@Resolver(() => Run)
export class RunResolver {
  @Permit('run.read')
  @Query(() => Run, { nullable: true, description: 'The run of a week: an attempt, or the current one.' })
  run(
    @Ctx() { services }: ApiContext,
    @OfCampaign() campaign: string,
    @Arg('week', () => IsoWeekScalar, { description: 'The week that was decided.' }) week: IsoWeek,
    @Arg('attempt', () => Int, { nullable: true, description: 'The current one when absent.' }) attempt:
      | number
      | null = null,
  ) {
    return runOf(services.db.manager, campaign, week, attempt);
  }

  @Permit('run.read')
  @Query(() => RunConnection, { description: 'Runs, the newest week and attempt first.' })
  async runs(
    @Ctx() { services }: ApiContext,
    @Args(() => PageOf20) page: PageArguments,
    @OfCampaign() campaign: string,
    @Arg('from', () => IsoWeekScalar, { nullable: true, description: 'The first week.' })
    from: IsoWeek | null = null,
    @Arg('to', () => IsoWeekScalar, { nullable: true, description: 'The last week.' })
    to: IsoWeek | null = null,
    @Arg('status', () => [RunStatusEnum], { nullable: true, description: 'In any of these statuses.' })
    statuses: RunStatus[] | null = null,
  ) {
    const { manager } = services.db;
    await campaignOf(manager, campaign);
    const filter = { campaign, from, to, statuses };
    return pageOf(page, {
      key: ['week', 'count'],
      keyOf: ({ week, attempt }: RunRow) => [week, String(attempt)],
      read: (slice) => listRuns(manager, filter, slice),
      count: () => countRuns(manager, filter),
    });
  }

  @FieldResolver(() => Campaign, { description: 'Whose run it is.' })
  campaign(@Root() run: RunRow, @Ctx() { loaders }: ApiContext) {
    return loaders.campaign.load(run.campaign);
  }

  @FieldResolver(() => [Check])
  checks(@Root() { id }: RunRow, @Ctx() { loaders }: ApiContext) {
    return loaders.checks.load(id);
  }

  @FieldResolver(() => Funnel)
  async funnel(@Root() { id }: RunRow, @Ctx() { loaders }: ApiContext) {
    return (await loaders.funnel.load(id)) ?? EMPTY_FUNNEL;
  }

  @FieldResolver(() => Batch, {
    nullable: true,
    description: 'The batch that was drawn; null before, and where nobody is to be mailed.',
  })
  batch(@Root() { id }: RunRow, @Ctx() { loaders }: ApiContext) {
    return loaders.batchOfRun.load(id);
  }

  @FieldResolver(() => ModelVersion, {
    nullable: true,
    description: 'The model version that it scores with.',
  })
  model(@Root() { modelId }: RunRow, @Ctx() { loaders }: ApiContext) {
    return loaders.model.load(modelId);
  }

  @FieldResolver(() => ConfigVersion, { description: 'The settings that it ran with.' })
  async config(@Root() { configId }: RunRow, @Ctx() { loaders }: ApiContext) {
    const config = await loaders.config.load(configId);
    return config && configView(config);
  }

  @FieldResolver(() => RunManifest, {
    nullable: true,
    description:
      'Whatever influenced the outcome, by value or digest; null before the decisions are recorded.',
  })
  async recordedManifest(@Root() run: RunRow, @Ctx() { loaders }: ApiContext) {
    return withAuditIndex(run, loaders);
  }

  @FieldResolver(() => RunManifest)
  async manifest(@Root() run: RunRow, @Ctx() { loaders }: ApiContext) {
    const found = await withAuditIndex(run, loaders);
    return (
      found ??
      refuse('INVALID_STATE', 'RUN_STATUS', 'The run has recorded no decisions: ask for recordedManifest.')
    );
  }

  @FieldResolver(() => RejectedRowConnection, {
    description: 'Rows of the feed that were not used, each with the rule that it broke.',
  })
  rejectedRows(
    @Root() { id }: RunRow,
    @Ctx() { services }: ApiContext,
    @Args(() => PageOf50) page: PageArguments,
  ) {
    const { manager } = services.db;
    return pageOf(page, {
      key: ['text', 'count', 'text'],
      keyOf: ({ file, line, field }: RejectedRow) => [file, String(line), field],
      read: (slice) => listRejectedRows(manager, id, slice),
      count: () => countRejectedRows(manager, id),
    });
  }
}

async function withAuditIndex(run: RunRow, loaders: ApiContext['loaders']) {
  const manifest = manifestView(run);
  if (manifest === null) return null;
  return { ...manifest, auditIndex: (await loaders.auditIndex.load(run.id))?.index ?? null };
}
