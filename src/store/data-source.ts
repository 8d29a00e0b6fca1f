import { DataSource, type DataSourceOptions } from 'typeorm';
import { MIGRATIONS } from '../../migrations/index.ts';

type Entities = NonNullable<DataSourceOptions['entities']>;

/** The role without rights to alter what was recorded; the service works under it. */
const SERVICE_ROLE = 'waarom_app';
/**
 * UTC whatever the server says. Generic plans: the hot reads name their partition, and planning them afresh for every
 * call costs more than it can win. A connection that dies in a transaction must not hold its locks for ever.
 */
const SESSION = {
  timezone: 'UTC',
  search_path: 'public',
  plan_cache_mode: 'force_generic_plan',
  idle_in_transaction_session_timeout: '600000',
};

/** A connection string for the service: what connects with it acts under the service's role. */
export function serviceUrl(databaseUrl: string): string {
  return withSession(databaseUrl, { role: SERVICE_ROLE, ...SESSION });
}

/** A connection string for the owner of the tables: migrations, and the look at the database's version. */
export function ownerUrl(databaseUrl: string): string {
  return withSession(databaseUrl, SESSION);
}

/** The service's pool, not yet connected. The database must be migrated: before that its role does not exist. */
export function serviceDataSource(databaseUrl: string, entities: Entities, poolSize = 10): DataSource {
  return new DataSource({
    type: 'postgres',
    url: serviceUrl(databaseUrl),
    applicationName: 'waarom',
    entities,
    poolSize,
    synchronize: false,
    logging: false,
  });
}

/** The owner's connections, not yet connected: for `migrate` and `assertSchemaVersion`. */
export function ownerDataSource(databaseUrl: string): DataSource {
  return new DataSource({
    type: 'postgres',
    url: ownerUrl(databaseUrl),
    applicationName: 'waarom migrate',
    entities: [],
    migrations: [...MIGRATIONS],
    migrationsTableName: 'migration',
    poolSize: 2,
    synchronize: false,
    logging: false,
  });
}

function withSession(databaseUrl: string, session: Readonly<Record<string, string>>): string {
  const url = new URL(databaseUrl);
  const given = Object.entries(session).map(([name, value]) => `-c ${name}=${value}`);
  url.searchParams.set('options', [url.searchParams.get('options') ?? '', ...given].join(' ').trim());
  // PostgreSQL's own programs do not read a plus sign as a space.
  url.search = url.search.replaceAll('+', '%20');
  return url.toString();
}
