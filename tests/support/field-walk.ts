import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
} from 'graphql';
import { PERMISSIONS, type Permission, ROLES, type Role } from '../../src/domain/permissions.ts';
import type { OperationPermission } from '../../src/resolvers/boot-check.ts';
import { neededFor, permissionOf } from '../../src/resolvers/type-guard.ts';
import { AS_PARENT, JUDGED_BEHIND, TYPE_PERMISSIONS } from '../../src/resolvers/type-permissions.ts';

type Field = GraphQLField<unknown, unknown>;

/** A way from a query to a type: the fields that are asked for, outermost first, and what each takes. */
export interface Way {
  readonly fields: readonly Field[];
  readonly needs: readonly Permission[];
  readonly type: GraphQLObjectType;
}

/** What tests of fields know of the API. */
export class FieldWalk {
  readonly types: readonly GraphQLObjectType[];
  readonly #ways = new Map<string, readonly Way[]>();
  readonly #operations: ReadonlyMap<string, Permission>;

  constructor(
    private readonly schema: GraphQLSchema,
    operations: readonly OperationPermission[],
  ) {
    this.#operations = new Map(operations.map(({ operation, permission }) => [operation, permission]));
    const roots = ['Query', 'Mutation', 'Subscription'];
    this.types = Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .filter(({ name }) => !name.startsWith('__') && !roots.includes(name))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Each field of each type, what it takes, and the roles that can get there by a query, mutation or subscription. */
  rows(): readonly { field: string; takes: string; roles: readonly Role[] }[] {
    const reached = this.#reached();
    return this.types.flatMap((type) =>
      Object.values(type.getFields()).map((field) => {
        const way = neededFor(type, field, TYPE_PERMISSIONS);
        const own = permissionOf(type, TYPE_PERMISSIONS);
        const into = isObjectType(getNamedType(field.type)) && way !== AS_PARENT && way !== own;
        const needed = way === JUDGED_BEHIND ? 'customer.read' : way;
        const holders = reached.get(type.name) ?? new Set<Role>();
        const roles = ROLES.filter((role) => holders.has(role) && (!into || may(role, needed)));
        return { field: `${type.name}.${field.name}`, takes: into ? needed : own, roles };
      }),
    );
  }

  /** The roles that reach a type at all. */
  #reached(): ReadonlyMap<string, ReadonlySet<Role>> {
    const reached = new Map(this.types.map(({ name }) => [name, new Set<Role>()]));
    for (const role of ROLES) {
      const waiting = ['Query', 'Mutation', 'Subscription'];
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
        for (const { to, needs } of this.steps(name)) {
          const roles = reached.get(to.name);
          if (roles === undefined || roles.has(role) || !needs.every((need) => may(role, need))) continue;
          roles.add(role);
          waiting.push(to.name);
        }
      }
    }
    return reached;
  }

  /** Ways to a type by queries, the shortest of each root field, without a type twice. */
  ways(to: string): readonly Way[] {
    const known = this.#ways.get(to);
    if (known !== undefined) return known;
    const found = Object.values(this.schema.getQueryType()?.getFields() ?? {}).flatMap((root) =>
      this.#shortest(root, to),
    );
    const sorted = found.toSorted((a, b) => a.fields.length - b.fields.length);
    this.#ways.set(to, sorted);
    return sorted;
  }

  #shortest(root: Field, to: string): readonly Way[] {
    let edge = this.steps('Query')
      .filter(({ field }) => field === root)
      .map(({ to: type, needs }): Way => ({ fields: [root], needs, type }));
    const seen = new Set<string>();
    while (edge.length > 0) {
      const there = edge.filter(({ type }) => type.name === to);
      if (there.length > 0) return there;
      for (const { type } of edge) seen.add(type.name);
      edge = edge.flatMap(({ fields, needs, type }) =>
        this.steps(type.name)
          .filter((step) => !seen.has(step.to.name) && !step.field.args.some(isRequired))
          .map(
            (step): Way => ({
              fields: [...fields, step.field],
              needs: [...needs, ...step.needs],
              type: step.to,
            }),
          ),
      );
    }
    return [];
  }

  /** The fields of a type that lead to others. */
  steps(name: string): readonly { field: Field; to: GraphQLObjectType; needs: readonly Permission[] }[] {
    const type = this.schema.getType(name);
    if (!isObjectType(type)) return [];
    return Object.values(type.getFields()).flatMap((field) => {
      const to = getNamedType(field.type);
      if (!isObjectType(to)) return [];
      const operation = this.#operations.get(`${name}.${field.name}`);
      if (operation !== undefined) return [{ field, to, needs: [operation] }];
      const way = neededFor(type, field, TYPE_PERMISSIONS);
      const needed = way === JUDGED_BEHIND ? 'customer.read' : way;
      const free = needed === AS_PARENT || needed === permissionOf(type, TYPE_PERMISSIONS);
      return [{ field, to, needs: free ? [] : [needed] }];
    });
  }
}

/** Whether a role permits something. */
export function may(role: Role, permission: string): boolean {
  const roles: readonly Role[] = PERMISSIONS[permission as Permission] ?? [];
  return roles.includes(role);
}

/** Whether an argument must be given. */
export function isRequired({ type, defaultValue }: Field['args'][number]): boolean {
  return String(type).endsWith('!') && defaultValue === undefined;
}
