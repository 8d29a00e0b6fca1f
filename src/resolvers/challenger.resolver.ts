import DataLoader from 'dataloader';
import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { SCORE_EDGES } from '../domain/drift.ts';
import { ChallengerComparison, ChallengerDecision, RunChallenger } from '../schema/challenger.type.ts';
import { Decision } from '../schema/decision.type.ts';
import { ModelVersion } from '../schema/model-version.type.ts';
import { Run } from '../schema/run.type.ts';
import type { ChallengerOfRun } from '../store/challenger.store.ts';
import type { RecordedDecision } from '../store/decision.reads.ts';
import type { RunRow } from '../store/run.row.ts';
import { readChallengerDecisions } from '../use-cases/read-challenger.ts';
import { type ApiContext, callerOf } from './api-context.ts';

@Resolver(() => Run)
export class ChallengerOfRunResolver {
  @FieldResolver(() => RunChallenger, {
    nullable: true,
    description: 'What its challenger would have decided; null where it had none, or has not come to it.',
  })
  challenger(@Root() { id }: RunRow, @Ctx() { loaders }: ApiContext) {
    return loaders.challenger.load(id);
  }
}

@Resolver(() => RunChallenger)
export class RunChallengerResolver {
  @FieldResolver(() => ModelVersion, { description: 'The challenger.' })
  model(@Root() { modelId }: ChallengerOfRun, @Ctx() { loaders }: ApiContext) {
    return loaders.model.load(modelId);
  }

  @FieldResolver(() => ChallengerComparison, { nullable: true })
  comparison(@Root() { summary }: ChallengerOfRun) {
    if (summary === null) return null;
    const scores = summary.scores.map((challenger, bin) => ({
      from: SCORE_EDGES[bin - 1] ?? null,
      to: SCORE_EDGES[bin] ?? null,
      challenger,
      live: summary.liveScores[bin] ?? 0,
    }));
    return { ...summary, scores };
  }
}

/** Reads of one answer, by who asked: those of a run are read, and recorded, together. */
const READS = new WeakMap<ApiContext, DataLoader<RecordedDecision, ChallengerDecision | null>>();

@Resolver(() => Decision)
export class ChallengerDecisionResolver {
  @FieldResolver(() => ChallengerDecision, {
    nullable: true,
    description:
      'What the challenger of the run would have decided; null where it scored nothing. Reading it is recorded, and asks for the permissions customer.read and explanation.readInternal.',
  })
  challenger(@Root() decision: RecordedDecision, @Ctx() context: ApiContext) {
    const reads = READS.get(context) ?? readsOf(context);
    READS.set(context, reads);
    return reads.load(decision);
  }
}

function readsOf(context: ApiContext): DataLoader<RecordedDecision, ChallengerDecision | null> {
  return new DataLoader(
    async (decisions) => {
      const read = new Map<string, ReadonlyMap<string, ChallengerDecision>>();
      for (const [runId, ofRun] of Map.groupBy(decisions, (decision) => decision.runId)) {
        const customers = ofRun.map(({ customer }) => customer);
        read.set(runId, await readChallengerDecisions(context.services, callerOf(context), runId, customers));
      }
      return decisions.map(({ runId, customer }) => read.get(runId)?.get(customer) ?? null);
    },
    { cache: false },
  );
}
