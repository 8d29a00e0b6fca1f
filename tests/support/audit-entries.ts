import { type AuditEntry, parseEntry } from '../../src/audit/entry.ts';
import type { Database } from '../../src/store/transaction.ts';

/** Every entry of the log so far, staged or in its place, in order. */
export async function auditEntries(db: Database): Promise<readonly AuditEntry[]> {
  const rows: { bytes: Buffer }[] = await db.query(
    `select bytes from (select 0 as part, index as at, bytes from audit_entry
                        union all select 1, id, bytes from audit_staged) e order by part, at`,
  );
  return rows.map(({ bytes }) => {
    const entry = parseEntry(bytes);
    if (entry === undefined) throw new Error('the log holds what is no entry');
    return entry;
  });
}

/** Does something and answers the entries that it left. */
export async function entriesOf(db: Database, act: () => Promise<unknown>): Promise<readonly AuditEntry[]> {
  const before = (await auditEntries(db)).length;
  await act();
  return (await auditEntries(db)).slice(before);
}
