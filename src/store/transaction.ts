import type { DataSource, EntityManager } from 'typeorm';

/** The database as the acts of the service see it. */
export type Database = DataSource;
/** One transaction of it; whatever is done with it happens wholly or not at all. */
export type Transaction = EntityManager;
