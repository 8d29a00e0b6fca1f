import { ExportError } from '../audit/export-folder.ts';
import { isIncidentOpen } from '../store/incident.reads.ts';
import { exportAuditLog } from '../use-cases/export-audit-log.ts';
import { openIncident } from '../use-cases/incidents.ts';
import type { Services } from '../use-cases/services.ts';

/**
 * Adds to the export what the audit log has more; answers how many checkpoints. Nothing where no export is set. Where the log is
 * not what was signed or exported, an incident is opened, once, and ExportError thrown.
 */
export async function exportAudit(services: Services): Promise<number> {
  const { db, auditExport } = services;
  if (auditExport === null) return 0;
  try {
    const { checkpoints } = await exportAuditLog(db, auditExport.folder, auditExport.log);
    return checkpoints;
  } catch (error) {
    if (error instanceof ExportError) await tellOnce(services, error.message);
    throw error;
  }
}

async function tellOnce(services: Services, what: string): Promise<void> {
  const summary = `The audit log cannot be exported: ${what}. Keep database and export as they are and call compliance.`;
  const told = { kind: 'RECORD_BROKEN', summary } as const;
  await services.db.transaction(async (tx) => {
    if (await isIncidentOpen(tx, told)) return;
    await openIncident(tx, services, { ...told, campaign: null, runId: null });
  });
}
