import 'reflect-metadata';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { FolderFeedSource } from './adapters/feed/folder-feed-source.ts';
import { requestIds } from './adapters/http/request-ids.ts';
import { DevTokens } from './adapters/identity/dev-tokens.ts';
import { OidcAuthenticator } from './adapters/identity/oidc.ts';
import { createLogger } from './adapters/log/logger.ts';
import { ThreadedPackageReader } from './adapters/package/threaded-package-reader.ts';
import { startEmbeddedPostgres } from './adapters/postgres/embedded-postgres.ts';
import { OnnxScorer } from './adapters/scorer/onnx-scorer.ts';
import { WarmScorer } from './adapters/scorer/warm-scorer.ts';
import { systemClock, systemIds, systemRandomness } from './adapters/system/system-ports.ts';
import { htmlPages } from './adapters/texts/html-pages.ts';
import { YamlPhrasebook } from './adapters/texts/yaml-phrasebook.ts';
import type { SignedLog } from './audit/sequencer.ts';
import { signNote } from './audit/signed-note.ts';
import { tombstonesOf } from './audit/tombstone.ts';
import { formerAuditKeys, openAuditKey } from './audit-key.ts';
import type { Settings } from './config.ts';
import type { Authenticator } from './domain/authenticator.ts';
import { EXPLANATION_TEXTS } from './domain/explanation-text.ts';
import type { JudgingProgress } from './domain/judging.ts';
import { Pace } from './domain/pace.ts';
import { exportFolderOf, mailToolOf, notifierOf } from './gateways.ts';
import { ownerDataSource, serviceDataSource } from './store/data-source.ts';
import { ENTITIES } from './store/entities.ts';
import { assertSchemaVersion, migrate } from './store/migrate.ts';
import { tellJudging } from './store/model-judging.store.ts';
import type { Database } from './store/transaction.ts';
import type { RunProgress, Services } from './use-cases/services.ts';
import { engineVersion, PACKAGE_ROOT } from './version.ts';

/** Where the database is, and how to leave it. */
export interface OpenDatabase {
  readonly url: string;
  close(): Promise<void>;
}

/** The user's PostgreSQL, or the embedded one, started where it does not run yet. */
export async function openDatabase(settings: Settings): Promise<OpenDatabase> {
  if (settings.databaseUrl !== null) return { url: settings.databaseUrl, close: async () => {} };
  const postgres = await startEmbeddedPostgres(settings.dataDir);
  return { url: postgres.url, close: () => postgres.stop() };
}

/** Brings the database to this release's version; answers what was done. */
export async function migrateDatabase({ url }: OpenDatabase): Promise<readonly string[]> {
  const owner = await ownerDataSource(url).initialize();
  try {
    return await migrate(owner);
  } finally {
    await owner.destroy();
  }
}

/** Everything that a process of the service works with. */
export interface App {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly services: Services;
  readonly databaseUrl: string;
  /** Where and with which key the audit log is signed. */
  readonly auditLog: SignedLog;
  readonly authenticator: Authenticator;
  close(): Promise<void>;
}

/**
 * Builds the service on its database. Throws where the database is one of another version.
 * @param onProgress told of each run's progress in this process, beside those who listen on the database
 * @param onJudging the same of each model version's judging
 */
export async function openApp(
  settings: Settings,
  onProgress: (progress: RunProgress) => void = () => {},
  onJudging: (progress: JudgingProgress) => void = () => {},
): Promise<App> {
  const database = await openDatabase(settings);
  try {
    await assertVersion(database);
    await mkdir(settings.inboxDir, { recursive: true });
    await mkdir(settings.outboxDir, { recursive: true });
    const logger = createLogger({ level: settings.logLevel, fields: () => requestField() });
    const { origin, exportDir } = settings.audit;
    const signer = await openAuditKey(settings.audit.keyFile, origin);
    const formerKeys = formerAuditKeys(settings.audit.formerKeys, origin);
    const phrases = await YamlPhrasebook.open(join(PACKAGE_ROOT, 'texts'), EXPLANATION_TEXTS);
    const authenticator =
      settings.oidc === null
        ? await DevTokens.open(settings.tokenKeyFile, systemClock)
        : new OidcAuthenticator(settings.oidc, systemClock);
    // Last, after whatever could be refused: nothing else would close them.
    const db = await serviceDataSource(database.url, ENTITIES).initialize();
    const scorer = new WarmScorer(new OnnxScorer());
    const services: Services = {
      db,
      clock: systemClock,
      ids: systemIds,
      randomness: systemRandomness,
      feeds: new FolderFeedSource(settings.inboxDir),
      scorer,
      packages: new ThreadedPackageReader(),
      mailTool: mailToolOf(settings),
      notifier: notifierOf(settings, logger),
      pages: htmlPages,
      phrases,
      progress: announcing(db, logger, onProgress),
      judging: tellingJudging(db, logger, onJudging),
      auditExport:
        exportDir === null
          ? null
          : { folder: exportFolderOf(exportDir), log: { origin, keys: [signer.verifier, ...formerKeys] } },
      sign: (text) => signNote(text, [signer]),
      tombstoneOf: tombstonesOf(signer),
      retention: settings.retention,
      reading: {
        purposeRequired: settings.reading.purposeRequired,
        pace: new Pace(settings.reading.readsPerMinute),
        alarmAt: settings.reading.alarmAt,
      },
      engine: engineVersion(),
    };
    return {
      settings,
      logger,
      services,
      databaseUrl: database.url,
      auditLog: { origin, signer, formerKeys },
      authenticator,
      async close() {
        await scorer.close();
        await db.destroy();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function assertVersion({ url }: OpenDatabase): Promise<void> {
  const owner = await ownerDataSource(url).initialize();
  try {
    await assertSchemaVersion(owner);
  } finally {
    await owner.destroy();
  }
}

function requestField(): Readonly<Record<string, string>> {
  const requestId = requestIds.getStore();
  return requestId === undefined ? {} : { requestId };
}

/** How often a run's progress is told at most. */
const ANNOUNCE_MS = 200;

/** Tells whoever listens on the database's channel `run_progress`, at most every ANNOUNCE_MS but each step's begin and the end. */
function announcing(
  db: Database,
  logger: Logger,
  onProgress: (progress: RunProgress) => void,
): Services['progress'] {
  let told = 0;
  return (progress) => {
    onProgress(progress);
    const now = performance.now();
    const due = progress.done === 0 || progress.step === 'DONE';
    if (!due && now - told < ANNOUNCE_MS) return;
    told = now;
    db.query(`select pg_notify('run_progress', $1)`, [JSON.stringify(progress)]).catch((error: unknown) =>
      logger.warn({ err: error }, 'progress could not be told'),
    );
  };
}

/** Tells how a judging goes on, and keeps it with the version. */
function tellingJudging(
  db: Database,
  logger: Logger,
  onJudging: (progress: JudgingProgress) => void,
): Services['judging'] {
  return (progress) => {
    onJudging(progress);
    tellJudging(db, progress).catch((error: unknown) =>
      logger.warn({ err: error }, 'the progress of a judging could not be told'),
    );
  };
}
