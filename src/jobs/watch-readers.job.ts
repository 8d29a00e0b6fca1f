import { wasIncidentTold } from '../store/incident.reads.ts';
import { type Reader, readersSince } from '../store/readers.reads.ts';
import { openIncident } from '../use-cases/incidents.ts';
import type { Services } from '../use-cases/services.ts';

/** Held while it is told, so that of several processes one tells. */
const TELLING = 19_181_813;
const HOUR_MS = 3_600_000;

/**
 * Opens an incident for each who opened many different customers within the last hour, by the audit log and so by what all
 * processes answered: once while the incident is open, and once an hour. Answers whom.
 */
export async function watchReaders(services: Services): Promise<readonly Reader[]> {
  const { db, clock, reading } = services;
  const since = new Date(clock.now().getTime() - HOUR_MS);
  return db.transaction(async (tx) => {
    const [lock]: { held: boolean }[] = await tx.query('select pg_try_advisory_xact_lock($1) as held', [
      TELLING,
    ]);
    if (lock?.held !== true) return [];
    const told: Reader[] = [];
    for (const reader of await readersSince(tx, since, reading.alarmAt)) {
      const summary = summaryOf(reader, reading.alarmAt);
      if (await wasIncidentTold(tx, { kind: 'ENUMERATION', summary }, since)) continue;
      await openIncident(tx, services, { kind: 'ENUMERATION', campaign: null, runId: null, summary });
      told.push(reader);
    }
    return told;
  });
}

function summaryOf({ actor, agent }: Reader, alarmAt: number): string {
  const who = agent === null ? actor : `${agent}, by ${actor},`;
  return `${who} opened ${alarmAt} customers or more within an hour: read in the audit log which, and for what.`;
}
