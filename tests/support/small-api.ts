import 'reflect-metadata';
import {
  Arg,
  type AuthChecker,
  Ctx,
  Field,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import { refuse } from '../../src/domain/refusal.ts';
import { buildApiSchema } from '../../src/resolvers/api-schema.ts';
import { actorOf, type RequestContext } from '../../src/resolvers/context.ts';
import { Permit } from '../../src/resolvers/permit.ts';
import { AS_PARENT } from '../../src/resolvers/type-permissions.ts';
import { ViewerResolver } from '../../src/resolvers/viewer.resolver.ts';
import { connectionOf } from '../../src/schema/connection.type.ts';
import { IsoWeekScalar } from '../../src/schema/scalars.ts';

/** What a fault of the service carries that no client and no log may see. */
export const SECRET = 'customer-C0FFEE';

@ObjectType()
class Leaf {
  @Field(() => String)
  readonly name!: string;

  @Field(() => [Leaf])
  readonly leaves!: readonly Leaf[];

  @Field(() => Leaf, { nullable: true })
  readonly leaf!: Leaf | null;
}

const LeafConnection = connectionOf('Leaf', Leaf);

/** A database error as the driver makes it: values in its message, detail and parameters. */
class DatabaseError extends Error {
  readonly code = '23505';
  readonly constraint = 'decision_pkey';
  readonly detail = `Key (party_id)=(${SECRET}) already exists.`;
  readonly parameters = [SECRET];
}

/** Who waits in `waits` until they leave. */
export const waiting = { begun: Promise.withResolvers<void>(), left: Promise.withResolvers<unknown>() };

@Resolver()
class SmallResolver {
  @Permit('run.read')
  @Query(() => String, { nullable: true })
  async waits(@Ctx() { signal }: RequestContext) {
    waiting.begun.resolve();
    signal.addEventListener('abort', () => waiting.left.resolve(signal.reason));
    await waiting.left.promise;
    return null;
  }

  @Permit('run.read')
  @Query(() => LeafConnection)
  leaves(@Arg('first', () => Int, { defaultValue: 20 }) first: number) {
    const pageInfo = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };
    return { nodes: [], edges: [], pageInfo, totalCount: first };
  }

  @Permit('run.read')
  @Query(() => Leaf)
  leaf(): Leaf {
    return { name: 'leaf', leaves: [], leaf: null };
  }

  @Permit('run.read')
  @Query(() => String)
  week(
    @Arg('week', () => IsoWeekScalar) week: string,
    @Arg('days', () => Int, { defaultValue: 7 }) _days: number,
  ) {
    return week;
  }

  @Permit('run.read')
  @Query(() => String, { nullable: true })
  fault(): string {
    throw new DatabaseError(`duplicate key value ${SECRET}`);
  }

  @Permit('run.read')
  @Query(() => String)
  nothing(): string | null {
    return null;
  }

  @Permit('run.start')
  @Mutation(() => String)
  refused(@Arg('note', () => String, { nullable: true }) _note: string | null): string {
    return refuse('FOUR_EYES', 'OWN_BATCH', 'Nobody approves what they submitted.');
  }

  @Permit('run.read')
  @Subscription(() => Int, { subscribe: () => counting() })
  count(@Root() value: number): number {
    if (value === 3) throw new DatabaseError(SECRET);
    return value;
  }

  @Permit('run.read')
  @Subscription(() => Int, { subscribe: () => broken() })
  broken(@Root() value: number): number {
    return value;
  }

  @Permit('run.read')
  @Subscription(() => Int, { subscribe: () => silent() })
  silent(@Root() value: number): number {
    return value;
  }
}

async function* counting() {
  yield* [1, 2, 3];
}

async function* broken() {
  yield 1;
  throw new DatabaseError(SECRET);
}

async function* silent() {
  await new Promise(() => undefined);
  yield 0;
}

/** Whoever is signed in may do everything. */
const signedIn: AuthChecker<RequestContext> = ({ context }) => actorOf(context) !== undefined;

/** An API as small as can be, for tests of the door to it. */
export const smallSchema = buildApiSchema([ViewerResolver, SmallResolver], signedIn, {
  Leaf: 'run.read',
  PageInfo: AS_PARENT,
  Viewer: 'viewer.read',
});
