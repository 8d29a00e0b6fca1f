import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { BaseContext } from '@apollo/server';
import { type ExecutionArgs, GraphQLError, type GraphQLSchema } from 'graphql';
import type { Context as SocketContext, SubscribePayload } from 'graphql-ws';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { Authenticator, Session } from '../../domain/authenticator.ts';
import type { Clock } from '../../domain/ports.ts';
import { cancellation, RefusalError, refuse } from '../../domain/refusal.ts';
import { bearerToken } from './bearer-token.ts';
import { type ContextOf, type FormatError, type GraphqlSettings, mostCostOf } from './graphql-server.ts';
import type { HttpMetrics } from './http-metrics.ts';
import { preparedSubscription } from './prepared-subscription.ts';
import { type Stated, statedIn } from './stated.ts';
import type { TrustedDocuments } from './trusted-documents.ts';

const PATH = '/graphql';
const LARGEST_MESSAGE = 128 * 1024;
const SUBSCRIPTIONS_PER_SOCKET = 20;
/** The longest that a timer can wait; a token that lives longer must be shown again by then. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Close codes of RFC 6455 §7.4 and of the graphql-transport-ws protocol. */
const CLOSED = { fault: 1011, tryLater: 1013, badRequest: 4400, unauthorized: 4401 } as const;

/** Characters of a close reason, which has 123 bytes at most (RFC 6455 §5.5). */
const LONGEST_REASON = 120;

type SignedIn = Record<PropertyKey, unknown> & {
  session: Session;
  stated: Stated;
  expiry: NodeJS.Timeout;
  left: AbortController;
};
type Params = Record<string, unknown> | undefined;
type Socket = SocketContext<Params, Extra & Partial<SignedIn>>;

export interface SubscriptionOptions<Context extends BaseContext> {
  readonly schema: GraphQLSchema;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly contextOf: ContextOf<Context>;
  readonly settings: GraphqlSettings;
  /** What each client may send; null where everything may be sent. */
  readonly documents: TrustedDocuments | null;
  readonly formatError: FormatError;
  readonly logger: Logger;
  readonly metrics: HttpMetrics;
}

/**
 * Serves subscriptions (graphql-transport-ws) beside the POST requests of `server`. The first message carries the
 * token, and the socket ends with it. Returns what closes all sockets, by force those that hang after `patienceMs`.
 */
export function serveSubscriptions<Context extends BaseContext>(
  server: Server,
  options: SubscriptionOptions<Context>,
): (patienceMs: number) => Promise<void> {
  const { metrics, formatError } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE });
  sockets.on('connection', (socket) => {
    metrics.sockets(1);
    socket.once('close', () => metrics.sockets(-1));
  });
  server.on('upgrade', (request, stream, head) => {
    if (request.url?.split('?')[0] !== PATH) {
      // Nobody else listens to this connection any more: unheard, the error of one that is reset would end the process.
      stream.on('error', () => stream.destroy());
      stream.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => sockets.emit('connection', socket, request));
  });
  const served = useServer<Params, SignedIn>(
    {
      onConnect: (socket) => connected(socket, options),
      onDisconnect: ({ extra }) => {
        clearTimeout(extra.expiry);
        extra.left?.abort(cancellation());
      },
      onSubscribe: (socket, _id, payload) => subscribed(socket, payload, options),
      onNext: (_socket, _id, _payload, _args, { data, errors }) => ({
        data: data ?? null,
        ...(errors === undefined
          ? {}
          : { errors: errors.map((error) => formatError(error.toJSON(), error)) }),
      }),
      onError: (_socket, _id, _payload, errors) => errors.map((error) => formatError(error.toJSON(), error)),
      isProd: true,
    },
    sockets,
  );
  return async (patienceMs) => {
    const hanging = setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate();
    }, patienceMs);
    await served.dispose();
    clearTimeout(hanging);
  };
}

/** Signs a socket in; one that cannot be is closed with the reason. */
async function connected<Context extends BaseContext>(
  { connectionParams, extra }: Socket,
  { authenticator, clock, logger }: SubscriptionOptions<Context>,
): Promise<boolean> {
  try {
    const token = bearerToken(connectionParams?.authorization ?? connectionParams?.Authorization);
    if (token === undefined)
      refuse('UNAUTHENTICATED', 'SIGNED_IN', 'Sign in first: authorization is missing.');
    extra.session = await authenticator.authenticate(token);
    extra.stated = statedIn(connectionParams ?? {}, extra.session);
  } catch (error) {
    if (!(error instanceof RefusalError)) {
      logger.error({ err: error }, 'a socket could not be signed in');
      extra.socket.close(CLOSED.fault, 'Something went wrong on our side.');
    } else {
      extra.socket.close(closeCodeOf(error), error.refusal.message.slice(0, LONGEST_REASON));
    }
    return false;
  }
  extra.left = new AbortController();
  const lifetime = extra.session.expiresAt.getTime() - clock.now().getTime();
  extra.expiry = setTimeout(
    () => extra.socket.close(CLOSED.unauthorized, 'The token has expired; sign in again.'),
    Math.min(Math.max(lifetime, 0), LONGEST_TIMER_MS),
  );
  return true;
}

/** Prepares the text of a subscription that its client may send; else what is wrong with it. */
function registered<Prepared>(
  documents: TrustedDocuments | null,
  { client }: Stated,
  payload: SubscribePayload,
  prepare: (text: string) => Prepared,
): Prepared | readonly GraphQLError[] {
  try {
    return prepare(documents === null ? payload.query : documents.textOf(client, payload));
  } catch (error) {
    if (error instanceof RefusalError) return [new GraphQLError(error.message, { originalError: error })];
    throw error;
  }
}

function closeCodeOf({ refusal }: RefusalError): number {
  if (refusal.code === 'UNAUTHENTICATED') return CLOSED.unauthorized;
  return refusal.code === 'BAD_INPUT' ? CLOSED.badRequest : CLOSED.tryLater;
}

function subscribed<Context extends BaseContext>(
  { subscriptions, extra }: Socket,
  payload: SubscribePayload,
  { schema, contextOf, documents, settings }: SubscriptionOptions<Context>,
): ExecutionArgs | readonly GraphQLError[] {
  if (Object.keys(subscriptions).length > SUBSCRIPTIONS_PER_SOCKET) {
    const message = `A socket has ${SUBSCRIPTIONS_PER_SOCKET} subscriptions at most.`;
    return [new GraphQLError(message, { extensions: { code: 'LIMIT_EXCEEDED' } })];
  }
  const { session = null, stated = statedIn({}, null) } = extra;
  const prepared = registered(documents, stated, payload, (text) =>
    preparedSubscription(schema, { ...payload, query: text }, mostCostOf(settings, stated.client)),
  );
  if (!('schema' in prepared)) return prepared;
  const { left = new AbortController() } = extra;
  const asked = { requestId: randomUUID(), actor: session, signal: left.signal, ...stated };
  return { ...prepared, contextValue: contextOf(asked) };
}
