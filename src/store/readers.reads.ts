import type { Transaction } from './transaction.ts';

/** Somebody who opened customers, and how many different ones. */
export interface Reader {
  readonly actor: string;
  /** Of a portal's people, where the portal asked. */
  readonly agent: string | null;
  readonly customers: number;
}

/** What one customer at a time is read by. */
const OPENING = ['decision.read', 'customer.history', 'explanation.read'];

/**
 * Whoever asked for at least `least` different customers since an instant, by the audit log. Each guess of an id that is nobody's on
 * record counts as one, and whom they were refused as much as whom they saw, as long as their roles permit to ask.
 */
export async function readersSince(tx: Transaction, since: Date, least: number): Promise<readonly Reader[]> {
  return tx.query(
    `select actor, agent, customers
     from (
       select actor, agent, (count(distinct subject) + count(*) filter (where subject is null))::integer as customers
       from audit_entry
       cross join lateral (select convert_from(bytes, 'UTF8')::json -> 'details' ->> 'agent' as agent) said
       where at > $1 and action = any ($2) and role is not null
       group by actor, agent
     ) opened
     where customers >= $3
     order by actor, agent`,
    [since, OPENING, least],
  );
}
