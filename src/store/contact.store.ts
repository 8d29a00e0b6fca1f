import type { EntityManager } from 'typeorm';
import type { CustomerState } from '../domain/eligibility.ts';
import { addDays, type IsoDate } from '../domain/week.ts';

/** A mail to a customer, sent or planned. */
export interface Contact {
  readonly customer: string;
  readonly sentOn: IsoDate;
  readonly mailing: string;
}

/** The name under which a flow's message of a day is kept. */
export const flowMailing = (campaign: string, day: number): string => `${campaign}/day-${day}`;

/** Notes mails; one that is known already stays as it is. */
export async function noteContacts(
  tx: EntityManager,
  contacts: readonly Contact[],
  release: { readonly campaign: string; readonly batchId: string } | null,
): Promise<void> {
  await tx.query(
    `insert into contact (customer, sent_on, mailing, campaign, batch_id)
     select c, d, m, $4, $5 from unnest($1::text[], $2::date[], $3::text[]) as t (c, d, m)
     on conflict do nothing`,
    [
      contacts.map(({ customer }) => customer),
      contacts.map(({ sentOn }) => sentOn),
      contacts.map(({ mailing }) => mailing),
      release?.campaign ?? null,
      release?.batchId ?? null,
    ],
  );
}

/** What the service knows of customers that the feed does not say, at the instant at which a feed is frozen. */
export interface KnownState {
  stateOf(customers: readonly string[]): CustomerState;
}

/** Loads what bears on a run as of a day: quiet list, opt-outs, flows that began and mails around the send day. */
export async function knownState(
  tx: EntityManager,
  campaign: string,
  asOf: IsoDate,
  flowWindowDays: number,
): Promise<KnownState> {
  const ids = async (sql: string, parameters: unknown[]): Promise<Set<string>> => {
    const rows: { customer: string }[] = await tx.query(sql, parameters);
    return new Set(rows.map(({ customer }) => customer));
  };
  const quiet = await ids('select customer from quiet_list where campaign = $1 and until >= $2', [
    campaign,
    asOf,
  ]);
  const optedOut = await ids('select customer from opt_out', []);
  const flows = await daysByCustomer(
    tx,
    `select customer, sent_on - date '1970-01-01' as day from contact
     where campaign = $1 and mailing = $2 and sent_on between $3 and $4 order by sent_on`,
    [campaign, flowMailing(campaign, 0), addDays(asOf, -flowWindowDays), addDays(asOf, 1)],
  );
  const mails = await daysByCustomer(
    tx,
    `select customer, sent_on - date '1970-01-01' as day from contact
     where sent_on between $1 and $2 order by sent_on`,
    [addDays(asOf, -13), addDays(asOf, 15)],
  );
  return {
    stateOf: (customers) => ({
      quiet: marksOf(customers, quiet),
      optedOut: marksOf(customers, optedOut),
      flowStarts: customers.map((customer) => flows.get(customer) ?? null),
      mails: customers.map((customer) => mails.get(customer) ?? null),
    }),
  };
}

/** 1 for each customer of a set, 0 for the others. */
function marksOf(customers: readonly string[], set: ReadonlySet<string>): Uint8Array {
  const marks = new Uint8Array(customers.length);
  if (set.size > 0)
    customers.forEach((customer, row) => {
      marks[row] = set.has(customer) ? 1 : 0;
    });
  return marks;
}

async function daysByCustomer(
  tx: EntityManager,
  sql: string,
  parameters: unknown[],
): Promise<Map<string, readonly number[]>> {
  const rows: { customer: string; day: number }[] = await tx.query(sql, parameters);
  const days = new Map<string, number[]>();
  for (const { customer, day } of rows) {
    const known = days.get(customer);
    if (known === undefined) days.set(customer, [day]);
    else known.push(day);
  }
  return days;
}
