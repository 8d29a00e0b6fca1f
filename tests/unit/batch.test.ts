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
  type RecipientStatus,
  recipientStatus,
  recipientText,
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
      IN_REVIEW: ['review', 'remove', 'submit', 'reject', 'hold'],
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
    expect(judgeStatus('hold', 'RELEASED')?.message).toBe(
      'A batch that is RELEASED cannot be held. It must be IN_REVIEW or SUBMITTED or APPROVED.',
    );
  });
});

describe('recipientStatus', () => {
  it.each<[BatchStatus, boolean, boolean, RecipientStatus]>([
    ['IN_REVIEW', false, false, 'PROPOSED'],
    ['HELD', false, false, 'PROPOSED'],
    ['APPROVED', true, false, 'REMOVED'],
    ['RELEASED', true, false, 'REMOVED'],
    ['RELEASED', false, true, 'DROPPED'],
    ['RELEASED', false, false, 'RELEASED'],
    ['REJECTED', false, false, 'REJECTED'],
  ])('of a batch that is %s, removed %s, dropped %s, is %s', (batch, removed, dropped, expected) => {
    expect(recipientStatus(batch, { removed, dropped })).toBe(expected);
  });
});

describe('judgeSample', () => {
  const item = (verdict: (typeof SAMPLE_VERDICTS)[number], removed: boolean) => ({
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
    expect(refusal?.message).toBe('Without a verdict yet: 1 of 3 customers of the sample.');
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
  const facts = {
    campaign: 'small',
    week: '2026-W40',
    manifestDigest: 'sha256:00',
    configDigest: 'sha256:01',
    leaves: ['0b', '0a', 'ff'],
  };
  const digest = (change: Partial<typeof facts> = {}) => digestOfJson(batchContent({ ...facts, ...change }));

  it('is the same in whatever order the leaves come', () => {
    expect(digest({ leaves: facts.leaves.toReversed() })).toBe(digest());
    expect(batchContent(facts).leaves).toEqual(['0a', '0b', 'ff']);
  });

  it.each<[string, Partial<typeof facts>]>([
    ['campaign', { campaign: 'other' }],
    ['week', { week: '2026-W41' }],
    ['manifest', { manifestDigest: 'sha256:02' }],
    ['config', { configDigest: 'sha256:02' }],
    ['leaf', { leaves: ['0c', '0a', 'ff'] }],
    ['one less', { leaves: ['0a', 'ff'] }],
    ['one more', { leaves: [...facts.leaves, '0a'] }],
  ])('has another digest with another %s', (_, change) => {
    expect(digest(change)).not.toBe(digest());
  });
});

describe('recipientText', () => {
  const text = (customer: string, arm: string, salt: string) => recipientText({ customer, arm }, salt);

  it('is JSON in RFC 8785 form and says customer, arm and salt', () => {
    const said = JSON.parse(text('c1', 'MODEL', '00ff'));
    expect(said).toEqual(['recipient/1', 'c1', 'MODEL', '00ff']);
    expect(JSON.stringify(said)).toBe(text('c1', 'MODEL', '00ff'));
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
