import 'reflect-metadata';
import { GraphQLSchema } from 'graphql';
import { buildSchemaSync, type ClassType } from 'type-graphql';
import { refusalCodeEnum } from '../schema/refusal-code.enum.ts';
import { authChecker } from './auth-checker.ts';
import { permissionsOf } from './boot-check.ts';
import { ViewerResolver } from './viewer.resolver.ts';

type Resolvers = readonly [ClassType, ...ClassType[]];

/** Every resolver of the API. */
export const RESOLVERS: Resolvers = [ViewerResolver];

/** The executable schema of the resolvers. Throws where an operation does not name its permission. */
export function buildApiSchema(resolvers: Resolvers = RESOLVERS): GraphQLSchema {
  permissionsOf(resolvers);
  const config = buildSchemaSync({ resolvers: [...resolvers], authChecker, validate: false }).toConfig();
  return new GraphQLSchema({ ...config, types: [...config.types, refusalCodeEnum] });
}
