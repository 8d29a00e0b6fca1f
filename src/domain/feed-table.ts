import type { FeedContract } from './feed-contract.ts';

/** The columns of another file of a feed (feed.md §1), and which of them a row must have besides its key. */
export interface FeedTable extends FeedContract {
  readonly required: readonly string[];
}

/** Of `funds.csv` the fund is the key, once per day. */
export const FUNDS: FeedTable = {
  required: ['date', 'price'],
  columns: [
    { name: 'fund', type: 'id', category: 'key' },
    { name: 'date', type: 'date', category: 'segment' },
    { name: 'price', type: 'number', category: 'segment', min: 1e-6, max: 1e9 },
  ],
};

export const MAILINGS: FeedTable = {
  required: ['sent_on', 'mailing'],
  columns: [
    { name: 'party_id', type: 'id', category: 'key' },
    { name: 'sent_on', type: 'date', category: 'segment' },
    { name: 'mailing', type: 'text', category: 'segment' },
  ],
};

export const OUTCOMES: FeedTable = {
  required: ['converted_on'],
  columns: [
    { name: 'party_id', type: 'id', category: 'key' },
    { name: 'converted_on', type: 'date', category: 'segment' },
    { name: 'amount', type: 'number', category: 'segment', min: -1e12, max: 1e12 },
  ],
};

/** How far ahead another mailing may be planned. */
export const PLANNED_DAYS = 366;
/** How many days of prices a feed with market features holds. */
export const FUND_DAYS = 60;
