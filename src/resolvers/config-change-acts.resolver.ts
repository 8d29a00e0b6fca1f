import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { AmendConfigChangeInput, ProposeConfigChangeInput } from '../schema/config-change.input.ts';
import { ConfigChangePayload } from '../schema/config-change.type.ts';
import { DecideInput } from '../schema/decide.input.ts';
import { DigestScalar } from '../schema/scalars.ts';
import {
  approveConfigChange,
  rejectConfigChange,
  withdrawConfigChange,
} from '../use-cases/decide-config-change.ts';
import { execute } from '../use-cases/execute.ts';
import { amendConfigChange, proposeConfigChange } from '../use-cases/propose-config-change.ts';
import { type ApiContext, callerOf } from './api-context.ts';
import { configPatch } from './config-patch.ts';
import { Permit } from './permit.ts';

/** From a proposal to settings in force, or to its end. */
@Resolver()
export class ConfigChangeActsResolver {
  @Permit('config.propose')
  @Mutation(() => ConfigChangePayload, {
    description: 'Judged by the rules of the settings; its impact is worked out and kept with it.',
  })
  async proposeConfigChange(
    @Ctx() context: ApiContext,
    @Arg('input', () => ProposeConfigChangeInput) input: ProposeConfigChangeInput,
  ) {
    const { campaign, patch, reason, acceptsEvaluationLoss } = input;
    const wish = {
      campaign,
      patch: configPatch(patch),
      reason,
      acceptsEvaluationLoss: acceptsEvaluationLoss ?? false,
    };
    const { services, signal } = context;
    return { change: await proposeConfigChange(services, callerOf(context), wish, signal) };
  }

  @Permit('config.propose')
  @Mutation(() => ConfigChangePayload, {
    description:
      'Makes the next revision of a change, also where other settings became effective; voids approvals.',
  })
  async amendConfigChange(
    @Ctx() context: ApiContext,
    @Arg('input', () => AmendConfigChangeInput) input: AmendConfigChangeInput,
  ) {
    const { id, patch, reason = null, acceptsEvaluationLoss = null } = input;
    const wanted = { id, patch: patch == null ? null : configPatch(patch), reason, acceptsEvaluationLoss };
    const { services, signal } = context;
    return { change: await amendConfigChange(services, callerOf(context), wanted, signal) };
  }

  @Permit(approveConfigChange.permission)
  @Mutation(() => ConfigChangePayload, {
    description:
      'By another person than proposed or edited it, under a role that it needs. The last one puts it in force.',
  })
  async approveConfigChange(
    @Ctx() context: ApiContext,
    @Arg('input', () => DecideInput) { id, note = null }: DecideInput,
    @Arg('digest', () => DigestScalar, {
      nullable: true,
      description: 'Of the revision that was looked at: refused where the change was edited since.',
    })
    digest: string | null = null,
  ) {
    const approval = { id, note, digest };
    return { change: await execute(context.services, callerOf(context), approveConfigChange, approval) };
  }

  @Permit(rejectConfigChange.permission)
  @Mutation(() => ConfigChangePayload, { description: 'By somebody whose approval it needs, with a note.' })
  async rejectConfigChange(
    @Ctx() context: ApiContext,
    @Arg('input', () => DecideInput) { id, note = null }: DecideInput,
  ) {
    return { change: await execute(context.services, callerOf(context), rejectConfigChange, { id, note }) };
  }

  @Permit(withdrawConfigChange.permission)
  @Mutation(() => ConfigChangePayload, { description: 'By its proposer.' })
  async withdrawConfigChange(
    @Ctx() context: ApiContext,
    @Arg('input', () => DecideInput) { id, note = null }: DecideInput,
  ) {
    return { change: await execute(context.services, callerOf(context), withdrawConfigChange, { id, note }) };
  }
}
