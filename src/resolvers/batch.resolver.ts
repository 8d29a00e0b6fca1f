import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { BatchStatus } from '../domain/batch.ts';
import {
  Batch,
  BatchConnection,
  BatchReview,
  BatchStatusEnum,
  HandOff,
  RecipientConnection,
  SampleItem,
} from '../schema/batch.type.ts';
import { Run } from '../schema/run.type.ts';
import { batchById, countBatches, countRecipients, listBatches } from '../store/batch.reads.ts';
import type { BatchRow } from '../store/batch.row.ts';
import { campaignOf } from '../store/campaign.store.ts';
import { readRecipients, readSample } from '../use-cases/read-customers.ts';
import { type ApiContext, callerOf } from './api-context.ts';
import { OfCampaign } from './of-campaign.ts';
import { type PageArguments, PageOf20, PageOf50, pageOf } from './paging.ts';
import { Permit } from './permit.ts';
import { type RecipientView, recipientView } from './recipient-view.ts';

@Resolver(() => Batch)
export class BatchResolver {
  @Permit('batch.read')
  @Query(() => Batch, { nullable: true, description: 'A batch; null where there is none of that id.' })
  batch(
    @Ctx() { services }: ApiContext,
    @Arg('id', () => ID, { description: 'The id of a batch.' }) id: string,
  ) {
    return batchById(services.db.manager, id);
  }

  @Permit('batch.read')
  @Query(() => BatchConnection, { description: 'Batches, the newest first.' })
  async batches(
    @Ctx() { services }: ApiContext,
    @Args(() => PageOf20) page: PageArguments,
    @OfCampaign() campaign: string,
    @Arg('status', () => [BatchStatusEnum], { nullable: true, description: 'In any of these statuses.' })
    statuses: BatchStatus[] | null = null,
  ) {
    const { manager } = services.db;
    await campaignOf(manager, campaign);
    const filter = { campaign, statuses };
    return pageOf(page, {
      key: ['instant', 'id'],
      keyOf: ({ createdAt, id }: BatchRow) => [createdAt.toISOString(), id],
      read: (slice) => listBatches(manager, filter, slice),
      count: () => countBatches(manager, filter),
    });
  }

  @FieldResolver(() => Run, {
    nullable: true,
    description: 'The run that it is of; null of a fallback batch.',
  })
  run(@Root() { runId }: BatchRow, @Ctx() { loaders }: ApiContext) {
    return runId === null ? null : loaders.run.load(runId);
  }

  @FieldResolver(() => Run, {
    nullable: true,
    description: 'Whose snapshot a fallback batch was drawn from; null of a batch of a run.',
  })
  drawnFrom(@Root() { snapshotRunId }: BatchRow, @Ctx() { loaders }: ApiContext) {
    return snapshotRunId === null ? null : loaders.run.load(snapshotRunId);
  }

  @FieldResolver(() => RecipientConnection, {
    description: 'Everyone who was drawn into the batch, removed ones too. Reading them is recorded.',
  })
  recipients(@Root() batch: BatchRow, @Ctx() context: ApiContext, @Args(() => PageOf50) page: PageArguments) {
    const { services } = context;
    return pageOf<RecipientView>(page, {
      key: ['customer'],
      keyOf: ({ customer }) => [customer],
      read: async (slice) =>
        (await readRecipients(services, callerOf(context), batch, slice)).map((row) =>
          recipientView(batch, row),
        ),
      count: () => countRecipients(services.db.manager, batch.id),
    });
  }

  @FieldResolver(() => [SampleItem])
  async sample(@Root() batch: BatchRow, @Ctx() context: ApiContext) {
    const sample = await readSample(context.services, callerOf(context), batch);
    return sample.map(({ recipient, ...found }) => ({
      ...found,
      recipient: recipientView(batch, recipient),
    }));
  }

  @FieldResolver(() => BatchReview)
  review(@Root() { id }: BatchRow, @Ctx() { loaders }: ApiContext) {
    return loaders.review.load(id);
  }

  @FieldResolver(() => ID, { nullable: true })
  approvedBy(@Root() { status, approvedDigest, decidedBy }: BatchRow) {
    return status === 'REJECTED' || approvedDigest == null ? null : decidedBy;
  }

  @FieldResolver(() => HandOff, { nullable: true })
  handOff(@Root() { id }: BatchRow, @Ctx() { loaders }: ApiContext) {
    return loaders.handOff.load(id);
  }
}
