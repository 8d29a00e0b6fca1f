import 'reflect-metadata';
import { GraphQLSchema } from 'graphql';
import { buildSchemaSync, type ClassType, type PubSub } from 'type-graphql';
import { refusalCodeEnum } from '../schema/refusal-code.enum.ts';
import { authChecker } from './auth-checker.ts';
import { permissionsOf } from './boot-check.ts';
import { ViewerResolver } from './viewer.resolver.ts';

type Resolvers = readonly [ClassType, ...ClassType[]];

/** Every resolver of the API. */
export const RESOLVERS: Resolvers = [ViewerResolver];

/** The library asks for topics; our subscriptions bring the source of their events themselves. */
const NO_TOPICS: PubSub = {
  publish: () => {
    throw new Error('events are not published by topic');
  },
  subscribe: () => {
    throw new Error('a subscription brings the source of its events itself');
  },
};

/** The executable schema of the resolvers. Throws where an operation does not name its permission. */
export function buildApiSchema(resolvers: Resolvers = RESOLVERS): GraphQLSchema {
  permissionsOf(resolvers);
  const schema = buildSchemaSync({
    resolvers: [...resolvers],
    authChecker,
    pubSub: NO_TOPICS,
    validate: false,
  });
  const config = schema.toConfig();
  return new GraphQLSchema({ ...config, types: [...config.types, refusalCodeEnum] });
}
