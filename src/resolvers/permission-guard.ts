import type { AuthChecker } from 'type-graphql';
import type { Permission } from '../domain/permissions.ts';
import { permit } from '../use-cases/execute.ts';
import { type ApiContext, callerOf } from './api-context.ts';

/**
 * Lets a signed-in actor pass to what their roles permit. Acts, and reads of customers, judge that themselves, because they
 * know what they are about. All of them audit a refusal.
 */
export const permissionGuard: AuthChecker<ApiContext, Permission> = async (
  { context, info },
  [permission],
) => {
  const caller = callerOf(context);
  const judgedBehind =
    info.operation.operation === 'mutation' ||
    permission === 'customer.read' ||
    permission === 'explanation.readCustomer';
  if (permission !== undefined && !judgedBehind) await permit(context.services, caller, permission);
  return true;
};
