import { type ClassType, getMetadataStorage } from 'type-graphql';
import { PERMISSIONS, type Permission } from '../domain/permissions.ts';

/** An operation of the API and the permission that its annotation names. */
export interface OperationPermission {
  readonly operation: string;
  readonly permission: Permission;
}

/**
 * The permission of every operation of these resolvers, sorted by operation: the rows of the permission matrix.
 * Throws, naming every offender, where an operation does not carry exactly one known permission.
 */
export function permissionsOf(resolvers: readonly ClassType[]): readonly OperationPermission[] {
  const classes: readonly unknown[] = resolvers;
  const storage = getMetadataStorage();
  const operations = [
    ...storage.queries.map((query) => ({ kind: 'Query', ...query })),
    ...storage.mutations.map((mutation) => ({ kind: 'Mutation', ...mutation })),
    ...storage.subscriptions.map((subscription) => ({ kind: 'Subscription', ...subscription })),
  ].filter(({ target }) => classes.includes(target));
  const faults: string[] = [];
  const found = operations.flatMap(({ kind, schemaName, target, methodName }) => {
    const named = storage.authorizedFields
      .filter((field) => field.target === target && field.fieldName === methodName)
      .flatMap(({ roles }) => roles);
    const [permission, second] = named;
    if (isPermission(permission) && second === undefined) {
      return [{ operation: `${kind}.${schemaName}`, permission }];
    }
    faults.push(`${kind}.${schemaName}`);
    return [];
  });
  if (faults.length > 0) {
    throw new Error(`each operation needs one permission; look at ${faults.toSorted().join(', ')}`);
  }
  return found.toSorted((a, b) => (a.operation < b.operation ? -1 : 1));
}

function isPermission(value: unknown): value is Permission {
  return typeof value === 'string' && Object.hasOwn(PERMISSIONS, value);
}
