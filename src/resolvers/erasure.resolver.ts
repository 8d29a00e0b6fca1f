import { Arg, Ctx, FieldResolver, Int, Mutation, Resolver, Root } from 'type-graphql';
import {
  EraseCustomerInput,
  EraseCustomerPayload,
  RequestErasureInput,
  RequestErasurePayload,
} from '../schema/erasure.type.ts';
import { erasureEntry } from '../store/erasure.reads.ts';
import { type ErasedCustomer, eraseCustomer, requestErasure } from '../use-cases/erase-customer.ts';
import { execute } from '../use-cases/execute.ts';
import { type ApiContext, callerOf } from './api-context.ts';
import { Permit } from './permit.ts';

/** Erasing a customer takes two people: one asks, the other does it. */
@Resolver(() => EraseCustomerPayload)
export class ErasureResolver {
  @Permit(requestErasure.permission)
  @Mutation(() => RequestErasurePayload, { description: 'Asks for a customer to be erased.' })
  requestErasure(
    @Ctx() context: ApiContext,
    @Arg('input', () => RequestErasureInput) input: RequestErasureInput,
  ) {
    return execute(context.services, callerOf(context), requestErasure, input);
  }

  @Permit(eraseCustomer.permission)
  @Mutation(() => EraseCustomerPayload, {
    description: 'Erases a customer, on the open request of another person.',
  })
  eraseCustomer(
    @Ctx() context: ApiContext,
    @Arg('input', () => EraseCustomerInput) input: EraseCustomerInput,
  ) {
    return execute(context.services, callerOf(context), eraseCustomer, input);
  }

  @FieldResolver(() => Int, { nullable: true })
  auditIndex(@Root() { erasure }: ErasedCustomer, @Ctx() { services }: ApiContext) {
    return erasureEntry(services.db.manager, erasure);
  }
}
