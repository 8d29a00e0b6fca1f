import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Wording } from '../domain/wording.ts';
import { DeclareDataUseInput } from '../schema/data-use.type.ts';
import { DataUsePayload } from '../schema/data-use-register.type.ts';
import { DecideInput } from '../schema/decide.input.ts';
import { campaignOf } from '../store/campaign.store.ts';
import type { DataUseRow } from '../store/data-use.row.ts';
import type { DataUseImpact } from '../use-cases/data-use-impact.ts';
import {
  declareDataUse,
  refuseDataUse,
  signOffDataUse,
  withdrawDataUse,
  withdrawDeclaration,
} from '../use-cases/data-uses.ts';
import { execute } from '../use-cases/execute.ts';
import { type ApiContext, callerOf } from './api-context.ts';
import { dataUseView } from './data-use-view.ts';
import { Permit } from './permit.ts';

@Resolver()
export class DataUseActsResolver {
  @Permit(declareDataUse.permission)
  @Mutation(() => DataUsePayload, {
    description:
      'Declares what columns are to be used for; it waits for the sign-off of a compliance reviewer.',
  })
  async declareDataUse(
    @Ctx() context: ApiContext,
    @Arg('input', () => DeclareDataUseInput) { english = null, ...input }: DeclareDataUseInput,
  ) {
    const declared = {
      ...input,
      source: inBoth(input.source, english?.source),
      purpose: inBoth(input.purpose, english?.purpose),
      legalBasis: inBoth(input.legalBasis, english?.legalBasis),
    };
    return payload(context, await execute(context.services, callerOf(context), declareDataUse, declared));
  }

  @Permit(signOffDataUse.permission)
  @Mutation(() => DataUsePayload, { description: 'By another person than the one who declared it.' })
  async signOffDataUse(
    @Ctx() context: ApiContext,
    @Arg('input', () => DecideInput) { id, note = null }: DecideInput,
  ) {
    const use = await execute(context.services, callerOf(context), signOffDataUse, { id, note });
    return payload(context, use);
  }

  @Permit(refuseDataUse.permission)
  @Mutation(() => DataUsePayload, {
    description: 'Refuses what is declared, with a note; by another person than the one who declared it.',
  })
  async refuseDataUse(
    @Ctx() context: ApiContext,
    @Arg('input', () => DecideInput) { id, note = null }: DecideInput,
  ) {
    const use = await execute(context.services, callerOf(context), refuseDataUse, { id, note });
    return payload(context, use);
  }

  @Permit(withdrawDataUse.permission)
  @Mutation(() => DataUsePayload, {
    description:
      'Withdraws a sign-off, with a note: from then on nothing is scored on it. `dataUseImpact` tells beforehand what stops. What is only declared is refused, as by `refuseDataUse`.',
  })
  async withdrawDataUse(
    @Ctx() context: ApiContext,
    @Arg('input', () => DecideInput) { id, note = null }: DecideInput,
  ) {
    const { use, impact } = await execute(context.services, callerOf(context), withdrawDataUse, { id, note });
    return payload(context, use, impact);
  }

  @Permit(withdrawDeclaration.permission)
  @Mutation(() => DataUsePayload, {
    description: 'Takes a declaration back that nobody has decided on, with a note; by whoever made it.',
  })
  async withdrawDataUseDeclaration(
    @Ctx() context: ApiContext,
    @Arg('input', () => DecideInput) { id, note = null }: DecideInput,
  ) {
    const use = await execute(context.services, callerOf(context), withdrawDeclaration, { id, note });
    return payload(context, use);
  }
}

function inBoth(text: string, english: string | null | undefined): Wording {
  return english == null ? text : { nl: text, en: english };
}

async function payload({ services }: ApiContext, use: DataUseRow, impact: DataUseImpact | null = null) {
  const { definition } = await campaignOf(services.db.manager, use.campaign);
  return { dataUse: dataUseView(use, definition.timeZone, services.clock.now()), impact };
}
