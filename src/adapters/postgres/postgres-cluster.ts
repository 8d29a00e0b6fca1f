import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  access,
  chmod,
  chown,
  constants,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { OWNER_FILE } from './left-clusters.ts';
import {
  EmbeddedPostgresError,
  reaches,
  SERVER_ENVIRONMENT,
  type ServerPrograms,
  SHARED_STATE,
} from './server-programs.ts';

const run = promisify(execFile);

/** The role that owns everything in the embedded PostgreSQL. */
export const OWNER = 'waarom';
/** The major version that this release works with. */
export const POSTGRES_MAJOR = 18;

/** A PostgreSQL data directory and what belongs to it. */
export interface Cluster {
  readonly folder: string;
  readonly log: string;
  readonly password: string;
}

/**
 * Opens `<dataDir>/postgres`, initialised when it is not there. It appears by one rename, so that a killed
 * initialisation leaves nothing that looks like a cluster, and of two at once the second takes the first's.
 */
export async function openCluster(dataDir: string, programs: ServerPrograms): Promise<Cluster> {
  const place = join(dataDir, 'postgres');
  await mkdir(dataDir, { recursive: true });
  if (!existsSync(place)) {
    await removeUnfinished(dataDir);
    await initialise(dataDir, place, programs);
  }
  const home = await realpath(place);
  const folder = join(home, 'cluster');
  await access(join(folder, 'PG_VERSION'), constants.R_OK).catch(() => {
    throw new EmbeddedPostgresError(
      `${place} belongs to another account or is damaged. Run as the account that made it, or restore a backup.`,
    );
  });
  const version = (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
  if (Number(version) !== POSTGRES_MAJOR)
    throw new EmbeddedPostgresError(
      `${place} was made by version ${version} and this release brings ${POSTGRES_MAJOR}. Dump and restore it.`,
    );
  return {
    folder,
    log: join(home, 'server.log'),
    password: (await readFile(join(home, 'password'), 'utf8')).trim(),
  };
}

async function initialise(dataDir: string, place: string, programs: ServerPrograms): Promise<void> {
  const unfinished = join(dataDir, `postgres.unfinished-${process.pid}-${randomBytes(4).toString('hex')}`);
  // Root's own folders cannot be reached by the account of the server: then the cluster lives elsewhere, behind a link.
  const home = reaches(dataDir, programs.account) ? unfinished : join(SHARED_STATE, basename(unfinished));
  await mkdir(home, { recursive: true });
  if (home !== unfinished) {
    await writeFile(join(home, OWNER_FILE), resolve(dataDir), { mode: 0o600 });
    await symlink(home, unfinished);
  }
  await makeCluster(home, programs);
  await rename(unfinished, place).catch(async (cause: Error) => {
    await rm(home, { recursive: true });
    await rm(unfinished, { force: true });
    if (!existsSync(place)) throw cause;
  });
}

async function makeCluster(home: string, programs: ServerPrograms): Promise<void> {
  const { account, initdb } = programs;
  await chmod(home, account.uid === undefined ? 0o700 : 0o711);
  const [password, folder] = [join(home, 'password'), join(home, 'cluster')];
  await writeFile(password, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  await mkdir(folder, { mode: 0o700 });
  for (const path of [password, folder]) await handOver(path, programs);
  const flags = ['--encoding=UTF8', '--locale=C', '--data-checksums', '--auth=scram-sha-256'];
  const environment = { ...account, cwd: '/', env: SERVER_ENVIRONMENT };
  await run(
    initdb,
    [`--pgdata=${folder}`, `--username=${OWNER}`, `--pwfile=${password}`, ...flags],
    environment,
  ).catch((cause: Error) => {
    throw new EmbeddedPostgresError(`it could not be initialised (${cause.message.trim()}).`);
  });
}

async function handOver(path: string, { account }: ServerPrograms): Promise<void> {
  if (account.uid !== undefined && account.gid !== undefined) await chown(path, account.uid, account.gid);
}

async function removeUnfinished(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const pid = /^postgres\.unfinished-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    for (const folder of [dataDir, SHARED_STATE])
      await rm(join(folder, name), { recursive: true, force: true, maxRetries: 5 });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM';
  }
}
