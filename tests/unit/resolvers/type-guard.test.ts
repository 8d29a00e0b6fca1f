import 'reflect-metadata';
import { Field, ObjectType, Query, Resolver } from 'type-graphql';
import { describe, expect, it } from 'vitest';
import { buildApiSchema } from '../../../src/resolvers/api-schema.ts';
import { permissionGuard } from '../../../src/resolvers/permission-guard.ts';
import { Permit } from '../../../src/resolvers/permit.ts';
import type { TypePermission } from '../../../src/resolvers/type-permissions.ts';
import { connectionOf } from '../../../src/schema/connection.type.ts';

@ObjectType()
class Moon {
  @Field(() => String)
  readonly phase!: string;
}

const MoonConnection = connectionOf('Moon', Moon);

@Resolver()
class MoonResolver {
  @Permit('run.read')
  @Query(() => MoonConnection)
  moons() {
    return { nodes: [], edges: [], pageInfo: {}, totalCount: 0 };
  }
}

const built = (permissions: Readonly<Record<string, TypePermission>>) => () =>
  buildApiSchema([MoonResolver], permissionGuard, { PageInfo: 'as what holds it', ...permissions });

describe('the schema is not built', () => {
  it('with a type of which nobody said what it takes to read it, and says where to say it', () => {
    expect(built({})).toThrow('Moon has no permission: say in src/resolvers/type-permissions.ts');
  });

  it('with a permission for a type that there is not', () => {
    expect(built({ Moon: 'run.read', Sun: 'run.read' })).toThrow('Sun is no type: take it out of');
  });

  it('with an operation that answers with what not all of its callers may read, by way of a list too', () => {
    expect(built({ Moon: 'customer.read' })).toThrow(
      'Query.moons (run.read) answers with MoonConnection, which takes customer.read',
    );
  });

  it('unless all is said', () => {
    expect(built({ Moon: 'run.read' })).not.toThrow();
  });
});
