import { describe, expect, it } from 'vitest';
import { ACTION_NEEDS } from '../../../src/audit/action.ts';
import type { AuditEntry } from '../../../src/audit/entry.ts';
import { summaryOf } from '../../../src/audit/summary.ts';
import { PERMISSIONS } from '../../../src/domain/permissions.ts';

const ENTRY: AuditEntry = {
  at: '2026-11-16T09:30:00.125Z',
  actor: 'o.one',
  role: 'OPERATOR',
  action: 'batch.release',
  campaign: 'investing-retail',
  subject: '7',
  digest: null,
  requestId: null,
  refusal: null,
  details: {},
};

describe('summaryOf', () => {
  it('says who did what', () => {
    expect(summaryOf(ENTRY)).toBe('o.one (OPERATOR) released batch 7 of investing-retail.');
  });

  it('says who was refused what, and by which rule', () => {
    const refusal = { code: 'FORBIDDEN', rule: 'batch.approve' };
    expect(summaryOf({ ...ENTRY, role: null, action: 'batch.approve', refusal })).toBe(
      'o.one wanted to approve batch 7 of investing-retail and was refused: FORBIDDEN, batch.approve.',
    );
  });

  it('says from what to what and why, but no digest', () => {
    const details = { before: 'APPROVED', after: 'HELD', reason: 'the "texts" are wrong\nagain' };
    expect(summaryOf({ ...ENTRY, action: 'batch.hold', details })).toBe(
      'o.one (OPERATOR) held batch 7 of investing-retail, from APPROVED to HELD, because: "the \\"texts\\" are wrong\\nagain".',
    );
    const digest = `sha256:${'0'.repeat(64)}`;
    const digests = { before: digest, after: digest, reason: digest };
    expect(summaryOf({ ...ENTRY, action: 'batch.remove', details: digests })).toBe(
      'o.one (OPERATOR) removed a customer from batch 7 of investing-retail.',
    );
    const long = summaryOf({ ...ENTRY, details: { reason: 'a'.repeat(2000) } });
    expect(long.length).toBeLessThan(300);
  });

  it('names the campaign beside what is of it, a customer once, and what an incident is', () => {
    const said = (action: string, change: Partial<AuditEntry> = {}) =>
      summaryOf({ ...ENTRY, action, ...change });
    expect(said('batch.handOff')).toBe(
      'o.one (OPERATOR) handed batch 7 of investing-retail to the mail tool.',
    );
    expect(said('customer.history', { subject: 'customer:x1', campaign: null })).toBe(
      'o.one (OPERATOR) read the history of customer:x1.',
    );
    expect(said('decision.read', { subject: null })).toBe(
      'o.one (OPERATOR) read the decision on a customer of investing-retail.',
    );
    expect(said('incident.open', { details: { kind: 'RUBBER_STAMPING' } })).toBe(
      'o.one (OPERATOR) opened incident 7 of investing-retail, RUBBER_STAMPING.',
    );
    const refusal = { code: 'INVALID_STATE', rule: 'ENGINE_PAUSED' };
    expect(said('run.start', { subject: null, refusal })).toBe(
      'o.one (OPERATOR) wanted to start a run of investing-retail and was refused: INVALID_STATE, ENGINE_PAUSED.',
    );
  });

  it('reads every act that is recorded, done and refused, as one sentence about what it was about', () => {
    const refusal = { code: 'FORBIDDEN', rule: 'x' };
    for (const action of Object.keys(ACTION_NEEDS)) {
      const sentences = [summaryOf({ ...ENTRY, action }), summaryOf({ ...ENTRY, action, refusal })];
      for (const sentence of sentences) {
        expect(sentence).toMatch(/^o\.one [^\n]+ of investing-retail[^\n]*\.$/);
        expect(sentence).not.toMatch(/ (did|do) [a-z]+\.|\{|undefined/);
      }
    }
  });

  it('says something of an act that it has no phrase for', () => {
    expect(summaryOf({ ...ENTRY, action: 'moon.land', campaign: null })).toBe(
      'o.one (OPERATOR) did moon.land on 7.',
    );
    expect(summaryOf({ ...ENTRY, action: 'toString', campaign: null, subject: null })).toBe(
      'o.one (OPERATOR) did toString.',
    );
  });

  it('takes a subject literally', () => {
    expect(summaryOf({ ...ENTRY, subject: '$&' })).toContain('released batch $& of');
  });

  it('has a phrase for every act that needs a permission', () => {
    const without = Object.keys(PERMISSIONS).filter((action) =>
      summaryOf({ ...ENTRY, action }).includes(` did ${action}`),
    );
    expect(without).toEqual(['viewer.read']);
  });
});
