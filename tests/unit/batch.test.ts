import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOfJson } from '../../src/audit/digest.ts';
import {
  BATCH_STATUSES,
  type BatchAct,
  type BatchStatus,
  batchContent,
  judgeFourEyes,
  judgeSample,
  judgeStatus,
  mailFile,
  SAMPLE_VERDICTS,
} from '../../src/domain/batch.ts';

const ACTS = [
  'review',
  'remove',
  'submit',
  'approve',
  'reject',
  'hold',
  'lift',
  'release',
] as const satisfies BatchAct[];

describe('judgeStatus', () => {
  it('allows each act where the way of a batch has it, and nowhere else', () => {
    const allowed = Object.fromEntries(
      BATCH_STATUSES.map((status) => [status, ACTS.filter((act) => judgeStatus(act, status) === null)]),
    );
    expect(allowed).toEqual({
      IN_REVIEW: ['review', 'remove', 'submit', 'hold'],
      SUBMITTED: ['approve', 'reject', 'hold'],
      APPROVED: ['reject', 'hold', 'release'],
      REJECTED: [],
      HELD: ['reject', 'lift'],
      RELEASED: [],
    } satisfies Record<BatchStatus, BatchAct[]>);
  });

  it('says what the batch is and what it must be', () => {
    expect(judgeStatus('release', 'SUBMITTED')).toMatchObject({
      code: 'INVALID_STATE',
      rule: 'BATCH_STATUS',
    });
    expect(judgeStatus('reject', 'IN_REVIEW')?.message).toContain('SUBMITTED or APPROVED or HELD');
  });
});

describe('judgeSample', () => {
  const item = (verdict: (typeof SAMPLE_VERDICTS)[number], removed: boolean) => ({
    customer: 'c1',
    verdict,
    removed,
  });

  it('refuses while anybody who is still in the batch was not looked at, or was judged WRONG', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...SAMPLE_VERDICTS), fc.boolean())), (items) => {
        const refusal = judgeSample(items.map(([verdict, removed]) => item(verdict, removed)));
        const left = items.filter(([, removed]) => !removed).map(([verdict]) => verdict);
        const rule = left.includes('PENDING')
          ? 'SAMPLE_REVIEWED'
          : left.includes('WRONG')
            ? 'WRONG_REMOVED'
            : null;
        expect(refusal?.rule ?? null).toBe(rule);
      }),
    );
  });

  it('counts them, and names nobody', () => {
    const refusal = judgeSample([item('PENDING', false), item('PENDING', true), item('FINE', false)]);
    expect(refusal?.message).toBe('1 of 3 customers of the sample have no verdict yet.');
  });
});

describe('judgeFourEyes', () => {
  it('refuses whoever had a hand in it', () => {
    expect(judgeFourEyes('mark', ['olga', null])).toBeNull();
    expect(judgeFourEyes('mark', [])).toBeNull();
    expect(judgeFourEyes('mark', ['olga', 'mark'])).toMatchObject({
      code: 'FOUR_EYES',
      rule: 'ANOTHER_PERSON',
    });
  });
});

describe('batchContent', () => {
  const recipients = [
    { customer: 'b', arm: 'MODEL' },
    { customer: 'a', arm: 'EXPLORATION' },
    { customer: 'B', arm: 'MODEL' },
  ];
  const facts = {
    campaign: 'small',
    week: '2026-W40',
    manifestDigest: 'sha256:00',
    configDigest: 'sha256:01',
    recipients,
  };
  const digest = (change: Partial<typeof facts> = {}) => digestOfJson(batchContent({ ...facts, ...change }));

  it('is the same in whatever order the recipients come', () => {
    expect(digest({ recipients: recipients.toReversed() })).toBe(digest());
    expect(batchContent(facts).recipients).toEqual([
      ['B', 'MODEL'],
      ['a', 'EXPLORATION'],
      ['b', 'MODEL'],
    ]);
  });

  it.each<[string, Partial<typeof facts>]>([
    ['campaign', { campaign: 'other' }],
    ['week', { week: '2026-W41' }],
    ['manifest', { manifestDigest: 'sha256:02' }],
    ['config', { configDigest: 'sha256:02' }],
    ['arm', { recipients: [{ customer: 'b', arm: 'EXPLORATION' }, ...recipients.slice(1)] }],
    ['customer', { recipients: [{ customer: 'c', arm: 'MODEL' }, ...recipients.slice(1)] }],
    ['one less', { recipients: recipients.slice(1) }],
    ['one more', { recipients: [...recipients, { customer: 'c', arm: 'MODEL' }] }],
  ])('has another digest with another %s', (_, change) => {
    expect(digest(change)).not.toBe(digest());
  });
});

describe('mailFile', () => {
  it('says whom, in which arm, in which flow, and nothing else', () => {
    expect(
      mailFile('small', [
        { customer: 'c1', arm: 'MODEL' },
        { customer: 'c2', arm: 'EXPLORATION' },
      ]),
    ).toBe('party_id,arm,flow\nc1,MODEL,small\nc2,EXPLORATION,small\n');
    expect(mailFile('small', [])).toBe('party_id,arm,flow\n');
  });
});
