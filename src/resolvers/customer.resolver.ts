import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import {
  AddToQuietListInput,
  CustomerPayload,
  OptOutPayload,
  RecordOptOutInput,
} from '../schema/customer.type.ts';
import { execute } from '../use-cases/execute.ts';
import { addToQuietList, recordOptOut } from '../use-cases/protect-customer.ts';
import { type ApiContext, callerOf } from './api-context.ts';
import { Permit } from './permit.ts';

/** Keeps mail from customers; whoever was approved but not released yet is dropped at the release. */
@Resolver()
export class CustomerResolver {
  @Permit(recordOptOut.permission)
  @Mutation(() => OptOutPayload, {
    description: 'Keeps all mail of the campaigns from a customer, for good.',
  })
  recordOptOut(@Ctx() context: ApiContext, @Arg('input', () => RecordOptOutInput) input: RecordOptOutInput) {
    return execute(context.services, callerOf(context), recordOptOut, input);
  }

  @Permit(addToQuietList.permission)
  @Mutation(() => CustomerPayload, { description: 'Keeps mail of a campaign from a customer until a day.' })
  addToQuietList(
    @Ctx() context: ApiContext,
    @Arg('input', () => AddToQuietListInput) input: AddToQuietListInput,
  ) {
    return execute(context.services, callerOf(context), addToQuietList, input);
  }
}
