import { ApolloServer, type ApolloServerPlugin, type BaseContext } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { Actor } from '../../domain/permissions.ts';
import { RefusalError, refuse } from '../../domain/refusal.ts';
import { type HttpMetrics, rootFieldOf } from './http-metrics.ts';
import { assertWithinLimits, LIMITS } from './operation-limits.ts';
import type { Stated } from './stated.ts';

export type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/** Makes what resolvers get of a request; `actor` is null for one without a token. */
export type ContextOf<Context> = (
  request: {
    readonly requestId: string;
    readonly actor: Actor | null;
    /** Aborted when whoever asked is gone before they were answered. */
    readonly signal: AbortSignal;
  } & Stated,
) => Context;

export interface GraphqlSettings {
  readonly production: boolean;
  readonly introspection: boolean;
  /** What one operation of a client may cost, where it is not what it is for all. */
  readonly clientCosts: Readonly<Record<string, number>>;
}

/** What one operation of a client may cost. */
export function mostCostOf({ clientCosts }: GraphqlSettings, client: string | null): number {
  return client !== null && Object.hasOwn(clientCosts, client)
    ? (clientCosts[client] ?? LIMITS.cost)
    : LIMITS.cost;
}

/** The GraphQL server, strict: no batches, no persisted queries, no reports to anybody, no traces in answers. */
export async function startGraphql<Context extends Stated>(options: {
  readonly schema: GraphQLSchema;
  readonly settings: GraphqlSettings;
  readonly formatError: FormatError;
  readonly logger: Logger;
  readonly metrics: HttpMetrics;
}): Promise<ApolloServer<Context>> {
  const { schema, settings, formatError, logger, metrics } = options;
  const server = new ApolloServer<Context>({
    schema,
    logger,
    formatError,
    nodeEnv: settings.production ? 'production' : 'development',
    introspection: settings.introspection,
    hideSchemaDetailsFromClientErrors: settings.production,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: LIMITS.tokens },
    maxRecursiveSelections: LIMITS.selections,
    plugins: [
      limited<Context>(settings),
      observed<Context>(logger, metrics),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
    ],
  });
  await server.start();
  return server;
}

/** Refuses what asks for too much before anything of it is done. */
function limited<Context extends Stated>(settings: GraphqlSettings): ApolloServerPlugin<Context> {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ schema, document, operation, request, contextValue }) => {
        if (operation === undefined) return;
        try {
          if (operation.operation === 'subscription') {
            refuse('BAD_INPUT', 'SUBSCRIPTION_BY_POST', 'Subscriptions go by WebSocket.');
          }
          const most = mostCostOf(settings, contextValue.client);
          assertWithinLimits(schema, document, operation, request.variables ?? {}, most);
        } catch (error) {
          throw error instanceof RefusalError ? badRequest(error) : error;
        }
      },
    }),
  };
}

function badRequest(error: RefusalError): GraphQLError {
  return new GraphQLError(error.message, { originalError: error, extensions: { http: { status: 400 } } });
}

/** One line and one measurement an operation; nothing of its variables. */
function observed<Context extends BaseContext>(
  logger: Logger,
  metrics: HttpMetrics,
): ApolloServerPlugin<Context> {
  return {
    requestDidStart: async () => {
      const start = performance.now();
      return {
        willSendResponse: async ({ operation, response, document }) => {
          const errors = response.body.kind === 'single' ? (response.body.singleResult.errors ?? []) : [];
          const codes = [...new Set(errors.map(({ extensions }) => String(extensions?.code)))];
          if (codes.includes('UNAUTHENTICATED')) response.http.status = 401;
          const root = document === undefined ? 'none' : rootFieldOf(operation);
          const ms = performance.now() - start;
          metrics.answered(root, codes[0] ?? 'ok', ms / 1000);
          logger.info(
            { operation: root, kind: operation?.operation, ms: Math.round(ms), codes },
            'operation',
          );
        },
      };
    },
  };
}
