import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root, Subscription } from 'type-graphql';
import { RunInput, StartRunInput } from '../schema/run.input.ts';
import { Run, RunPayload, RunProgress, StartRunPayload } from '../schema/run.type.ts';
import { campaignOf } from '../store/campaign.store.ts';
import { execute } from '../use-cases/execute.ts';
import { resumeRun } from '../use-cases/resume-run.ts';
import type { RunProgress as Progress } from '../use-cases/services.ts';
import { startRun } from '../use-cases/start-run.ts';
import { type ApiContext, callerOf } from './api-context.ts';
import { OfCampaign } from './of-campaign.ts';
import { Permit } from './permit.ts';

/** Starting a run, resuming it, and watching how it goes on. */
@Resolver(() => RunProgress)
export class RunActsResolver {
  @Permit(startRun.permission)
  @Mutation(() => StartRunPayload, { description: 'Answers when the run was started; it goes on by itself.' })
  async startRun(@Ctx() context: ApiContext, @Arg('input', () => StartRunInput) input: StartRunInput) {
    const { services, goOnWith } = context;
    const { campaign, week = null } = input;
    const answer = await execute(services, callerOf(context), startRun, {
      campaign,
      week,
      trigger: 'MANUAL',
    });
    if (answer.started) goOnWith(answer.run.id);
    return answer;
  }

  @Permit(resumeRun.permission)
  @Mutation(() => RunPayload, { description: 'Lets a failed run go on at the step at which it failed.' })
  async resumeRun(@Ctx() context: ApiContext, @Arg('input', () => RunInput) input: RunInput) {
    const { services, goOnWith } = context;
    const run = await execute(services, callerOf(context), resumeRun, input);
    goOnWith(run.id);
    return { run };
  }

  @Permit('run.read')
  @Subscription(() => RunProgress, {
    description: 'How the runs of a campaign go on, from now on and without an end.',
    subscribe: async ({ context, args }: { context: ApiContext; args: { campaign: string } }) => {
      await campaignOf(context.services.db.manager, args.campaign);
      return context.progressOf(args.campaign);
    },
  })
  runProgress(@Root() progress: Progress, @OfCampaign() _campaign: string): Progress {
    return progress;
  }

  @FieldResolver(() => Run)
  run(@Root() { runId }: Progress, @Ctx() { loaders }: ApiContext) {
    return loaders.run.load(runId);
  }
}
