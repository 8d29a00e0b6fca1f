import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { ContractColumn } from '../domain/feed-contract.ts';
import { DecideInput } from '../schema/decide.input.ts';
import {
  type ContractColumnInput,
  FeedContractChangePayload,
  ProposeFeedContractInput,
} from '../schema/feed-contract.type.ts';
import { execute } from '../use-cases/execute.ts';
import {
  approveFeedContractChange,
  proposeFeedContract,
  rejectFeedContractChange,
  withdrawFeedContractChange,
} from '../use-cases/feed-contract-changes.ts';
import { type ApiContext, callerOf } from './api-context.ts';
import { Permit } from './permit.ts';

@Resolver()
export class FeedContractActsResolver {
  @Permit(proposeFeedContract.permission)
  @Mutation(() => FeedContractChangePayload, {
    description: 'A proposal is not edited: it is withdrawn and another made.',
  })
  async proposeFeedContract(
    @Ctx() context: ApiContext,
    @Arg('input', () => ProposeFeedContractInput) { campaign, columns, reason }: ProposeFeedContractInput,
  ) {
    const proposal = { campaign, columns: columns.map(columnOf), reason };
    return { change: await execute(context.services, callerOf(context), proposeFeedContract, proposal) };
  }

  @Permit(approveFeedContractChange.permission)
  @Mutation(() => FeedContractChangePayload, {
    description:
      'By another person than who proposed it; effective with the feeds of the next week. Findings that warn are accepted by the note.',
  })
  async approveFeedContractChange(
    @Ctx() context: ApiContext,
    @Arg('input', () => DecideInput) { id, note = null }: DecideInput,
  ) {
    const { services } = context;
    return { change: await execute(services, callerOf(context), approveFeedContractChange, { id, note }) };
  }

  @Permit(rejectFeedContractChange.permission)
  @Mutation(() => FeedContractChangePayload, { description: 'By another person than who proposed it.' })
  async rejectFeedContractChange(
    @Ctx() context: ApiContext,
    @Arg('input', () => DecideInput) { id, note = null }: DecideInput,
  ) {
    const { services } = context;
    return { change: await execute(services, callerOf(context), rejectFeedContractChange, { id, note }) };
  }

  @Permit(withdrawFeedContractChange.permission)
  @Mutation(() => FeedContractChangePayload, {
    description: 'What is proposed, or what is approved and has not become effective.',
  })
  async withdrawFeedContractChange(
    @Ctx() context: ApiContext,
    @Arg('input', () => DecideInput) { id, note = null }: DecideInput,
  ) {
    const { services } = context;
    return { change: await execute(services, callerOf(context), withdrawFeedContractChange, { id, note }) };
  }
}

/** As a definition file would have it: what is not said is not there. */
function columnOf({
  name,
  type,
  category,
  unit,
  min,
  max,
  values,
  label,
}: ContractColumnInput): ContractColumn {
  return {
    name,
    type,
    category,
    ...(unit == null ? {} : { unit }),
    ...(min == null ? {} : { min }),
    ...(max == null ? {} : { max }),
    ...(values == null ? {} : { values }),
    ...(label == null ? {} : { label: { nl: label.nl, en: label.en } }),
  };
}
