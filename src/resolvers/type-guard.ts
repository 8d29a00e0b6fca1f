import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
} from 'graphql';
import { PERMISSIONS, type Permission, type Role, roleFor } from '../domain/permissions.ts';
import { permit } from '../use-cases/execute.ts';
import { type ApiContext, callerOf } from './api-context.ts';
import type { OperationPermission } from './boot-check.ts';
import { AS_PARENT, JUDGED_BEHIND, type TypePermission, WAYS } from './type-permissions.ts';

/** What is known of the types of a schema when it is built. */
export interface TypesAtBoot {
  readonly operations: readonly OperationPermission[];
  readonly permissions: Readonly<Record<string, TypePermission>>;
}

const LIST = /(Connection|Edge)$/;

/**
 * The object types of a schema beside its roots and lists, by name. Throws, naming each, where a type has no permission, a
 * permission has no type, or an operation answers with a type that whoever may call it may not read.
 */
function readableTypes(
  schema: GraphQLSchema,
  { operations, permissions }: TypesAtBoot,
): readonly GraphQLObjectType[] {
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  const objects = objectTypes(schema);
  const named = new Set(objects.map(({ name }) => name));
  const advice =
    'say in src/resolvers/type-permissions.ts what it takes to read it (customer.read for what tells of one customer)';
  const faults = [
    ...types.filter(isAbstractType).map(({ name }) => `${name} is abstract: give its object types to fields`),
    ...objects
      .filter(({ name }) => !LIST.test(name) && !Object.hasOwn(permissions, name))
      .map(({ name }) => `${name} has no permission: ${advice}`),
    ...Object.keys(permissions)
      .filter((name) => !named.has(name))
      .map((name) => `${name} is no type: take it out of src/resolvers/type-permissions.ts`),
    ...operations.flatMap((operation) => answersTooMuch(schema, operation, permissions)),
  ];
  if (faults.length > 0) throw new Error(`the types of the API:\n${faults.join('\n')}`);
  return objects.filter(({ name }) => !LIST.test(name));
}

/**
 * Guards each way into a type that takes another permission than the way there: whoever lacks it is refused there, and what
 * is refused of a request is audited once. Fields within a type cost nothing more.
 */
export function guardTypes(schema: GraphQLSchema, atBoot: TypesAtBoot): void {
  readableTypes(schema, atBoot);
  for (const parent of objectTypes(schema)) {
    const held = permissionOf(parent, atBoot.permissions);
    for (const field of Object.values(parent.getFields())) {
      const needed = neededFor(parent, field, atBoot.permissions);
      if (needed === AS_PARENT || needed === JUDGED_BEHIND || needed === held) continue;
      field.resolve = guarded(field.resolve ?? defaultFieldResolver, needed);
    }
  }
}

/** What it takes to go the way of a field into its type. */
export function neededFor(
  parent: GraphQLObjectType,
  { name, type }: Pick<GraphQLField<unknown, unknown>, 'name' | 'type'>,
  permissions: TypesAtBoot['permissions'],
): TypePermission | typeof JUDGED_BEHIND {
  const named = getNamedType(type);
  if (!isObjectType(named)) return AS_PARENT;
  return WAYS[`${parent.name}.${name}`] ?? permissionOf(named, permissions);
}

/** What it takes to read a type; of a connection or edge, what it lists. */
export function permissionOf(
  type: GraphQLObjectType,
  permissions: TypesAtBoot['permissions'],
): TypePermission {
  const listed = LIST.test(type.name)
    ? getNamedType((type.getFields().nodes ?? type.getFields().node)?.type)
    : type;
  return (listed === undefined ? undefined : permissions[listed.name]) ?? AS_PARENT;
}

function objectTypes(schema: GraphQLSchema): readonly GraphQLObjectType[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !type.name.startsWith('__') && !roots.includes(type))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** An operation is judged by its own permission; what it answers with must take no more. */
function answersTooMuch(
  schema: GraphQLSchema,
  { operation, permission }: OperationPermission,
  permissions: TypesAtBoot['permissions'],
): readonly string[] {
  const [root = '', name = ''] = operation.split('.');
  const rootType = schema.getType(root);
  const type = isObjectType(rootType) ? getNamedType(rootType.getFields()[name]?.type) : undefined;
  const needed = isObjectType(type) ? permissionOf(type, permissions) : AS_PARENT;
  if (needed === AS_PARENT) return [];
  const readers: readonly Role[] = PERMISSIONS[needed];
  if (PERMISSIONS[permission].every((role) => readers.includes(role))) return [];
  return [
    `${operation} (${permission}) answers with ${type?.name}, which takes ${needed}: permit it to fewer or answer with less`,
  ];
}

type Resolve = GraphQLFieldResolver<unknown, ApiContext>;

function guarded(resolve: Resolve, permission: Permission): Resolve {
  return (source, args, context, info) =>
    roleFor(callerOf(context).actor, permission) === null
      ? refused(context, permission)
      : resolve(source, args, context, info);
}

/** What was refused of a request, and is audited: a page of two hundred has two hundred ways into the same type. */
const REFUSED = new WeakMap<ApiContext, Map<Permission, Promise<void>>>();

function refused(context: ApiContext, permission: Permission): Promise<void> {
  const ofRequest = REFUSED.get(context) ?? new Map<Permission, Promise<void>>();
  REFUSED.set(context, ofRequest);
  const known = ofRequest.get(permission);
  if (known !== undefined) return known;
  const told = permit(context.services, callerOf(context), permission);
  ofRequest.set(permission, told);
  return told;
}
