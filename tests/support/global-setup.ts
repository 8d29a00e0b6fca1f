import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/adapters/postgres/embedded-postgres.ts';
import { ownerDataSource } from '../../src/store/data-source.ts';
import { migrate } from '../../src/store/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL server on which tests may make databases. */
    serverUrl: string;
    /** The migrated database that they are copies of. */
    template: string;
  }
}

const ROOT = join(import.meta.dirname, '../..');
/** Test runs at the same moment must not migrate the same template. */
const PREPARING = 4_019_181_810;
let stop: () => Promise<void> = async () => undefined;

/**
 * The server of the tests: TEST_DATABASE_URL, or an embedded one that test runs of this checkout share and that
 * stops with the last of them. The template is made once for a state of the migrations.
 */
export async function setup(project: TestProject): Promise<void> {
  const given = process.env.TEST_DATABASE_URL;
  const server = given === undefined ? await startShared() : { url: given, stop: async () => undefined };
  stop = server.stop;
  const template = `waarom_template_${migrationsDigest()}`;
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  try {
    await admin.query('select pg_advisory_lock($1)', [PREPARING]);
    await dropLeftovers(admin);
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [template]);
    if (rowCount === 0) await makeTemplate(admin, server.url, template);
  } finally {
    await admin.end();
  }
  project.provide('serverUrl', server.url);
  project.provide('template', template);
}

export async function teardown(): Promise<void> {
  await stop();
}

function startShared() {
  const checkout = createHash('sha256').update(ROOT).digest('hex').slice(0, 12);
  return startEmbeddedPostgres(join(tmpdir(), `waarom-tests-${userInfo().uid}-${checkout}`), {
    fsync: 'off',
    max_connections: '200',
    shared_buffers: '128MB',
  });
}

function migrationsDigest(): string {
  const hash = createHash('sha256');
  const folder = join(ROOT, 'migrations');
  for (const name of readdirSync(folder).sort()) {
    if (name !== 'schema.sql') hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash
    .update(readFileSync(join(ROOT, 'src/store/migrate.ts')))
    .digest('hex')
    .slice(0, 12);
}

async function makeTemplate(admin: pg.Client, serverUrl: string, template: string): Promise<void> {
  const unfinished = `${template}_unfinished`;
  await admin.query(`drop database if exists ${unfinished} with (force)`);
  await admin.query(`create database ${unfinished}`);
  const url = new URL(serverUrl);
  url.pathname = `/${unfinished}`;
  const owner = await ownerDataSource(url.toString()).initialize();
  await migrate(owner).finally(() => owner.destroy());
  await admin.query(`alter database ${unfinished} rename to ${template}`);
}

/** Test databases whose test process was killed before it could drop them. */
async function dropLeftovers(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    `select datname as name from pg_database where datname ~ '^waarom_test_\\d+_'`,
  );
  for (const { name } of rows) {
    if (!isAlive(Number(name.split('_')[2])))
      await admin.query(`drop database if exists ${name} with (force)`);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
