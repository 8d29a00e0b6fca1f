import { digestOf } from '../audit/digest.ts';
import { needCustomer } from '../domain/customer.ts';
import { needNote } from '../domain/note.ts';
import { refuse } from '../domain/refusal.ts';
import { dateIn, type IsoDate } from '../domain/week.ts';
import { campaignOf } from '../store/campaign.store.ts';
import { customerName, shareCustomer } from '../store/customer-pseudonym.store.ts';
import type { Act, Command } from './execute.ts';

/** A customer who said, by whatever way, that they want no mail: heeded from now on and before the next release. */
export const recordOptOut: Command<
  { customer: string; note: string },
  { readonly customer: string; readonly known: boolean }
> = {
  action: 'customer.optOut',
  permission: 'customer.protect',
  about: async ({ customer }, act) => ({ campaign: null, subject: await nameOf(act, customer) }),
  async handle(act, { customer, note }) {
    const { tx, now, actor } = act;
    needCustomer(customer);
    needNote(note);
    await shareCustomer(tx, customer);
    const known = (await nameOf(act, customer)) !== null;
    const recordedOn = dateIn('UTC', now);
    const added: unknown[] = await tx.query(
      `insert into opt_out (customer, recorded_on, recorded_by, note) values ($1, $2, $3, $4)
       on conflict do nothing returning customer`,
      [customer, recordedOn, actor.subject, note],
    );
    const details = { recordedOn, reason: digestOf(note), ...(added.length === 0 ? { again: true } : {}) };
    return {
      result: { customer, known },
      facts: { campaign: null, subject: await nameOf(act, customer), details },
    };
  },
};

/** Keeps a customer in the lee of a campaign until a day, for a reason. */
export const addToQuietList: Command<
  { campaign: string; customer: string; until: IsoDate; reason: string },
  { readonly customer: string }
> = {
  action: 'customer.quiet',
  permission: 'customer.protect',
  about: async ({ campaign, customer }, act) => ({ campaign, subject: await nameOf(act, customer) }),
  async handle(act, { campaign, customer, until, reason }) {
    const { tx, now, actor } = act;
    needCustomer(customer);
    await shareCustomer(tx, customer);
    needNote(reason);
    await campaignOf(tx, campaign);
    if (until < dateIn('UTC', now)) refuse('BAD_INPUT', 'UNTIL', 'The last day lies in the past.');
    await tx.query(
      'insert into quiet_list (campaign, customer, until, reason, added_by, added_at) values ($1, $2, $3, $4, $5, $6)',
      [campaign, customer, until, reason, actor.subject, now],
    );
    return {
      result: { customer },
      facts: { campaign, subject: await nameOf(act, customer), details: { until, reason: digestOf(reason) } },
    };
  },
};

function nameOf({ tx, services }: Act, customer: string): Promise<string | null> {
  return customerName(tx, services.randomness, customer);
}
