import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { Arm, Outcome, Reason } from '../domain/decision.ts';
import type { IsoWeek } from '../domain/week.ts';
import { Recipient } from '../schema/batch.type.ts';
import {
  ArmEnum,
  Decision,
  DecisionConnection,
  DecisionProof,
  OutcomeEnum,
  ReasonEnum,
  RecipientStatusEnum,
} from '../schema/decision.type.ts';
import { Run } from '../schema/run.type.ts';
import { IsoWeekScalar } from '../schema/scalars.ts';
import type { RecordedDecision } from '../store/decision.reads.ts';
import { countDecisions } from '../store/decision-list.reads.ts';
import { inclusionOfDraw } from '../store/decision-proof.reads.ts';
import { drawnDecision } from '../store/drawn-decision.reads.ts';
import { countHistory, type PastDecision } from '../store/history.reads.ts';
import { runOf } from '../store/run.reads.ts';
import { readDecision, readDecisions, readHistory } from '../use-cases/read-customers.ts';
import { type ApiContext, callerOf } from './api-context.ts';
import { drawProofView, proofView } from './decision-proof-view.ts';
import { OfCampaign } from './of-campaign.ts';
import { type PageArguments, PageOf50, PageOf60, pageOf } from './paging.ts';
import { Permit } from './permit.ts';
import type { RecipientView } from './recipient-view.ts';

@Resolver(() => Decision)
export class DecisionResolver {
  @Permit('customer.read')
  @Query(() => Decision, {
    nullable: true,
    description:
      'What the current run of a week decided; of whoever it did not decide on, their draw into a fallback batch of that week.',
  })
  decision(
    @Ctx() context: ApiContext,
    @OfCampaign() campaign: string,
    @Arg('week', () => IsoWeekScalar, { description: 'The week that was decided.' }) week: IsoWeek,
    @Arg('customer', () => ID, { description: 'The party id.' }) customer: string,
  ) {
    return readDecision(context.services, callerOf(context), { campaign, week, customer });
  }

  @Permit('customer.read')
  @Query(() => DecisionConnection, {
    description:
      "The decisions of a week's current run by customer; with a reason among all of their reasons.",
  })
  decisions(
    @Ctx() context: ApiContext,
    @Args(() => PageOf50) page: PageArguments,
    @OfCampaign() campaign: string,
    @Arg('week', () => IsoWeekScalar, { description: 'The week that was decided.' }) week: IsoWeek,
    @Arg('outcome', () => [OutcomeEnum], { nullable: true, description: 'With any of these outcomes.' })
    outcomes: Outcome[] | null = null,
    @Arg('reason', () => [ReasonEnum], {
      nullable: true,
      description: 'With any of these among their reasons.',
    })
    reasons: Reason[] | null = null,
    @Arg('arm', () => [ArmEnum], { nullable: true, description: 'In any of these arms.' }) arms:
      | Arm[]
      | null = null,
  ) {
    const { services } = context;
    const { manager } = services.db;
    const filter = { outcomes, reasons, arms };
    return pageOf<RecordedDecision>(page, {
      key: ['customer'],
      keyOf: ({ customer }) => [customer],
      read: (slice) => readDecisions(services, callerOf(context), { campaign, week, filter }, slice),
      count: async () => {
        const run = await runOf(manager, campaign, week, null);
        return run === null ? 0 : countDecisions(manager, run, filter);
      },
    });
  }

  @Permit('customer.read')
  @Query(() => DecisionConnection, {
    description:
      'What was decided on a customer in every run, and their draws into fallback batches, the newest week first.',
  })
  customerHistory(
    @Ctx() context: ApiContext,
    @Args(() => PageOf60) page: PageArguments,
    @Arg('customer', () => ID, { description: 'The party id.' }) customer: string,
    @Arg('campaign', () => String, { nullable: true, description: 'Of this campaign alone.' }) campaign:
      | string
      | null = null,
  ) {
    const { services } = context;
    return pageOf<PastDecision>(page, {
      key: ['week', 'id'],
      keyOf: ({ week, runId, fallbackBatch }) => [week, fallbackBatch ?? runId],
      read: (slice) => readHistory(services, callerOf(context), { customer, campaign }, slice),
      count: () => countHistory(services.db.manager, customer, campaign),
    });
  }

  @FieldResolver(() => Run, {
    description: 'The run that decided; of a draw into a fallback batch, the run of its snapshot.',
  })
  run(@Root() { runId }: RecordedDecision, @Ctx() { loaders }: ApiContext) {
    return loaders.run.load(runId);
  }

  @FieldResolver(() => IsoWeekScalar, {
    description:
      "The week that was decided: of the run, or of the draw, whose snapshot's run may be of an earlier one.",
  })
  async week(@Root() { runId, fallbackBatch }: RecordedDecision, @Ctx() { loaders }: ApiContext) {
    const decided =
      fallbackBatch === undefined ? await loaders.run.load(runId) : await loaders.batch.load(fallbackBatch);
    return decided?.week;
  }

  @FieldResolver(() => RecipientStatusEnum, { nullable: true })
  recipientStatus(
    @Root() { runId, customer, fallbackBatch }: RecordedDecision,
    @Ctx() { loaders }: ApiContext,
  ) {
    return loaders.recipientStatus.load({ runId: fallbackBatch ?? runId, customer });
  }

  @FieldResolver(() => DecisionProof)
  async proof(@Root() decision: RecordedDecision, @Ctx() { loaders, services }: ApiContext) {
    const { runId, row, salt, fallbackBatch } = decision;
    if (fallbackBatch !== undefined) {
      const batch = await loaders.batch.load(fallbackBatch);
      const { digest, ...logged } = await inclusionOfDraw(services.db.manager, fallbackBatch);
      const drawn = digest ?? batch?.digest;
      if (drawn === undefined) throw new Error(`there is no batch ${fallbackBatch}`);
      return drawProofView({ digest: drawn, ...logged });
    }
    const [path, run, { checkpoint, inclusion }] = await Promise.all([
      loaders.decisionPath.load({ runId, row }),
      loaders.run.load(runId),
      loaders.inclusion.load(runId),
    ]);
    return proofView({ row, salt, root: run?.decisionRoot ?? null, path, checkpoint, inclusion });
  }
}

@Resolver(() => Recipient)
export class RecipientResolver {
  @FieldResolver(() => Decision, { description: 'What was decided on the customer.' })
  decision(
    @Root() { runId, batchId, snapshotRunId, customer }: RecipientView,
    @Ctx() { loaders }: ApiContext,
  ) {
    if (runId === null)
      return snapshotRunId === null ? null : drawnDecision({ batch: batchId, snapshotRunId }, customer);
    return loaders.decision.load({ runId, customer });
  }
}
