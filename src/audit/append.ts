import type { AuditTransaction } from './audit-transaction.ts';
import { type AuditEntry, entryBytes } from './entry.ts';

/**
 * The only writer of the log. Call it last in the transaction that does what the entry records: then both stay or
 * neither, and whoever acts on what they saw committed has the later place. The sequencer gives the place, about a
 * second later. Throws TypeError on what is not an entry.
 */
export async function appendEntry(tx: AuditTransaction, entry: AuditEntry): Promise<void> {
  await tx.query('insert into audit_staged (bytes) values ($1)', [entryBytes(entry)]);
}
