import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { Campaign } from '../schema/campaign.type.ts';
import {
  Incident,
  IncidentConnection,
  IncidentPayload,
  ResolveIncidentInput,
} from '../schema/incident.type.ts';
import { Run } from '../schema/run.type.ts';
import { campaignOf } from '../store/campaign.store.ts';
import { countIncidents, listIncidents } from '../store/incident.reads.ts';
import type { IncidentRow } from '../store/incident.row.ts';
import { execute } from '../use-cases/execute.ts';
import { resolveIncident } from '../use-cases/incidents.ts';
import { type ApiContext, callerOf } from './api-context.ts';
import { type PageArguments, PageOf20, pageOf } from './paging.ts';
import { Permit } from './permit.ts';

@Resolver(() => Incident)
export class IncidentResolver {
  @Permit('incident.read')
  @Query(() => IncidentConnection, { description: 'Incidents, the newest first.' })
  async incidents(
    @Ctx() { services }: ApiContext,
    @Args(() => PageOf20) page: PageArguments,
    @Arg('campaign', () => String, { nullable: true, description: 'Of this campaign alone.' }) campaign:
      | string
      | null = null,
    @Arg('open', () => Boolean, { nullable: true, description: 'The open ones alone, or the others alone.' })
    open: boolean | null = null,
  ) {
    const { manager } = services.db;
    if (campaign !== null) await campaignOf(manager, campaign);
    const filter = { campaign, open };
    return pageOf(page, {
      key: ['instant', 'id'],
      keyOf: ({ openedAt, id }: IncidentRow) => [openedAt.toISOString(), id],
      read: (slice) => listIncidents(manager, filter, slice),
      count: () => countIncidents(manager, filter),
    });
  }

  @Permit(resolveIncident.permission)
  @Mutation(() => IncidentPayload, { description: 'Closes an incident, with a note of what was done.' })
  async resolveIncident(
    @Ctx() context: ApiContext,
    @Arg('input', () => ResolveIncidentInput) input: ResolveIncidentInput,
  ) {
    return { incident: await execute(context.services, callerOf(context), resolveIncident, input) };
  }

  @FieldResolver(() => Campaign, { nullable: true, description: 'Whose it is; null where it is of none.' })
  campaign(@Root() { campaign }: IncidentRow, @Ctx() { loaders }: ApiContext) {
    return campaign === null ? null : loaders.campaign.load(campaign);
  }

  @FieldResolver(() => Run, {
    nullable: true,
    description: 'The run in which it happened; null where it was in none.',
  })
  run(@Root() { runId }: IncidentRow, @Ctx() { loaders }: ApiContext) {
    return runId === null ? null : loaders.run.load(runId);
  }
}
