import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/adapters/postgres/embedded-postgres.ts';

const USER = join(import.meta.dirname, '../support/use-embedded-postgres.ts');
const NODE = join(import.meta.dirname, '../../node_modules/.bin/node');

let folder: string;
const users: ChildProcess[] = [];

async function newFolder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'waarom-embedded-'));
  // The account of the server could not enter what mkdtemp makes for us alone.
  await chmod(made, 0o755);
  return join(made, 'data');
}

async function endUsers(): Promise<void> {
  for (const user of users.splice(0)) user.kill('SIGKILL');
  const server = await start();
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query('drop table if exists mark');
  await client.end();
  await server.stop();
}

function start(): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres(folder, { shared_buffers: '16MB' });
}

async function marks(server: EmbeddedPostgres): Promise<number> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const { rows } = await client.query<{ marks: number }>('select count(*)::int as marks from mark');
  await client.end();
  return rows[0]?.marks ?? 0;
}

/** Another process that uses the server; resolves when it has written its mark. */
async function otherUser(mode = 'stay'): Promise<{ process: ChildProcess; marks: number }> {
  const user = spawn(NODE, [USER, folder, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
  users.push(user);
  const [line] = await Promise.race([once(user.stdout, 'data'), once(user, 'exit')]);
  return { process: user, marks: JSON.parse(String(line)).marks };
}

async function postmaster(): Promise<number> {
  return Number((await readFile(join(folder, 'postgres/cluster/postmaster.pid'), 'utf8')).split('\n')[0]);
}

function isRunning(): boolean {
  return existsSync(join(folder, 'postgres/cluster/postmaster.pid'));
}

describe('startEmbeddedPostgres on a folder that has nothing yet', () => {
  beforeEach(async () => {
    folder = await newFolder();
  });

  afterEach(async () => {
    await endUsers();
    await rm(join(folder, '..'), { recursive: true });
  });

  it('makes a checksummed UTF-8 cluster whose password only we can read', async () => {
    const server = await start();
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query(
      `select current_setting('data_checksums') as checksums, current_setting('server_encoding') as encoding,
              current_setting('listen_addresses') as addresses, current_setting('synchronous_commit') as commit`,
    );
    await client.end();
    expect(rows).toEqual([{ checksums: 'on', encoding: 'UTF8', addresses: '127.0.0.1', commit: 'on' }]);
    expect((await stat(join(folder, 'postgres/password'))).mode & 0o777).toBe(0o600);
    await expect(
      new pg.Client({ connectionString: server.url.replace(/:[^:@]+@/, ':guess@') }).connect(),
    ).rejects.toThrow('password authentication failed');
    await server.stop();
    expect(isRunning()).toBe(false);
  });

  it('starts once when several start at the same moment', async () => {
    const all = await Promise.all([otherUser('leave'), otherUser('leave'), otherUser('leave'), start()]);
    const server = all[3];
    expect(await marks(server)).toBe(3);
    await server.stop();
    expect((await readdir(folder)).toSorted()).toEqual(['postgres']);
  });

  it('passes over an initialisation that was killed half way', async () => {
    const half = join(folder, 'postgres.unfinished-999999999-0');
    await mkdir(join(half, 'cluster'), { recursive: true });
    const server = await start();
    expect(await readdir(folder)).toEqual(['postgres']);
    await server.stop();
  });
});

describe('startEmbeddedPostgres on a cluster that is there', () => {
  beforeAll(async () => {
    folder = await newFolder();
  });

  afterEach(endUsers);

  afterAll(async () => {
    await rm(join(folder, '..'), { recursive: true });
  });

  it('is shared with a process that came first, which may leave first', async () => {
    const first = await otherUser();
    const server = await start();
    first.process.kill('SIGKILL');
    await once(first.process, 'exit');
    expect(await marks(server)).toBe(1);
    await server.stop();
  });

  it('stays for the others when the one that started it leaves', async () => {
    const server = await start();
    await otherUser();
    await server.stop();
    expect(isRunning()).toBe(true);
    expect((await otherUser('leave')).marks).toBe(2);
    expect(isRunning()).toBe(true);
  });

  it('takes over the server of a killed process, and stops it in the end', async () => {
    const first = await otherUser();
    const pid = await postmaster();
    first.process.kill('SIGKILL');
    await once(first.process, 'exit');
    const server = await start();
    expect(await postmaster()).toBe(pid);
    expect(await marks(server)).toBe(1);
    await server.stop();
    expect(isRunning()).toBe(false);
  });

  it('recovers what was committed after the server was killed', async () => {
    const first = await otherUser();
    process.kill(await postmaster(), 'SIGKILL');
    first.process.kill('SIGKILL');
    const server = await start();
    expect(await marks(server)).toBe(1);
    await server.stop();
  });

  it('starts although the pid of a killed server now belongs to another process', async () => {
    const first = await otherUser();
    const file = join(folder, 'postgres/cluster/postmaster.pid');
    process.kill(await postmaster(), 'SIGKILL');
    first.process.kill('SIGKILL');
    const [, ...rest] = (await readFile(file, 'utf8')).split('\n');
    const other = spawn('sleep', ['600'], await ownerOf(file));
    users.push(other);
    await writeFile(file, [other.pid, ...rest].join('\n'));
    const server = await start();
    expect(await marks(server)).toBe(1);
    await server.stop();
  });

  it('refuses a cluster of another major version and says what to do', async () => {
    await (await start()).stop();
    const version = join(folder, 'postgres/cluster/PG_VERSION');
    await writeFile(version, '16\n');
    await expect(start()).rejects.toThrow(/version 16.*DATABASE_URL/);
    await writeFile(version, '18\n');
  });

  it('says why a server does not start', async () => {
    await expect(startEmbeddedPostgres(folder, { max_connections: 'many' })).rejects.toThrow(
      /does not start \(.*max_connections.*server\.log/,
    );
  });
});

async function ownerOf(file: string): Promise<{ uid?: number; gid?: number }> {
  const { uid, gid } = await stat(file);
  return process.getuid?.() === 0 ? { uid, gid } : {};
}
