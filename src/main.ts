import { type Api, openApi } from './api.ts';
import { type App, openApp } from './app.ts';
import { type Settings, SettingsError } from './config.ts';
import { wakeWorkers } from './jobs/wake-workers.ts';
import { recallCheckpoint } from './sequencing.ts';
import { stopSignal } from './stop-signal.ts';
import { startBackground } from './worker.ts';

/** How long an embedded PostgreSQL may be out of reach; it comes back sooner from the crash of one of its processes. */
const EMBEDDED_SILENCE_MS = 10_000;

export interface ServeOptions {
  /** Whether jobs and the audit log's sequencer run in this process too. */
  readonly jobs: boolean;
  readonly onListening?: () => void | Promise<void>;
}

/** `waarom serve`: the API until it is told to stop. Throws where the database is one of another version. */
export async function serve(settings: Settings, options: ServeOptions): Promise<void> {
  const app = await openApp(settings);
  await serveApp(app, options).finally(() => app.close());
}

/** Serves the API of an app until the process is told to stop; what is under way then ends first. */
export async function serveApp(app: App, { jobs, onListening }: ServeOptions): Promise<void> {
  const { settings, logger } = app;
  const embedded = settings.databaseUrl === null;
  const memory = await recallCheckpoint(app);
  const stopped = stopSignal();
  const onSilence = (ms: number) => {
    if (embedded && ms > EMBEDDED_SILENCE_MS) giveUp(app);
  };
  const api = await openApi(app, onSilence, jobs ? null : () => wakeWorkers(app, 'continue-runs'));
  let background: Awaited<ReturnType<typeof startBackground>> | undefined;
  try {
    // Before the jobs: a second service on the same port must not have sent a mail before it notices.
    await listen(api, settings);
    if (jobs) background = await startBackground(app, memory);
    if (settings.oidc === null)
      logger.warn('no identity provider is configured: development tokens are accepted');
    logger.info({ host: settings.host, port: settings.port, jobs }, 'serving');
    await onListening?.();
    await stopped;
    logger.info('stopping');
  } finally {
    await api.close();
    await background?.stop();
  }
}

async function listen({ http }: Api, { host, port }: Settings): Promise<void> {
  try {
    await http.listen({ host, port });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new SettingsError([{ setting: 'PORT', rule: `${port} is in use by another process` }]);
  }
}

/** Without its database the process is of no use, and only a start can bring the embedded one back. */
function giveUp({ logger }: App): never {
  logger.fatal('the embedded PostgreSQL is gone; start again');
  process.exit(1);
}
