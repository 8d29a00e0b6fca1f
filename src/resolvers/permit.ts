import { Authorized } from 'type-graphql';
import type { Permission } from '../domain/permissions.ts';

/**
 * Names the permission that an operation asks for: each operation carries exactly one. Who judges it, and audits a refusal, the guard or
 * what is behind the operation, is in permission-guard.ts.
 */
export function Permit(permission: Permission): MethodDecorator {
  return Authorized<string>(permission);
}
