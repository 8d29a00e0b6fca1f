import { exportAuditLog } from '../use-cases/export-audit-log.ts';
import type { Services } from '../use-cases/services.ts';

/** Adds to the export what the audit log has more; answers how many checkpoints. Nothing where no export is set. */
export async function exportAudit({ db, auditExport }: Services): Promise<number> {
  if (auditExport === null) return 0;
  const { checkpoints } = await exportAuditLog(db, auditExport.folder, auditExport.log);
  return checkpoints;
}
