import { describe, expect, it, test } from 'vitest';
import type { FeedContract } from '../../src/domain/feed-contract.ts';
import { judgeHeader } from '../../src/domain/feed-schema.ts';

const CONTRACT: FeedContract = {
  columns: [
    { name: 'party_id', type: 'id', category: 'key' },
    { name: 'age', type: 'integer', category: 'feature' },
    { name: 'opt_in', type: 'boolean', category: 'eligibility' },
  ],
};

describe('judgeHeader', () => {
  it('takes exactly the columns of the contract, in any order', () => {
    expect(judgeHeader(CONTRACT, ['party_id', 'age', 'opt_in'])).toEqual([]);
    expect(judgeHeader(CONTRACT, ['opt_in', 'party_id', 'age'])).toEqual([]);
  });

  test.each<[what: string, header: readonly string[], faults: readonly string[]]>([
    [
      'a column too many',
      ['party_id', 'age', 'opt_in', 'job'],
      ['FEED_SCHEMA job is not in the feed contract'],
    ],
    ['a column too few', ['party_id', 'age'], ['FEED_SCHEMA opt_in is missing from the header']],
    ['a column twice', ['party_id', 'age', 'opt_in', 'age'], ['FEED_SCHEMA age stands twice in the header']],
    [
      'another spelling',
      ['party_id', 'Age', 'opt_in'],
      ['FEED_SCHEMA Age is not in the feed contract', 'FEED_SCHEMA age is missing from the header'],
    ],
    [
      'forbidden columns, first of all',
      ['party_id', 'job', 'postcode', 'age', 'opt_in', 'customerEmail'],
      [
        'FEED_FORBIDDEN postcode holds forbidden data: postal code',
        'FEED_FORBIDDEN customerEmail holds forbidden data: e-mail address',
        'FEED_SCHEMA job is not in the feed contract',
      ],
    ],
    [
      'a column without a name',
      ['party_id', 'age', 'opt_in', ''],
      ['FEED_SCHEMA column 4 is not in the feed contract'],
    ],
    [
      'data where a name should be',
      ['party_id', 'age', 'opt_in', 'jan@bank.nl', '123456782', 'x'.repeat(99)],
      [
        'FEED_SCHEMA column 4 is not in the feed contract',
        'FEED_SCHEMA column 5 is not in the feed contract',
        'FEED_SCHEMA column 6 is not in the feed contract',
      ],
    ],
    [
      'no header line at all, without repeating what stands there',
      ['c123', '44', 'true'],
      ['FEED_SCHEMA header names no column of the feed contract: it is missing'],
    ],
  ])('tells of %s', (_, header, faults) => {
    expect(
      judgeHeader(CONTRACT, header).map(({ check, field, rule }) => `${check} ${field} ${rule}`),
    ).toEqual(faults);
  });
});
