import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { ChangeStatus } from '../domain/change-status.ts';
import { Campaign } from '../schema/campaign.type.ts';
import { ChangeStatusEnum } from '../schema/change-status.enum.ts';
import { ConfigApproval, ConfigChange, ConfigChangeConnection } from '../schema/config-change.type.ts';
import { ConfigVersion } from '../schema/config-version.type.ts';
import { campaignOf } from '../store/campaign.store.ts';
import { countChanges, listChanges } from '../store/config-change.reads.ts';
import type { ConfigChangeRow } from '../store/config-change.row.ts';
import { findChange } from '../store/config-change.store.ts';
import type { ApiContext } from './api-context.ts';
import { configView } from './config-view.ts';
import { OfCampaign } from './of-campaign.ts';
import { type PageArguments, PageOf20, pageOf } from './paging.ts';
import { Permit } from './permit.ts';

@Resolver(() => ConfigChange)
export class ConfigChangeResolver {
  @Permit('config.read')
  @Query(() => ConfigChange, {
    nullable: true,
    description: 'A config change; null where there is none of that id.',
  })
  configChange(
    @Ctx() { services }: ApiContext,
    @Arg('id', () => ID, { description: 'The id of a config change.' }) id: string,
  ) {
    return findChange(services.db.manager, id);
  }

  @Permit('config.read')
  @Query(() => ConfigChangeConnection, { description: 'Config changes, the newest first.' })
  async configChanges(
    @Ctx() { services }: ApiContext,
    @Args(() => PageOf20) page: PageArguments,
    @OfCampaign() campaign: string,
    @Arg('status', () => [ChangeStatusEnum], { nullable: true, description: 'In any of these statuses.' })
    statuses: ChangeStatus[] | null = null,
  ) {
    const { manager } = services.db;
    await campaignOf(manager, campaign);
    const filter = { campaign, statuses };
    return pageOf(page, {
      key: ['instant', 'id'],
      keyOf: ({ proposedAt, id }: ConfigChangeRow) => [proposedAt.toISOString(), id],
      read: (slice) => listChanges(manager, filter, slice),
      count: () => countChanges(manager, filter),
    });
  }

  @FieldResolver(() => Campaign, { description: 'Whose settings it changes.' })
  campaign(@Root() change: ConfigChangeRow, @Ctx() { loaders }: ApiContext) {
    return loaders.campaign.load(change.campaign);
  }

  @FieldResolver(() => [ConfigApproval], { description: 'Every approval, void ones too.' })
  async approvals(@Root() { id, revision }: ConfigChangeRow, @Ctx() { loaders }: ApiContext) {
    const approvals = await loaders.configApprovals.load(id);
    return approvals.map(({ approvedBy: by, approvedAt: at, ...given }) => {
      return { ...given, by, at, isVoid: given.revision !== revision };
    });
  }

  @FieldResolver(() => [String], {
    description:
      'Why it can no longer be approved as it stands, although it was proposed; empty where it can.',
  })
  obstacles(@Root() change: ConfigChangeRow, @Ctx() { loaders }: ApiContext) {
    return loaders.obstacles.load(change);
  }

  @FieldResolver(() => ConfigVersion, { nullable: true, description: 'The settings that it became.' })
  async config(@Root() { id }: ConfigChangeRow, @Ctx() { loaders }: ApiContext) {
    const made = await loaders.versionOfChange.load(id);
    return made && configView(made.version);
  }
}

@Resolver(() => ConfigVersion)
export class ConfigVersionResolver {
  @FieldResolver(() => ConfigChange, {
    nullable: true,
    description: 'The change by which the settings came; null for those with which the campaign was created.',
  })
  async change(@Root() { id }: ConfigVersion, @Ctx() { loaders }: ApiContext) {
    return (await loaders.changeOfVersion.load(id))?.change ?? null;
  }
}
