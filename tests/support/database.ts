import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { ownerUrl, serviceUrl } from '../../src/store/data-source.ts';

/** A migrated, empty database of a test file's own. */
export interface TestDatabase {
  /** The plain address, as DATABASE_URL would be: for `serviceDataSource` and `ownerDataSource`. */
  readonly databaseUrl: string;
  /** Acts under the service's role. */
  readonly url: string;
  /** Acts as the owner of the tables: for what a test must prepare or tamper with. */
  readonly ownerUrl: string;
  drop(): Promise<void>;
}

/** Copies the migrated template (below 100 ms). Use it in `beforeAll`, and `drop` it in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return createDatabase(` template ${inject('template')} strategy = file_copy`);
}

/** A database without tables: for tests of the migrations. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('');
}

async function createDatabase(how: string): Promise<TestDatabase> {
  const name = `waarom_test_${process.pid}_${randomBytes(6).toString('hex')}`;
  await onServer(`create database ${name}${how}`);
  const url = new URL(inject('serverUrl'));
  url.pathname = `/${name}`;
  const databaseUrl = url.toString();
  return {
    databaseUrl,
    url: serviceUrl(databaseUrl),
    ownerUrl: ownerUrl(databaseUrl),
    drop: () => onServer(`drop database if exists ${name} with (force)`),
  };
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('serverUrl') });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
