import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { Registry } from 'prom-client';
import { createHttpServer } from './adapters/http/http-server.ts';
import { requestIds } from './adapters/http/request-ids.ts';
import { TrustedDocuments } from './adapters/http/trusted-documents.ts';
import { ProgressFeed } from './adapters/postgres/progress-feed.ts';
import { JUDGING_PROGRESS, RUN_PROGRESS } from './adapters/postgres/progress-topics.ts';
import type { App } from './app.ts';
import type { PauseInForce } from './domain/engine-pause.ts';
import type { ApiContext } from './resolvers/api-context.ts';
import { buildApiSchema } from './resolvers/api-schema.ts';
import { type Background, createBackground } from './resolvers/background.ts';
import { createFormatError } from './resolvers/format-error.ts';
import { createLoaders } from './resolvers/loaders.ts';
import { measureRuns } from './run-metrics.ts';
import { serviceUrl } from './store/data-source.ts';
import { pausesInForce } from './store/engine-pause.store.ts';
import { assertSchemaVersion, SchemaVersionError } from './store/migrate.ts';
import type { Database } from './store/transaction.ts';
import { runWeek } from './use-cases/run-week.ts';

/** As much of the app as the API stands on. */
export type ApiParts = Pick<App, 'services' | 'logger' | 'databaseUrl' | 'authenticator'> & {
  readonly settings: Pick<App['settings'], 'nodeEnv' | 'introspection' | 'documentsDir' | 'clientCosts'>;
};

/** The API, ready to listen. */
export interface Api {
  readonly http: FastifyInstance;
  readonly background: Background;
  /** Takes nothing new, and ends when all that is under way has ended. */
  close(): Promise<void>;
}

/** How long a look at the database may take before it counts as out of reach. */
const PROBE_MS = 5000;

/**
 * Builds the GraphQL API on the service.
 * @param onSilence told while the database cannot be reached, with for how long by then
 * @param wakeWorkers has a worker go on with the runs that wait; null where this process does so itself
 */
export async function openApi(
  { services, logger, databaseUrl, authenticator, settings }: ApiParts,
  onSilence: (ms: number) => void = () => {},
  wakeWorkers: (() => Promise<void>) | null = null,
): Promise<Api> {
  const { db, clock, ids } = services;
  const progress = await ProgressFeed.open({
    url: serviceUrl(databaseUrl),
    onSilence: (ms, error) => {
      logger.warn({ err: error, ms: Math.round(ms) }, 'the database cannot be reached');
      onSilence(ms);
    },
  });
  const background = createBackground((name, error) =>
    logger.error({ err: error, work: name }, 'work in the background failed'),
  );
  const metrics = new Registry();
  measureRuns(metrics, db);
  const parts = {
    services,
    background,
    goOnWith: (runId: string) =>
      void background.start('run', wakeWorkers ?? (() => runWeek(services, runId))),
    progressOf: (campaign: string) => progress.subscribe(RUN_PROGRESS, campaign),
    judgingOf: (campaign: string) => progress.subscribe(JUDGING_PROGRESS, campaign),
  };
  const schema = buildApiSchema();
  const documents = await trustedDocuments(settings.documentsDir, schema, logger);
  const http = await createHttpServer<ApiContext>({
    schema,
    documents,
    contextOf: (request) => ({ ...request, ...parts, loaders: createLoaders(services) }),
    formatError: createFormatError(
      () => requestIds.getStore() ?? ids.next(),
      (id, err) => logger.error({ id, err }, 'fault'),
    ),
    authenticator,
    clock,
    settings: { ...settings, production: settings.nodeEnv === 'production' },
    logger,
    metrics,
    notReady: () => faultsOf(db),
    paused: async () => (await pausesInForce(db.manager)).map(pausedThing),
  });
  return {
    http,
    background,
    async close() {
      await progress.close();
      await http.close();
      await background.idle();
    },
  };
}

/** What each client may send; null where everything may be sent. Says which operations this release no longer answers. */
async function trustedDocuments(
  folder: string | null,
  schema: GraphQLSchema,
  logger: App['logger'],
): Promise<TrustedDocuments | null> {
  if (folder === null) return null;
  const documents = await TrustedDocuments.open(folder);
  logger.info({ operations: documents.counts }, 'only registered operations are answered');
  for (const fault of documents.faults(schema))
    logger.warn({ fault }, 'a registered operation is not answered');
  return documents;
}

/** What is paused; who and why is for those who signed in. */
function pausedThing({ scope, campaign }: PauseInForce): string {
  return { EVERYTHING: 'everything', CAMPAIGN: `the engine of ${campaign}`, FLOW: `the flow of ${campaign}` }[
    scope
  ];
}

/** What keeps the database from serving, in words. */
async function faultsOf(db: Database): Promise<readonly string[]> {
  const outOfReach = ['the database cannot be reached'];
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  const patience = setTimeout(() => resolve(outOfReach), PROBE_MS);
  const looked = assertSchemaVersion(db).then(
    () => [],
    (error: unknown) => (error instanceof SchemaVersionError ? [error.message] : outOfReach),
  );
  return Promise.race([looked, promise]).finally(() => clearTimeout(patience));
}
