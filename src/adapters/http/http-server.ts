import { randomUUID } from 'node:crypto';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Authenticator, Session } from '../../domain/authenticator.ts';
import type { Clock } from '../../domain/ports.ts';
import { cancellation, refuse } from '../../domain/refusal.ts';
import { bearerToken } from './bearer-token.ts';
import { assertBodyWithin, bodyLimitOf, counted, MODEL_BODY_BYTES } from './body-limit.ts';
import { type ContextOf, type FormatError, type GraphqlSettings, startGraphql } from './graphql-server.ts';
import { answerErrors } from './http-errors.ts';
import { httpMetrics } from './http-metrics.ts';
import { assertNesting } from './operation-limits.ts';
import { requestIds } from './request-ids.ts';
import { type Stated, statedIn } from './stated.ts';
import { serveSubscriptions } from './subscriptions.ts';
import type { TrustedDocuments } from './trusted-documents.ts';

/** How long a client may take to send its request; a model package over a slow line included. */
const REQUEST_TIMEOUT_MS = 120_000;
/** How long requests and sockets that are under way get to end when the server stops. */
const PATIENCE_MS = 10_000;
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  // Heeded by browsers where the service is reached by TLS, which a proxy in front of it ends.
  'strict-transport-security': 'max-age=63072000',
};

declare module 'fastify' {
  interface FastifyRequest {
    session: Session | null;
    stated: Stated;
  }
}

export interface HttpServerOptions<Context extends Stated> {
  readonly schema: GraphQLSchema;
  readonly contextOf: ContextOf<Context>;
  readonly formatError: FormatError;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly settings: GraphqlSettings;
  /** What each client may send; null where everything may be sent. */
  readonly documents: TrustedDocuments | null;
  readonly logger: Logger;
  readonly metrics: Registry;
  /** What keeps the service from serving, in words; nothing when it is ready. */
  readonly notReady: () => Promise<readonly string[]>;
  /** What people have paused, in words that anyone may read; the service is ready all the same. */
  readonly paused: () => Promise<readonly string[]>;
}

/**
 * The HTTP server: POST /graphql and its subscriptions, /health/live, /health/ready, /metrics. The caller listens
 * (`listen`) and stops (`close`: nothing new, what is under way ends), and may add routes before.
 */
export async function createHttpServer<Context extends Stated>(
  options: HttpServerOptions<Context>,
): Promise<FastifyInstance> {
  const { schema, contextOf, formatError, authenticator, settings, documents, logger } = options;
  const metrics = httpMetrics(options.metrics);
  const graphql = await startGraphql<Context>({ schema, settings, formatError, logger, metrics });
  const app = fastify({
    logger: false,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    bodyLimit: MODEL_BODY_BYTES,
  });
  app.removeContentTypeParser('text/plain');
  app.decorateRequest('session', null);
  app.decorateRequest('stated');
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers({ ...HEADERS, 'x-request-id': request.id });
    requestIds.run(request.id, done);
  });
  answerErrors(app, { formatError, metrics });
  let stopping = false;
  serveHealth(app, options, () => stopping);
  app.route({
    method: 'POST',
    url: '/graphql',
    onRequest: async (request) => {
      const token = bearerToken(request.headers.authorization);
      if (token !== undefined) request.session = await authenticator.authenticate(token);
      request.stated = statedIn(request.headers, request.session);
      assertBodyWithin(bodyLimitOf(request.session), request);
    },
    preParsing: async ({ headers, session }, _reply, body) =>
      headers['content-length'] === undefined ? body.pipe(counted(bodyLimitOf(session))) : body,
    preHandler: async (request) => {
      if (documents !== null) request.body = trusted(documents, request);
      const { body } = request;
      if (isObject(body) && typeof body.query === 'string') assertNesting(body.query);
    },
    handler: fastifyApolloHandler(graphql, {
      context: async ({ id, session, stated }, reply) =>
        contextOf({ requestId: id, actor: session, signal: leavingOf(reply), ...stated }),
    }),
  });
  const closeSockets = serveSubscriptions(app.server, { ...options, metrics });
  app.addHook('preClose', async () => {
    stopping = true;
    setTimeout(() => app.server.closeAllConnections(), PATIENCE_MS).unref();
    await closeSockets(PATIENCE_MS);
  });
  app.addHook('onClose', () => graphql.stop());
  return app;
}

/** Aborted when the connection of a request is closed before its answer is written. */
function leavingOf({ raw }: FastifyReply): AbortSignal {
  const left = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) left.abort(cancellation());
  });
  return left.signal;
}

function isObject(body: unknown): body is Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}

/** The body with the text of a registered operation. What is no object is left for GraphQL to refuse: it sends nothing. */
function trusted(documents: TrustedDocuments, { body, session, stated }: FastifyRequest): unknown {
  if (session === null)
    return refuse('UNAUTHENTICATED', 'SIGNED_IN', 'Sign in first: a bearer token is missing.');
  if (!isObject(body)) return body;
  const query = documents.textOf(stated.client, body);
  const { operationName = null, variables = null } = body;
  return { query, operationName, variables };
}

function serveHealth<Context extends Stated>(
  app: FastifyInstance,
  { notReady, paused, metrics }: HttpServerOptions<Context>,
  isStopping: () => boolean,
): void {
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const reasons = isStopping() ? ['the service is stopping'] : await notReady();
    if (reasons.length === 0) {
      const stopped = await paused();
      return stopped.length === 0 ? { status: 'ready' } : { status: 'ready', paused: stopped };
    }
    return reply.code(503).send({ status: 'not ready', reasons });
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.metrics()),
  );
}
