import type { FeedContract } from './feed-contract.ts';

/** The columns of the other files of a feed (feed.md §1); of `funds.csv` the fund is the key, once per day. */
export const FUNDS: FeedContract = {
  columns: [
    { name: 'fund', type: 'id', category: 'key' },
    { name: 'date', type: 'date', category: 'segment' },
    { name: 'price', type: 'number', category: 'segment', min: 1e-6 },
  ],
};

export const MAILINGS: FeedContract = {
  columns: [
    { name: 'party_id', type: 'id', category: 'key' },
    { name: 'sent_on', type: 'date', category: 'segment' },
    { name: 'mailing', type: 'text', category: 'segment' },
  ],
};

export const OUTCOMES: FeedContract = {
  columns: [
    { name: 'party_id', type: 'id', category: 'key' },
    { name: 'converted_on', type: 'date', category: 'segment' },
    { name: 'amount', type: 'number', category: 'segment' },
  ],
};

/** How far ahead another mailing may be planned. */
export const PLANNED_DAYS = 366;
/** How many days of prices a feed with market features holds. */
export const FUND_DAYS = 60;
