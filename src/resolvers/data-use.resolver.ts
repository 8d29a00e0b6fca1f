import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { recordedAt, statusAt } from '../domain/data-use.ts';
import { Campaign } from '../schema/campaign.type.ts';
import { DataUse, DataUsePayload, DeclareDataUseInput } from '../schema/data-use.type.ts';
import { DecideInput } from '../schema/decide.input.ts';
import { DateTimeScalar } from '../schema/scalars.ts';
import { dataUsesDeclaredBy } from '../store/campaign.reads.ts';
import { campaignOf } from '../store/campaign.store.ts';
import type { DataUseRow } from '../store/data-use.row.ts';
import { declareDataUse, signOffDataUse, withdrawDataUse } from '../use-cases/data-uses.ts';
import { type Command, execute } from '../use-cases/execute.ts';
import { type ApiContext, callerOf } from './api-context.ts';
import { Permit } from './permit.ts';

@Resolver(() => DataUse)
export class DataUseResolver {
  @Permit('dataUse.read')
  @Query(() => [DataUse], { description: 'The data uses declared by an instant, as they stood then.' })
  async dataUses(
    @Ctx() { services }: ApiContext,
    @Arg('campaign', () => String) campaign: string,
    @Arg('at', () => DateTimeScalar, { nullable: true, description: 'Now when absent.' })
    at: Date | null = null,
  ) {
    const { manager } = services.db;
    await campaignOf(manager, campaign);
    const instant = at ?? services.clock.now();
    return (await dataUsesDeclaredBy(manager, campaign, instant)).map((use) => viewAt(use, instant));
  }

  @Permit(declareDataUse.permission)
  @Mutation(() => DataUsePayload)
  declareDataUse(
    @Ctx() context: ApiContext,
    @Arg('input', () => DeclareDataUseInput) input: DeclareDataUseInput,
  ) {
    return act(context, declareDataUse, input);
  }

  @Permit(signOffDataUse.permission)
  @Mutation(() => DataUsePayload, { description: 'By another person than the one who declared it.' })
  signOffDataUse(
    @Ctx() context: ApiContext,
    @Arg('input', () => DecideInput) { id, note = null }: DecideInput,
  ) {
    return act(context, signOffDataUse, { id, note });
  }

  @Permit(withdrawDataUse.permission)
  @Mutation(() => DataUsePayload, {
    description: 'Withdraws a sign-off, or refuses a declaration; from then on nothing is scored on it.',
  })
  withdrawDataUse(
    @Ctx() context: ApiContext,
    @Arg('input', () => DecideInput) { id, note = null }: DecideInput,
  ) {
    return act(context, withdrawDataUse, { id, note });
  }

  @FieldResolver(() => Campaign)
  campaign(@Root() use: DataUseRow, @Ctx() { loaders }: ApiContext) {
    return loaders.campaign.load(use.campaign);
  }
}

function viewAt(use: DataUseRow, at: Date) {
  const recorded = recordedAt(use, at);
  return { ...recorded, status: statusAt(recorded, at) };
}

async function act<I>(context: ApiContext, command: Command<I, DataUseRow>, input: I) {
  const { services } = context;
  const use = await execute(services, callerOf(context), command, input);
  return { dataUse: viewAt(use, services.clock.now()) };
}
