import { describe, expect, it } from 'vitest';
import {
  coveringDataUses,
  type DataUseCover,
  type DataUseStatus,
  recordedAt,
  statusAt,
} from '../../src/domain/data-use.ts';

const use = (id: string, columns: string[], change: Partial<DataUseCover> = {}): DataUseCover => ({
  id,
  columns,
  status: 'SIGNED_OFF',
  validUntil: '2026-12-31',
  ...change,
});
const NOW = new Date('2026-11-16T09:00:00Z');

describe('statusAt', () => {
  it('is in force through its last day', () => {
    const lasting = use('u', ['age']);
    expect(statusAt(lasting, new Date('2026-12-31T23:59:59.999Z'))).toBe('SIGNED_OFF');
    expect(statusAt(lasting, new Date('2027-01-01T00:00:00Z'))).toBe('EXPIRED');
  });

  it.each<DataUseStatus>(['DECLARED', 'REFUSED', 'WITHDRAWN'])('%s stays what it is', (status) => {
    expect(statusAt(use('u', ['age'], { status }), new Date('2030-01-01'))).toBe(status);
  });
});

describe('coveringDataUses', () => {
  it('names the columns that nobody signed off, and what covers the others', () => {
    const uses = [
      use('b', ['age', 'balance']),
      use('a', ['balance']),
      use('elsewhere', ['region']),
      use('declared', ['logins'], { status: 'DECLARED' }),
      use('refused', ['logins'], { status: 'REFUSED' }),
      use('withdrawn', ['logins'], { status: 'WITHDRAWN' }),
      use('expired', ['logins'], { validUntil: '2026-11-15' }),
    ];
    expect(coveringDataUses(['age', 'balance', 'logins', 'app'], uses, NOW)).toEqual({
      missing: ['logins', 'app'],
      covering: ['a', 'b'],
    });
  });

  it('needs all columns, each by any of them', () => {
    const uses = [use('a', ['age']), use('b', ['balance'])];
    expect(coveringDataUses(['age', 'balance'], uses, NOW)).toEqual({ missing: [], covering: ['a', 'b'] });
    expect(coveringDataUses([], uses, NOW)).toEqual({ missing: [], covering: [] });
    expect(coveringDataUses(['age'], [], NOW)).toEqual({ missing: ['age'], covering: [] });
  });
});

describe('recordedAt', () => {
  const at = (hour: number) => new Date(Date.UTC(2026, 10, 16, hour));
  const withdrawn = {
    status: 'WITHDRAWN' as DataUseStatus,
    signedBy: 'carla',
    signedAt: at(10),
    decidedBy: 'coen',
    decidedAt: at(12),
    note: 'too much',
  };

  it('takes back what was decided later, and later than that', () => {
    expect(recordedAt(withdrawn, at(13))).toEqual(withdrawn);
    expect(recordedAt(withdrawn, at(12))).toEqual(withdrawn);
    expect(recordedAt(withdrawn, at(11))).toEqual({
      ...withdrawn,
      status: 'SIGNED_OFF',
      decidedBy: 'carla',
      decidedAt: at(10),
      note: null,
    });
    expect(recordedAt(withdrawn, at(9))).toEqual({
      ...withdrawn,
      status: 'DECLARED',
      decidedBy: null,
      decidedAt: null,
      note: null,
    });
  });

  it('takes a refusal back to the declaration', () => {
    const refused = { ...withdrawn, status: 'REFUSED' as DataUseStatus, signedBy: null, signedAt: null };
    expect(recordedAt(refused, at(11)).status).toBe('DECLARED');
    expect(recordedAt(refused, at(12)).status).toBe('REFUSED');
  });
});
