import { describe, expect, it } from 'vitest';
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
