import type { IncidentKind } from '../domain/incident.ts';
import { refuse } from '../domain/refusal.ts';
import { IncidentRow } from '../store/incident.row.ts';
import type { Transaction } from '../store/transaction.ts';
import type { Command } from './execute.ts';
import type { Services } from './services.ts';

/** Opens an incident in the transaction of what it tells of; whoever is responsible is notified afterwards. */
export async function openIncident(
  tx: Transaction,
  { ids, clock }: Services,
  incident: { kind: IncidentKind; campaign: string | null; runId: string | null; summary: string },
): Promise<void> {
  await tx.insert(IncidentRow, { id: ids.next(), openedAt: clock.now(), ...incident });
}

/** Tells of incidents that nobody was told of yet; at least once each. Throws when the notifier does. */
export async function notifyIncidents(services: Services): Promise<number> {
  const waiting = await services.db.manager
    .createQueryBuilder(IncidentRow, 'incident')
    .where('incident.notifiedAt is null')
    .orderBy('incident.openedAt')
    .getMany();
  for (const { id, kind, summary, openedAt } of waiting) {
    await services.notifier.notify({
      subject: `waarom: ${kind}`,
      text: `${summary}\n\nOpened ${openedAt.toISOString()}, incident ${id}. Resolve it with a note in the portal.\n`,
    });
    await services.db.manager.update(IncidentRow, { id }, { notifiedAt: services.clock.now() });
  }
  return waiting.length;
}

/** Closes an incident with a note of what was done. */
export const resolveIncident: Command<{ incidentId: string; note: string }, IncidentRow> = {
  action: 'incident.resolve',
  permission: 'incident.resolve',
  about: ({ incidentId }) => ({ campaign: null, subject: incidentId }),
  async handle({ tx, now, actor }, { incidentId, note }) {
    const incident = await tx.findOne(IncidentRow, {
      where: { id: incidentId },
      lock: { mode: 'pessimistic_write' },
    });
    if (incident === null) return refuse('NOT_FOUND', 'INCIDENT', 'There is no such incident.');
    if (incident.resolvedAt !== null)
      refuse('INVALID_STATE', 'INCIDENT_OPEN', 'The incident was resolved before.');
    if (note.trim() === '') refuse('BAD_INPUT', 'NOTE', 'A note says what was done.');
    const resolved = { resolvedBy: actor.subject, resolvedAt: now, note };
    await tx.update(IncidentRow, { id: incidentId }, resolved);
    return {
      result: { ...incident, ...resolved },
      facts: { campaign: incident.campaign, subject: incidentId, details: { kind: incident.kind } },
    };
  },
};
