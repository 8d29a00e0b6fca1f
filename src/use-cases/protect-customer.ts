import { needCustomer } from '../domain/customer.ts';
import { refuse } from '../domain/refusal.ts';
import { dateIn, type IsoDate } from '../domain/week.ts';
import { campaignOf } from '../store/campaign.store.ts';
import type { Command } from './execute.ts';
import { needNote } from './review-batch.ts';

/** A customer who said, by whatever way, that they want no mail: heeded from now on and before the next release. */
export const recordOptOut: Command<{ customer: string; note: string }, { readonly customer: string }> = {
  action: 'customer.optOut',
  permission: 'customer.protect',
  about: () => ({ campaign: null, subject: null }),
  async handle({ tx, now, actor }, { customer, note }) {
    needCustomer(customer);
    await tx.query(
      'insert into opt_out (customer, recorded_on, recorded_by, note) values ($1, $2, $3, $4) on conflict do nothing',
      [customer, dateIn('UTC', now), actor.subject, note],
    );
    return { result: { customer }, facts: { campaign: null, subject: customer } };
  },
};

/** Keeps a customer in the lee of a campaign until a day, for a reason. */
export const addToQuietList: Command<
  { campaign: string; customer: string; until: IsoDate; reason: string },
  { readonly customer: string }
> = {
  action: 'customer.quiet',
  permission: 'customer.protect',
  about: ({ campaign }) => ({ campaign, subject: null }),
  async handle({ tx, now, actor }, { campaign, customer, until, reason }) {
    needCustomer(customer);
    needNote(reason);
    await campaignOf(tx, campaign);
    if (until < dateIn('UTC', now)) refuse('BAD_INPUT', 'UNTIL', 'The last day lies in the past.');
    await tx.query(
      'insert into quiet_list (campaign, customer, until, reason, added_by, added_at) values ($1, $2, $3, $4, $5, $6)',
      [campaign, customer, until, reason, actor.subject, now],
    );
    return { result: { customer }, facts: { campaign, subject: customer, details: { until } } };
  },
};
