import { type AuditTransaction, bytesIn, instantIn, selectRows } from './audit-transaction.ts';
import { type AuditEntry, parseEntry } from './entry.ts';
import { DATE_TOLERANCE_MS, fault, type LogFault } from './log-check.ts';

/**
 * Reads the entries that are staged and not yet in the log, in the order in which they will come to it, from index `size` on.
 * Answers what is wrong with the first that is no entry, or that says another time than the one at which it was staged.
 */
export async function checkStaged(
  db: AuditTransaction,
  size: number,
  onEntry: (index: number, entry: AuditEntry) => void,
): Promise<LogFault | undefined> {
  const rows = await selectRows(db, 'select bytes, staged_at from audit_staged order by id');
  let wrong: LogFault | undefined;
  for (const [place, row] of rows.entries()) {
    const entry = parseEntry(bytesIn(row, 'bytes'));
    const index = size + place;
    if (entry === undefined) {
      wrong ??= fault('entry', index, 'UNREADABLE', 'what is staged are not the bytes of an entry');
      continue;
    }
    const staged = instantIn(row, 'staged_at').getTime();
    if (Math.abs(Date.parse(entry.at) - staged) > DATE_TOLERANCE_MS)
      wrong ??= fault('entry', index, 'DATED', 'it is staged, and says another time than that');
    onEntry(index, entry);
  }
  return wrong;
}
