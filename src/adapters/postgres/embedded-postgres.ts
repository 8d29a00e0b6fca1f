import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { type Cluster, OWNER, openCluster } from './postgres-cluster.ts';
import { disownPidFile, findPostmaster, type Postmaster } from './postmaster.ts';
import {
  EmbeddedPostgresError,
  findServerPrograms,
  SERVER_ENVIRONMENT,
  type ServerPrograms,
} from './server-programs.ts';

/** A PostgreSQL of our own that is running. `url` connects as its owner. */
export interface EmbeddedPostgres {
  readonly url: string;
  /** Leaves the server, and stops it when nobody else uses it. */
  stop(): Promise<void>;
}

/** For two cores and bulk loads. Errors are left to whoever made them: their texts can hold personal data. */
const SERVER_SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '256MB',
  max_wal_size: '4GB',
  maintenance_work_mem: '256MB',
  max_parallel_workers_per_gather: '1',
  // With another process on the other core, two sort a million keys no faster than one does.
  max_parallel_maintenance_workers: '0',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'log',
  log_checkpoints: 'off',
};
/** Whoever uses the server holds this advisory lock shared; whoever stops it must hold it alone. */
const IN_USE = 4_019_181_808;
const PAUSE_MS = 50;
/** A recovery after a crash may take minutes; starts that are refused by what passes over do not. */
const GIVE_UP_MS = 600_000;
const STARTS = 200;
/** A killed server's last processes, or another start at the same moment: it goes over by itself. */
const PASSING = /lock file "|shared memory block|could not bind/;
/** SQLSTATEs of a server that starts, stops or goes down. */
const NOT_NOW = new Set(['57P01', '57P02', '57P03', 'ECONNREFUSED', 'ECONNRESET']);

/**
 * Uses the PostgreSQL 18 under `<dataDir>/postgres`: makes it when it is not there, starts it when it does not run,
 * and shares it when another process of this installation, alive or killed, has left it running.
 * `settings` override the server's. Throws EmbeddedPostgresError with what to do.
 */
export async function startEmbeddedPostgres(
  dataDir: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<EmbeddedPostgres> {
  const programs = await findServerPrograms();
  const cluster = await openCluster(dataDir, programs);
  let attempt: Attempt | undefined;
  for (let waited = 0, starts = 0; waited < GIVE_UP_MS && starts < STARTS; waited += PAUSE_MS) {
    const postmaster = findPostmaster(cluster.folder);
    const url = `postgresql://${OWNER}:${cluster.password}@127.0.0.1:${postmaster?.port}/postgres`;
    const presence = postmaster && (await join(url));
    if (presence && isUp(cluster, postmaster))
      return { url, stop: () => leave(presence, cluster, postmaster) };
    await presence?.end().catch(() => undefined);
    if (postmaster === undefined && !attempt?.running()) {
      attempt?.rejectLasting();
      disownPidFile(cluster.folder);
      starts += 1;
      attempt = startServer(cluster, programs, { ...settings, port: String(await freePort()) });
    }
    await setTimeout(PAUSE_MS);
  }
  throw new EmbeddedPostgresError(`it did not get ready; its log is ${cluster.log}.`);
}

/** A server process that we started; another start at the same moment may win against it. */
interface Attempt {
  running(): boolean;
  /** Throws unless it ended for a reason that goes over by itself. */
  rejectLasting(): void;
}

function startServer(
  { folder, log }: Cluster,
  { postgres, account }: ServerPrograms,
  settings: Readonly<Record<string, string>>,
): Attempt {
  const output = openSync(log, 'a', 0o600);
  const { size } = fstatSync(output);
  const given = Object.entries({ ...SERVER_SETTINGS, ...settings }).map(
    ([name, value]) => `--${name}=${value}`,
  );
  const server = spawn(postgres, ['-D', folder, ...given], {
    ...account,
    cwd: '/',
    env: SERVER_ENVIRONMENT,
    // A session of its own: an interrupt in our terminal is ours to handle, not the server's.
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  server.unref();
  let problem = '';
  server.once('error', ({ message }) => {
    problem = message;
  });
  return {
    running: () => problem === '' && server.exitCode === null && server.signalCode === null,
    rejectLasting: () => {
      const said = readFileSync(log).subarray(size).toString().trim();
      if (server.exitCode === 0 || PASSING.test(said)) return;
      const last = problem || (said.split('\n').at(-1) ?? '');
      throw new EmbeddedPostgresError(`it does not start (${last}); its log is ${log}.`);
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A connection that says "in use" for as long as we live, however we end; undefined when the server is not ready. */
async function join(url: string): Promise<pg.Client | undefined> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'waarom presence',
    keepAlive: true,
  });
  let broken = false;
  client.on('error', () => {
    broken = true;
  });
  try {
    await client.connect();
    await client.query('select pg_advisory_lock_shared($1)', [IN_USE]);
    return client;
  } catch (cause) {
    await client.end().catch(() => undefined);
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const ended = cause instanceof Error && cause.message.startsWith('Connection terminated');
    if (broken || ended || NOT_NOW.has(code)) return undefined;
    throw cause;
  }
}

/** A lock that became free because the server goes down is no presence: it says that it stops before it lets go. */
function isUp(cluster: Cluster, joined: Postmaster): boolean {
  const now = findPostmaster(cluster.folder);
  return now !== undefined && now.pid === joined.pid && !now.stopping;
}

async function leave(presence: pg.Client, cluster: Cluster, { pid }: Postmaster): Promise<void> {
  if (await isAlone(presence)) {
    process.kill(pid, 'SIGINT');
    // Only the server takes the lock from us, so that nobody joins a server that is about to go.
    while (findPostmaster(cluster.folder)?.pid === pid) await setTimeout(PAUSE_MS);
  }
  await presence.end().catch(() => undefined);
}

/** False too when the server is gone, so that there is nothing to stop. */
async function isAlone(presence: pg.Client): Promise<boolean> {
  try {
    await presence.query('select pg_advisory_unlock_shared($1)', [IN_USE]);
    const { rows } = await presence.query<{ alone: boolean }>('select pg_try_advisory_lock($1) as alone', [
      IN_USE,
    ]);
    return rows[0]?.alone === true;
  } catch {
    return false;
  }
}
