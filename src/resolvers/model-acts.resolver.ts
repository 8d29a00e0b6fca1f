import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import {
  ApproveModelInput,
  ModelInput,
  ModelNoteInput,
  RegisterModelInput,
} from '../schema/model-version.input.ts';
import { ModelVersionPayload } from '../schema/model-version.type.ts';
import type { ModelVersionRow } from '../store/model-version.row.ts';
import { type Command, execute } from '../use-cases/execute.ts';
import { judgeModelUnlessHeld } from '../use-cases/judge-model.ts';
import { activateModel, approveModel, retireModel, revokeModel } from '../use-cases/model-lifecycle.ts';
import { registerModel } from '../use-cases/register-model.ts';
import { validateModel } from '../use-cases/validate-model.ts';
import { type ApiContext, callerOf } from './api-context.ts';
import { Permit } from './permit.ts';

/** From a delivered package to a model version in production, and out of it. */
@Resolver()
export class ModelActsResolver {
  @Permit('model.register')
  @Mutation(() => ModelVersionPayload, {
    description:
      'Answers with the version REGISTERED; it is judged by itself. The same package again answers with the version there is.',
  })
  async registerModel(
    @Ctx() context: ApiContext,
    @Arg('input', () => RegisterModelInput) { campaign, package: zip }: RegisterModelInput,
  ) {
    const { services } = context;
    const read = () => services.packages.fromZip(Buffer.from(zip, 'base64'));
    const model = await registerModel(services, callerOf(context), { campaign, read });
    startJudging(context, model);
    return { model };
  }

  @Permit(validateModel.permission)
  @Mutation(() => ModelVersionPayload, {
    description: 'Has it judged again, after data uses were signed off or limits of gates were changed.',
  })
  async validateModel(@Ctx() context: ApiContext, @Arg('input', () => ModelInput) input: ModelInput) {
    const { model } = await act(context, validateModel, input);
    startJudging(context, model);
    return { model };
  }

  @Permit(approveModel.permission)
  @Mutation(() => ModelVersionPayload, {
    description: 'By another person; each gate that warns is accepted in writing.',
  })
  approveModel(
    @Ctx() context: ApiContext,
    @Arg('input', () => ApproveModelInput) { modelId, acceptances, note = null }: ApproveModelInput,
  ) {
    return act(context, approveModel, { modelId, acceptances: acceptances ?? [], note });
  }

  @Permit(revokeModel.permission)
  @Mutation(() => ModelVersionPayload, {
    description:
      'Takes an approval back: the version is VALIDATED again, and in production or challenger no more.',
  })
  revokeModel(@Ctx() context: ApiContext, @Arg('input', () => ModelNoteInput) input: ModelNoteInput) {
    return act(context, revokeModel, input);
  }

  @Permit(activateModel.permission)
  @Mutation(() => ModelVersionPayload, { description: 'From the next run on, instead of the one before.' })
  activateModel(@Ctx() context: ApiContext, @Arg('input', () => ModelInput) input: ModelInput) {
    return act(context, activateModel, input);
  }

  @Permit(retireModel.permission)
  @Mutation(() => ModelVersionPayload, {
    description: 'Takes a version out of use: without another one no run starts.',
  })
  retireModel(@Ctx() context: ApiContext, @Arg('input', () => ModelNoteInput) input: ModelNoteInput) {
    return act(context, retireModel, input);
  }
}

/** Whatever keeps this process from it, the jobs take it up. */
function startJudging({ services, background }: ApiContext, { id, status }: ModelVersionRow): void {
  if (status === 'REGISTERED') void background.start('judging', () => judgeModelUnlessHeld(services, id));
}

async function act<I>(context: ApiContext, command: Command<I, ModelVersionRow>, input: I) {
  return { model: await execute(context.services, callerOf(context), command, input) };
}
