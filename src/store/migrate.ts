import type { DataSource, QueryRunner } from 'typeorm';
import { MIGRATIONS } from '../../migrations/index.ts';

/** The major version of PostgreSQL that this release is tested with. */
const POSTGRES_MAJOR = 18;
/** Held by whoever migrates, so that of two at once the second waits and then finds nothing to do. */
const MIGRATING = 4_019_181_809;

/** The database is not one that this release can work with; the message says what to do. */
export class SchemaVersionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SchemaVersionError';
  }
}

/**
 * Brings the database of an `ownerDataSource` to this release's version, in one transaction, and answers the names of
 * the migrations that it ran. Throws SchemaVersionError when the server or the database is one of another release.
 */
export async function migrate(owner: DataSource): Promise<readonly string[]> {
  await assertServerVersion(owner);
  const runner = owner.createQueryRunner();
  try {
    await runner.query('select pg_advisory_lock($1)', [MIGRATING]);
    if ((await difference(runner)) === 'newer') throw newer();
    const done = await owner.runMigrations({ transaction: 'all' });
    // The migrations' own table is made before the service's role and its rights are.
    await runner.query('revoke all on migration from waarom_app');
    await runner.query('grant select on migration to waarom_app');
    return done.map(({ name }) => name);
  } finally {
    await runner.query('select pg_advisory_unlock($1)', [MIGRATING]);
    await runner.release();
  }
}

/** Throws SchemaVersionError unless the database has exactly the migrations of this release. */
export async function assertSchemaVersion(dataSource: DataSource): Promise<void> {
  await assertServerVersion(dataSource);
  const runner = dataSource.createQueryRunner();
  try {
    const found = await difference(runner);
    if (found === 'newer') throw newer();
    if (found === 'older')
      throw new SchemaVersionError('The database is older than this release: run "waarom migrate".');
  } finally {
    await runner.release();
  }
}

async function assertServerVersion(dataSource: DataSource): Promise<void> {
  const rows: { version: string }[] = await dataSource.query(
    `select current_setting('server_version') as version`,
  );
  const version = rows[0]?.version ?? 'of unknown version';
  if (Number.parseInt(version, 10) === POSTGRES_MAJOR) return;
  throw new SchemaVersionError(
    `The database server is PostgreSQL ${version}, and this release works with version ${POSTGRES_MAJOR}.`,
  );
}

async function difference(runner: QueryRunner): Promise<'none' | 'older' | 'newer'> {
  const table: { exists: boolean }[] = await runner.query(
    `select to_regclass('public.migration') is not null as exists`,
  );
  if (table[0]?.exists !== true) return 'older';
  const applied: { name: string }[] = await runner.query('select name from migration');
  const known = new Set<string>(MIGRATIONS.map(({ name }) => name));
  if (applied.some(({ name }) => !known.has(name))) return 'newer';
  return applied.length < known.size ? 'older' : 'none';
}

function newer(): SchemaVersionError {
  return new SchemaVersionError(
    'The database is newer than this release: install the release that migrated it, or a later one.',
  );
}
