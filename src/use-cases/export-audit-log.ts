import { type ExportedLog, exportLog } from '../audit/export.ts';
import type { ExportTarget } from '../audit/export-folder.ts';
import type { Database } from '../store/transaction.ts';

/** What was added to an export: the entries [from, size), and checkpoints; nothing where `checkpoints` is 0. */
export interface AddedToExport {
  readonly from: number;
  readonly size: number;
  readonly checkpoints: number;
}

/** Exports all of the audit log that is signed and not in the folder yet, part by part, each in a transaction of its own. */
export async function exportAuditLog(
  db: Database,
  folder: ExportTarget,
  log: ExportedLog,
): Promise<AddedToExport> {
  let added: AddedToExport = { from: 0, size: 0, checkpoints: 0 };
  const next = () => db.transaction((tx) => exportLog(tx, folder, log));
  for (let part = await next(); part !== undefined; part = await next()) {
    const from = added.checkpoints === 0 ? part.from : added.from;
    added = { from, size: part.size, checkpoints: added.checkpoints + part.checkpoints };
  }
  return added;
}
