import { entryBytes } from '../../src/audit/entry.ts';
import type { Database, Transaction } from '../../src/store/transaction.ts';
import { entryOf } from './audit-log.ts';

/** A connection of its own: a pg.Client, an AuditSession. */
export interface Connection {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
}

const STAGE = 'insert into audit_staged (bytes) values ($1)';
const entry = () => entryBytes(entryOf({ action: 'test.prepare', campaign: null }));

/** Changes audited tables as a test wants them, the honest way: with an entry of the same transaction. */
export async function changeState<T>(db: Database, change: (tx: Transaction) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => {
    const result = await change(tx);
    await tx.query(STAGE, [entry()]);
    return result;
  });
}

/** One statement on a connection, the owner's for what the service has no right to, with its entry. */
export async function changeRows(
  connection: Connection,
  sql: string,
  parameters: unknown[] = [],
): Promise<unknown> {
  await connection.query('begin');
  try {
    const result = await connection.query(sql, parameters);
    await connection.query(STAGE, [entry()]);
    await connection.query('commit');
    return result;
  } catch (error) {
    await connection.query('rollback');
    throw error;
  }
}

/** Changes one audited table behind the log's back, as only its owner can: the guard is taken away and put back. */
export async function tamper(
  owner: Connection,
  table: string,
  sql: string,
  parameters: unknown[] = [],
): Promise<void> {
  await owner.query(`alter table ${table} disable trigger audited`);
  await owner.query(sql, parameters);
  await owner.query(`alter table ${table} enable always trigger audited`);
}
