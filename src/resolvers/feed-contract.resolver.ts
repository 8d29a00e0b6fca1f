import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { ChangeStatus } from '../domain/change-status.ts';
import { contractDifferences, statusInWeek } from '../domain/feed-contract-change.ts';
import { refuse } from '../domain/refusal.ts';
import { weekIn } from '../domain/schedule.ts';
import type { IsoWeek } from '../domain/week.ts';
import { Campaign } from '../schema/campaign.type.ts';
import { ChangeStatusEnum } from '../schema/change-status.enum.ts';
import {
  ColumnDifference,
  ContractFinding,
  FeedContract,
  FeedContractChange,
  FeedContractChangeConnection,
} from '../schema/feed-contract.type.ts';
import { DateTimeScalar, IsoWeekScalar } from '../schema/scalars.ts';
import type { CampaignRow } from '../store/campaign.row.ts';
import { campaignOf } from '../store/campaign.store.ts';
import {
  changeOfContract,
  contractChangeById,
  countContractChanges,
  listContractChanges,
} from '../store/feed-contract.reads.ts';
import type { FeedContractRow } from '../store/feed-contract.row.ts';
import { contractOfWeek } from '../store/feed-contract.store.ts';
import type { FeedContractChangeRow } from '../store/feed-contract-change.row.ts';
import { findingsOf } from '../use-cases/feed-contract-findings.ts';
import type { ApiContext } from './api-context.ts';
import type { Loaders } from './loaders.ts';
import { OfCampaign } from './of-campaign.ts';
import { type PageArguments, PageOf20, pageOf } from './paging.ts';
import { Permit } from './permit.ts';

@Resolver(() => FeedContract)
export class FeedContractResolver {
  @Permit('feedContract.read')
  @Query(() => FeedContract, {
    nullable: true,
    description:
      "By which the feeds of a week are judged: of a week, or of an instant's; of now when neither is given.",
  })
  async feedContract(
    @Ctx() { services }: ApiContext,
    @OfCampaign() campaign: string,
    @Arg('at', () => DateTimeScalar, { nullable: true, description: 'An instant of the week of the feeds.' })
    at: Date | null = null,
    @Arg('week', () => IsoWeekScalar, { nullable: true, description: 'The week of the feeds.' })
    week: IsoWeek | null = null,
  ) {
    if (at !== null && week !== null) refuse('BAD_INPUT', 'WEEK', 'Ask for a week or for an instant.');
    const { manager } = services.db;
    const { timeZone } = (await campaignOf(manager, campaign)).definition;
    return contractOfWeek(manager, campaign, week ?? weekIn(timeZone, at ?? services.clock.now()));
  }

  @FieldResolver(() => FeedContractChange, {
    nullable: true,
    description: "That it came of; null of the campaign's first contract.",
  })
  change(@Root() { campaign, number }: FeedContractRow, @Ctx() { services }: ApiContext) {
    return changeOfContract(services.db.manager, campaign, number);
  }
}

@Resolver(() => FeedContractChange)
export class FeedContractChangeResolver {
  @Permit('feedContract.read')
  @Query(() => FeedContractChange, {
    nullable: true,
    description: 'A change of a feed contract; null where there is none of that id.',
  })
  feedContractChange(
    @Ctx() { services }: ApiContext,
    @Arg('id', () => ID, { description: 'The id of a change of a feed contract.' }) id: string,
  ) {
    return contractChangeById(services.db.manager, id);
  }

  @Permit('feedContract.read')
  @Query(() => FeedContractChangeConnection, { description: 'Changes of a feed contract, the newest first.' })
  async feedContractChanges(
    @Ctx() { services }: ApiContext,
    @Args(() => PageOf20) page: PageArguments,
    @OfCampaign() campaign: string,
    @Arg('status', () => [ChangeStatusEnum], { nullable: true, description: 'In any of these statuses.' })
    statuses: ChangeStatus[] | null = null,
  ) {
    const { manager } = services.db;
    const { timeZone } = (await campaignOf(manager, campaign)).definition;
    const filter = { campaign, statuses, week: weekIn(timeZone, services.clock.now()) };
    return pageOf(page, {
      key: ['instant', 'id'],
      keyOf: ({ proposedAt, id }: FeedContractChangeRow) => [proposedAt.toISOString(), id],
      read: (slice) => listContractChanges(manager, filter, slice),
      count: () => countContractChanges(manager, filter),
    });
  }

  @FieldResolver(() => Campaign, { description: 'Whose feed contract it changes.' })
  campaign(@Root() change: FeedContractChangeRow, @Ctx() { loaders }: ApiContext) {
    return loaders.campaign.load(change.campaign);
  }

  @FieldResolver(() => ChangeStatusEnum, { description: 'How far it is.' })
  async status(@Root() change: FeedContractChangeRow, @Ctx() { loaders, services }: ApiContext) {
    const { timeZone } = (await campaignIn(loaders, change)).definition;
    const became = await becameOf(loaders, change);
    return statusInWeek(change.status, became?.fromWeek ?? null, weekIn(timeZone, services.clock.now()));
  }

  @FieldResolver(() => IsoWeekScalar, {
    nullable: true,
    description: 'The first week whose feeds are judged by it; null where it was not approved.',
  })
  async fromWeek(@Root() change: FeedContractChangeRow, @Ctx() { loaders }: ApiContext) {
    return (await becameOf(loaders, change))?.fromWeek ?? null;
  }

  @FieldResolver(() => [ColumnDifference], { description: 'Against the contract that it changes.' })
  async differences(@Root() change: FeedContractChangeRow, @Ctx() { loaders }: ApiContext) {
    return contractDifferences(await baseOf(loaders, change), change);
  }

  @FieldResolver(() => [ContractFinding], {
    description:
      'By the live model and the data uses of now. Once decided on there are none: the audit log has those of then.',
  })
  async findings(@Root() change: FeedContractChangeRow, @Ctx() { loaders, services }: ApiContext) {
    if (change.status !== 'PROPOSED') return [];
    const campaign = await campaignIn(loaders, change);
    const contracts = { before: await baseOf(loaders, change), after: change };
    return findingsOf(services.db.manager, campaign, contracts, services.clock.now());
  }
}

async function campaignIn(loaders: Loaders, { campaign }: FeedContractChangeRow): Promise<CampaignRow> {
  const found = await loaders.campaign.load(campaign);
  if (found === null) throw new Error(`there is no campaign ${campaign}`);
  return found;
}

/** The contract that a change is of. */
async function baseOf(loaders: Loaders, { campaign, base }: FeedContractChangeRow): Promise<FeedContractRow> {
  const found = await loaders.contract.load(`${campaign}/${base}`);
  if (found === null) throw new Error(`${campaign} has no contract ${base}`);
  return found;
}

/** The contract that a change became; null where it was not approved. */
async function becameOf(
  loaders: Loaders,
  { campaign, contract }: FeedContractChangeRow,
): Promise<FeedContractRow | null> {
  return contract === null ? null : loaders.contract.load(`${campaign}/${contract}`);
}
