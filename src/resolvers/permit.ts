import { Authorized } from 'type-graphql';
import type { Permission } from '../domain/permissions.ts';

/**
 * Names the permission that an operation asks for: each operation carries exactly one. The guard lets any signed-in
 * actor pass; the use case or read behind the operation judges the permission, so that a refusal is audited.
 */
export function Permit(permission: Permission): MethodDecorator {
  return Authorized<string>(permission);
}
