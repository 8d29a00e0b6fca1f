import type { EntryFilter, LoggedEntry } from '../audit/log-reads.ts';
import { summaryOf } from '../audit/summary.ts';
import { ROLES, roleFor } from '../domain/permissions.ts';
import type { AuditEntry, AuditFilter } from '../schema/audit.type.ts';
import { knownCustomerName } from '../store/customer-pseudonym.store.ts';
import { type Caller, permit } from '../use-cases/execute.ts';
import type { Services } from '../use-cases/services.ts';
import { digestView } from './decision-proof-view.ts';

export function entryView({ index, leaf, entry }: LoggedEntry): AuditEntry {
  const { at, actor, action, campaign, subject, digest } = entry;
  const role = ROLES.find((known) => known === entry.role) ?? null;
  const summary = summaryOf(entry);
  return {
    index,
    at: new Date(at),
    actor,
    role,
    action,
    campaign,
    subject,
    digest,
    summary,
    leaf: digestView(leaf),
  };
}

/** What of the log an actor gets to see of what they ask: who may not read it all reads their own entries. */
export async function allowedFilter(
  services: Services,
  caller: Caller,
  { campaign = null, actor = null, action = null, subject = null, from = null, to = null }: AuditFilter,
): Promise<EntryFilter> {
  const { actor: asking } = caller;
  if (actor !== null && actor !== asking.subject) await permit(services, caller, 'audit.read');
  const all = roleFor(asking, 'audit.read') !== null;
  // A customer is asked for by their id or by the name that the log has for them.
  const name = subject === null ? null : await knownCustomerName(services.db.manager, subject);
  return {
    campaign,
    actor: all ? actor : asking.subject,
    actions: action,
    subject: name ?? subject,
    from,
    to,
  };
}
