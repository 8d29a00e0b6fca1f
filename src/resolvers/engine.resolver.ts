import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { type PauseInForce, stopping } from '../domain/engine-pause.ts';
import { Campaign, CampaignPayload, EngineInput } from '../schema/campaign.type.ts';
import { EnginePause, EnginePausePayload, EverythingInput } from '../schema/engine-pause.type.ts';
import type { CampaignRow } from '../store/campaign.row.ts';
import { listPauses } from '../store/engine-pause.store.ts';
import {
  pauseEngine,
  pauseEverything,
  pauseFlow,
  resumeEngine,
  resumeEverything,
  resumeFlow,
} from '../use-cases/engine.ts';
import { execute } from '../use-cases/execute.ts';
import { type ApiContext, callerOf } from './api-context.ts';
import { Permit } from './permit.ts';

/** The engine's switch. */
@Resolver(() => Campaign)
export class EngineResolver {
  @Permit('campaign.read')
  @Query(() => [EnginePause], { description: 'The newest hundred pauses, the newest first.' })
  enginePauses(
    @Ctx() { services }: ApiContext,
    @Arg('inForce', () => Boolean, {
      nullable: true,
      description: 'Those in force alone, or the others alone.',
    })
    inForce: boolean | null = null,
  ) {
    return listPauses(services.db.manager, inForce);
  }

  @Permit(pauseEngine.permission)
  @Mutation(() => CampaignPayload, {
    description:
      'No run starts or takes its next step, and no batch of a run leaves, until the engine is resumed.',
  })
  async pauseEngine(@Ctx() context: ApiContext, @Arg('input', () => EngineInput) input: EngineInput) {
    return { campaign: await execute(context.services, callerOf(context), pauseEngine, input) };
  }

  @Permit(resumeEngine.permission)
  @Mutation(() => CampaignPayload, { description: 'Runs start and go on again.' })
  async resumeEngine(@Ctx() context: ApiContext, @Arg('input', () => EngineInput) input: EngineInput) {
    return { campaign: await execute(context.services, callerOf(context), resumeEngine, input) };
  }

  @Permit(pauseFlow.permission)
  @Mutation(() => CampaignPayload, { description: 'Runs go on, and nobody is mailed by the campaign.' })
  async pauseFlow(@Ctx() context: ApiContext, @Arg('input', () => EngineInput) input: EngineInput) {
    return { campaign: await execute(context.services, callerOf(context), pauseFlow, input) };
  }

  @Permit(resumeFlow.permission)
  @Mutation(() => CampaignPayload, { description: 'The campaign mails again.' })
  async resumeFlow(@Ctx() context: ApiContext, @Arg('input', () => EngineInput) input: EngineInput) {
    return { campaign: await execute(context.services, callerOf(context), resumeFlow, input) };
  }

  @Permit(pauseEverything.permission)
  @Mutation(() => EnginePausePayload, {
    description:
      'Every campaign and whatever runs in the background, in one act; the answer says what that stopped.',
  })
  async pauseEverything(
    @Ctx() context: ApiContext,
    @Arg('input', () => EverythingInput) input: EverythingInput,
  ) {
    return { pause: await execute(context.services, callerOf(context), pauseEverything, input) };
  }

  @Permit(resumeEverything.permission)
  @Mutation(() => EnginePausePayload, { description: 'What was paused by itself stays paused.' })
  async resumeEverything(
    @Ctx() context: ApiContext,
    @Arg('input', () => EverythingInput) input: EverythingInput,
  ) {
    return { pause: await execute(context.services, callerOf(context), resumeEverything, input) };
  }

  @FieldResolver(() => Boolean, {
    description: 'The engine is off: no run starts or goes on, no batch of a run leaves.',
  })
  async paused(@Root() { key }: CampaignRow, @Ctx() { loaders }: ApiContext) {
    return stopping(await loaders.pauses.load(key), 'RUN') !== undefined;
  }

  @FieldResolver(() => [EnginePause], { description: 'The pauses in force that touch the campaign.' })
  pauses(@Root() { key }: CampaignRow, @Ctx() { loaders }: ApiContext): Promise<readonly PauseInForce[]> {
    return loaders.pauses.load(key);
  }
}
