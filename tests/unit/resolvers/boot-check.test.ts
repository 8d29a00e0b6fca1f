import 'reflect-metadata';
import { Authorized, Mutation, Query, Resolver } from 'type-graphql';
import { describe, expect, it } from 'vitest';
import { buildApiSchema } from '../../../src/resolvers/api-schema.ts';
import { permissionsOf } from '../../../src/resolvers/boot-check.ts';
import { Permit } from '../../../src/resolvers/permit.ts';

@Resolver()
class Annotated {
  @Permit('run.start')
  @Mutation(() => String, { name: 'begin' })
  start(): string {
    return 'started';
  }

  @Permit('run.read')
  @Query(() => String)
  look(): string {
    return 'seen';
  }
}

@Resolver()
class Careless {
  @Query(() => String)
  open(): string {
    return 'open';
  }

  @Authorized()
  @Query(() => String)
  vague(): string {
    return 'vague';
  }

  @Authorized('everything')
  @Query(() => String)
  invented(): string {
    return 'invented';
  }

  @Permit('run.read')
  @Permit('run.start')
  @Mutation(() => String)
  torn(): string {
    return 'torn';
  }
}

describe('the permission of every operation', () => {
  it('is read from the annotations, by operation', () => {
    expect(permissionsOf([Annotated])).toEqual([
      { operation: 'Mutation.begin', permission: 'run.start' },
      { operation: 'Query.look', permission: 'run.read' },
    ]);
  });

  it('must be named once and be known, or nothing starts', () => {
    expect(() => buildApiSchema([Annotated, Careless])).toThrow(
      'each operation needs one permission; look at Mutation.torn, Query.invented, Query.open, Query.vague',
    );
  });
});
