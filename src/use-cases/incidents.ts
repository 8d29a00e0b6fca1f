import { digestOf } from '../audit/digest.ts';
import type { IncidentKind } from '../domain/incident.ts';
import { needNote } from '../domain/note.ts';
import { refuse } from '../domain/refusal.ts';
import { IncidentRow } from '../store/incident.row.ts';
import { isUuid } from '../store/slice.ts';
import type { Transaction } from '../store/transaction.ts';
import { type Command, record } from './execute.ts';
import { ENGINE } from './run-step.ts';
import type { Services } from './services.ts';

/** Opens an incident in the transaction of what it tells of; whoever is responsible is notified afterwards. */
export async function openIncident(
  tx: Transaction,
  { ids, clock }: Services,
  incident: { kind: IncidentKind; campaign: string | null; runId: string | null; summary: string },
): Promise<void> {
  const [id, now] = [ids.next(), clock.now()];
  const { kind, campaign, runId, summary } = incident;
  await tx.insert(IncidentRow, { id, openedAt: now, ...incident });
  const facts = { campaign, subject: id, digest: digestOf(summary), details: { kind, run: runId } };
  await record(tx, { now, caller: ENGINE, role: 'OPERATOR', action: 'incident.open', facts });
}

/** Tells of incidents that nobody was told of yet, at least once each; answers how many. Throws when the notifier does. */
export async function notifyIncidents(services: Services): Promise<number> {
  const waiting = await services.db.manager
    .createQueryBuilder(IncidentRow, 'incident')
    .where('incident.notifiedAt is null')
    .orderBy('incident.openedAt')
    .getMany();
  let told = 0;
  for (const { id } of waiting) if (await notifyIncident(services, id)) told += 1;
  return told;
}

/** False when the incident was told of meanwhile, or another process is about to. */
async function notifyIncident(services: Services, id: string): Promise<boolean> {
  return services.db.transaction(async (tx) => {
    const incident = await tx.findOne(IncidentRow, {
      where: { id },
      lock: { mode: 'pessimistic_write', onLocked: 'skip_locked' },
    });
    if (incident === null || incident.notifiedAt !== null) return false;
    await services.notifier.notify({
      subject: `waarom: ${incident.kind}`,
      text: `${incident.summary}\n\nOpened ${incident.openedAt.toISOString()}, incident ${id}. Resolve it with a note of what was done.\n`,
    });
    const now = services.clock.now();
    await tx.update(IncidentRow, { id }, { notifiedAt: now });
    const { campaign, kind } = incident;
    const facts = { campaign, subject: id, details: { kind } };
    await record(tx, { now, caller: ENGINE, role: 'OPERATOR', action: 'incident.notify', facts });
    return true;
  });
}

/** Closes an incident with a note of what was done. */
export const resolveIncident: Command<{ incidentId: string; note: string }, IncidentRow> = {
  action: 'incident.resolve',
  permission: 'incident.resolve',
  about: ({ incidentId }) => ({ campaign: null, subject: incidentId }),
  async handle({ tx, now, actor }, { incidentId, note }) {
    const incident = isUuid(incidentId)
      ? await tx.findOne(IncidentRow, { where: { id: incidentId }, lock: { mode: 'pessimistic_write' } })
      : null;
    if (incident === null) return refuse('NOT_FOUND', 'INCIDENT', 'There is no such incident.');
    if (incident.resolvedAt !== null)
      refuse('INVALID_STATE', 'INCIDENT_OPEN', 'The incident was resolved before.');
    needNote(note);
    const resolved = { resolvedBy: actor.subject, resolvedAt: now, note };
    await tx.update(IncidentRow, { id: incidentId }, resolved);
    return {
      result: { ...incident, ...resolved },
      facts: {
        campaign: incident.campaign,
        subject: incidentId,
        details: {
          kind: incident.kind,
          run: incident.runId,
          before: 'OPEN',
          after: 'RESOLVED',
          reason: note,
        },
      },
    };
  },
};
