import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { createHttpServer } from '../../src/adapters/http/http-server.ts';
import { requestIds } from '../../src/adapters/http/request-ids.ts';
import { DevTokens } from '../../src/adapters/identity/dev-tokens.ts';
import { createLogger } from '../../src/adapters/log/logger.ts';
import type { Role } from '../../src/domain/permissions.ts';
import type { RequestContext } from '../../src/resolvers/context.ts';
import { createFormatError } from '../../src/resolvers/format-error.ts';
import { smallSchema } from './small-api.ts';

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly string[];
    readonly extensions: { readonly code: string; readonly rule?: string; readonly id: string };
  }[];
}

/** The small API behind the real door, on a port of its own. */
export interface HttpService {
  readonly app: FastifyInstance;
  readonly url: string;
  /** Every line that was logged. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  readonly reasons: string[];
  token(roles?: readonly Role[], hours?: number): Promise<string>;
  /** Posts as JSON; the token of an operator unless told otherwise. */
  post(body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  ask(query: string, variables?: Readonly<Record<string, unknown>>): Promise<Answer>;
  stop(): Promise<void>;
}

export async function startHttpService(production = false): Promise<HttpService> {
  const folder = await mkdtemp(join(tmpdir(), 'waarom-http-'));
  const clock = { now: () => new Date() };
  const tokens = await DevTokens.open(join(folder, 'keys/token.key'), clock);
  const log: Record<string, unknown>[] = [];
  const logger = createLogger({
    level: 'debug',
    fields: () => ({ requestId: requestIds.getStore() ?? '' }),
    destination: { write: (line) => log.push(JSON.parse(line)) },
  });
  const reasons: string[] = [];
  const app = await createHttpServer<RequestContext>({
    schema: smallSchema,
    contextOf: (request) => request,
    formatError: createFormatError(
      () => requestIds.getStore() ?? randomUUID(),
      (id, err) => logger.error({ id, err }, 'fault'),
    ),
    authenticator: tokens,
    clock,
    settings: { production, introspection: !production, clientCosts: {} },
    documents: null,
    logger,
    metrics: new Registry(),
    notReady: async () => reasons,
    paused: async () => [],
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const token = (roles: readonly Role[] = ['OPERATOR'], hours = 1) =>
    tokens.issue({ subject: 'someone', name: null, roles, hours });
  const post: HttpService['post'] = async (body, headers) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: {
        'content-type': 'application/json',
        ...(headers ?? { authorization: `Bearer ${await token()}` }),
      },
    });
  return {
    app,
    url,
    log,
    reasons,
    token,
    post,
    ask: async (query, variables) => (await (await post({ query, variables })).json()) as Answer,
    stop: async () => {
      await app.close();
      await rm(folder, { recursive: true });
    },
  };
}
