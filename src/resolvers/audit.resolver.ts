import { Arg, Args, Ctx, Int, Query, Resolver } from 'type-graphql';
import { countEntries, hashReader, newestCheckpoint, readEntries } from '../audit/log-reads.ts';
import { proveConsistency, proveInclusion } from '../audit/proof.ts';
import { refuse } from '../domain/refusal.ts';
import {
  AuditCheckpoint,
  AuditEntryConnection,
  AuditFilter,
  ConsistencyProof,
  InclusionProof,
} from '../schema/audit.type.ts';
import { leafOf } from '../store/decision-proof.reads.ts';
import { type ApiContext, callerOf } from './api-context.ts';
import { allowedFilter, entryView } from './audit-view.ts';
import { checkpointView, digestView, inclusionView } from './decision-proof-view.ts';
import { type PageArguments, PageOf50, pageOf } from './paging.ts';
import { Permit } from './permit.ts';

@Resolver()
export class AuditResolver {
  @Permit('audit.readOwn')
  @Query(() => AuditEntryConnection, {
    description: 'The newest first. Compliance reviewers see all of them, operators their own.',
  })
  async auditEntries(
    @Ctx() context: ApiContext,
    @Args(() => PageOf50) page: PageArguments,
    @Arg('filter', () => AuditFilter, { nullable: true, description: 'Which entries; all when absent.' })
    asked: AuditFilter | null = null,
  ) {
    const { services } = context;
    const { manager } = services.db;
    const filter = await allowedFilter(services, callerOf(context), asked ?? {});
    return pageOf(page, {
      key: ['count'],
      keyOf: ({ index }: ReturnType<typeof entryView>) => [String(index)],
      read: async ({ first, after }) => {
        const before = after === null ? null : Number(after[0]);
        return (await readEntries(manager, filter, before, first + 1)).map(entryView);
      },
      count: () => countEntries(manager, filter),
    });
  }

  @Permit('audit.read')
  @Query(() => AuditCheckpoint, { description: 'The newest signed tree head.' })
  async auditCheckpoint(@Ctx() { services }: ApiContext) {
    const checkpoint = await newestCheckpoint(services.db.manager);
    return checkpoint === undefined
      ? refuse('UNAVAILABLE', 'CHECKPOINT', 'The log has signed no checkpoint yet; ask again in a second.')
      : checkpointView(checkpoint);
  }

  @Permit('audit.read')
  @Query(() => InclusionProof, { description: 'Proves that an entry is in the log of a size.' })
  async auditInclusion(
    @Ctx() { services }: ApiContext,
    @Arg('index', () => Int, { description: 'The place of the entry, from 0.' }) index: number,
    @Arg('treeSize', () => Int, { description: 'The size of a tree that was signed, or a smaller one.' })
    treeSize: number,
  ) {
    const { manager } = services.db;
    await needSize(services, treeSize);
    if (index < 0 || index >= treeSize)
      refuse('NOT_FOUND', 'ENTRY', `A tree of ${treeSize} entries has no entry ${index}.`);
    const path = await proveInclusion(index, treeSize, hashReader(manager));
    return inclusionView({ index, treeSize, leaf: await leafOf(manager, index), path });
  }

  @Permit('audit.read')
  @Query(() => ConsistencyProof, { description: 'Proves that the log only grew from one size to another.' })
  async auditConsistency(
    @Ctx() { services }: ApiContext,
    @Arg('from', () => Int, { description: 'The size of the smaller tree.' }) from: number,
    @Arg('to', () => Int, { description: 'The size of the larger tree.' }) to: number,
  ) {
    await needSize(services, to);
    if (from < 1 || from > to)
      refuse('BAD_INPUT', 'TREE_SIZE', `No proof leads from ${from} to ${to} entries.`);
    const path = await proveConsistency(from, to, hashReader(services.db.manager));
    return { from, to, path: path.map(digestView) };
  }
}

async function needSize({ db }: ApiContext['services'], size: number): Promise<void> {
  const newest = (await newestCheckpoint(db.manager))?.size ?? 0;
  if (size > newest) refuse('NOT_FOUND', 'TREE_SIZE', `The newest checkpoint has ${newest} entries.`);
}
