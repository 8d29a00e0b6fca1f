import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { ownerDataSource, serviceDataSource } from '../../src/store/data-source.ts';
import { assertSchemaVersion, migrate, SchemaVersionError } from '../../src/store/migrate.ts';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/database.ts';

const open: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const { close } of open.reverse().splice(0)) await close();
});

async function owner(database: TestDatabase) {
  const dataSource = await ownerDataSource(database.databaseUrl).initialize();
  open.push({ close: () => dataSource.destroy() });
  return dataSource;
}

async function database(created: Promise<TestDatabase>) {
  const made = await created;
  open.push({ close: () => made.drop() });
  return made;
}

describe('migrate', () => {
  it('runs every migration once, also when two start at the same moment', async () => {
    const empty = await database(createEmptyDatabase());
    const ran = await Promise.all([migrate(await owner(empty)), migrate(await owner(empty))]);
    const names = (await owner(empty)).migrations.map(({ name }) => name);
    expect(ran.flat()).toEqual(names);
    expect(await migrate(await owner(empty))).toEqual([]);
    await assertSchemaVersion(await owner(empty));
  });

  it('leaves the service no right to say which version the database has', async () => {
    const migrated = await database(createTestDatabase());
    const service = await serviceDataSource(migrated.databaseUrl, []).initialize();
    open.push({ close: () => service.destroy() });
    await assertSchemaVersion(service);
    await expect(service.query('delete from migration')).rejects.toThrow('permission denied');
  });
});

describe('assertSchemaVersion', () => {
  it('refuses a database that was never migrated', async () => {
    const empty = await owner(await database(createEmptyDatabase()));
    await expect(assertSchemaVersion(empty)).rejects.toThrow('run "waarom migrate"');
  });

  it('refuses an older and a newer database, and says which', async () => {
    const other = await owner(await database(createTestDatabase()));
    await other.query(`insert into migration (timestamp, name) values (1, 'FromTheFuture9999999999999')`);
    await expect(assertSchemaVersion(other)).rejects.toThrow(/newer than this release/);
    await expect(migrate(other)).rejects.toThrow(SchemaVersionError);
    await other.query('delete from migration');
    await expect(assertSchemaVersion(other)).rejects.toThrow(/older than this release/);
  });
});

describe('serviceDataSource', () => {
  it('works under the role of the service, in UTC', async () => {
    const migrated = await database(createTestDatabase());
    const client = new pg.Client({ connectionString: migrated.url });
    await client.connect();
    open.push({ close: () => client.end() });
    const { rows } = await client.query(
      `select current_user as role, current_setting('timezone') as zone, current_setting('plan_cache_mode') as plans`,
    );
    expect(rows).toEqual([{ role: 'waarom_app', zone: 'UTC', plans: 'force_generic_plan' }]);
    await expect(client.query('drop table campaign')).rejects.toThrow('must be owner');
  });
});
