import type { FastifyInstance, FastifyReply } from 'fastify';
import { GraphQLError } from 'graphql';
import { type RefusalCode, RefusalError } from '../../domain/refusal.ts';
import type { FormatError } from './graphql-server.ts';
import type { HttpMetrics } from './http-metrics.ts';

/** The status of a refusal that comes before the request is an operation. */
const STATUS: Partial<Record<RefusalCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  LIMIT_EXCEEDED: 413,
  UNAVAILABLE: 503,
};

/** What is wrong with a request that HTTP itself turns away; the server's own words could repeat the body. */
const TURNED_AWAY: Readonly<Record<number, readonly [code: RefusalCode, message: string]>> = {
  400: ['BAD_INPUT', 'The body is not a JSON object.'],
  413: ['LIMIT_EXCEEDED', 'The request is too long.'],
  415: ['BAD_INPUT', 'The body must be application/json.'],
};

/** Answers what does not get as far as GraphQL in the form of GraphQL's errors. */
export function answerErrors(
  app: FastifyInstance,
  { formatError, metrics }: { readonly formatError: FormatError; readonly metrics: HttpMetrics },
): void {
  const answer = (reply: FastifyReply, status: number, error: GraphQLError): FastifyReply => {
    metrics.turnedAway(status);
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    // What was not read of a long body would otherwise be taken for the next request.
    if (status === 413) void reply.header('connection', 'close');
    return reply.code(status).send({ errors: [formatError(error.toJSON(), error)] });
  };
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof RefusalError) {
      const status = STATUS[error.refusal.code] ?? 400;
      return answer(reply, status, new GraphQLError(error.message, { originalError: error }));
    }
    const known = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
    const [code, message] = TURNED_AWAY[known] ?? [];
    if (code === undefined || message === undefined) {
      const originalError = error instanceof Error ? error : new Error('not an error object');
      return answer(reply, 500, new GraphQLError('fault', { originalError }));
    }
    return answer(reply, known, new GraphQLError(message, { extensions: { code } }));
  });
  app.setNotFoundHandler((_request, reply) => {
    const message = 'There is nothing here; the API is POST /graphql.';
    return answer(reply, 404, new GraphQLError(message, { extensions: { code: 'NOT_FOUND' } }));
  });
}
