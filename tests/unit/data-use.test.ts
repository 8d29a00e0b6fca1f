import { describe, expect, it } from 'vitest';
import {
  coveringDataUses,
  type DataUseCover,
  type DataUseStatus,
  endsSoon,
  historyOf,
  recordedAt,
  statementOf,
  statusOn,
} from '../../src/domain/data-use.ts';

const use = (id: string, columns: string[], change: Partial<DataUseCover> = {}): DataUseCover => ({
  id,
  columns,
  status: 'SIGNED_OFF',
  validUntil: '2026-12-31',
  ...change,
});
const TODAY = '2026-11-16';

describe('statusOn', () => {
  it('is in force through its last day', () => {
    const lasting = use('u', ['age']);
    expect(statusOn(lasting, '2026-12-31')).toBe('SIGNED_OFF');
    expect(statusOn(lasting, '2027-01-01')).toBe('EXPIRED');
  });

  it.each<DataUseStatus>(['DECLARED', 'REFUSED', 'WITHDRAWN'])('%s stays what it is', (status) => {
    expect(statusOn(use('u', ['age'], { status }), '2030-01-01')).toBe(status);
  });
});

describe('endsSoon', () => {
  it.each([
    ['2026-12-01', false],
    ['2026-12-02', true],
    ['2026-12-31', true],
    ['2027-01-01', false],
  ])('on %s: %s', (day, soon) => {
    expect(endsSoon(use('u', ['age']), day)).toBe(soon);
  });

  it('is not said of what is not in force', () => {
    expect(endsSoon(use('u', ['age'], { status: 'DECLARED' }), '2026-12-31')).toBe(false);
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
    expect(coveringDataUses(['age', 'balance', 'logins', 'app'], uses, TODAY)).toEqual({
      missing: ['logins', 'app'],
      covering: ['a', 'b'],
    });
  });

  it('needs all columns, each by any of them', () => {
    const uses = [use('a', ['age']), use('b', ['balance'])];
    expect(coveringDataUses(['age', 'balance'], uses, TODAY)).toEqual({ missing: [], covering: ['a', 'b'] });
    expect(coveringDataUses([], uses, TODAY)).toEqual({ missing: [], covering: [] });
    expect(coveringDataUses(['age'], [], TODAY)).toEqual({ missing: ['age'], covering: [] });
  });
});

describe('recordedAt', () => {
  const at = (hour: number) => new Date(Date.UTC(2026, 10, 16, hour));
  const withdrawn = {
    status: 'WITHDRAWN' as DataUseStatus,
    signedBy: 'carla',
    signedAt: at(10),
    signedNote: 'fine',
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
      note: 'fine',
    });
    expect(recordedAt(withdrawn, at(9))).toEqual({
      ...withdrawn,
      status: 'DECLARED',
      signedBy: null,
      signedAt: null,
      signedNote: null,
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

describe('historyOf', () => {
  const declared = { declaredBy: 'olga', declaredAt: new Date(0) };
  const nothing = {
    signedBy: null,
    signedAt: null,
    signedNote: null,
    decidedBy: null,
    decidedAt: null,
    note: null,
  };
  const signed = { signedBy: 'carla', signedAt: new Date(1), decidedBy: 'carla', decidedAt: new Date(1) };

  it('tells each step, with its note', () => {
    expect(historyOf({ ...declared, ...nothing, status: 'DECLARED' })).toEqual([
      { status: 'DECLARED', by: 'olga', at: new Date(0), note: null },
    ]);
    const use = { ...declared, ...signed, status: 'SIGNED_OFF', signedNote: 'fine', note: 'fine' } as const;
    expect(historyOf(use).slice(1)).toEqual([
      { status: 'SIGNED_OFF', by: 'carla', at: new Date(1), note: 'fine' },
    ]);
    const decided = { decidedBy: 'coen', decidedAt: new Date(2), note: 'no longer' };
    expect(historyOf({ ...use, ...decided, status: 'WITHDRAWN' }).slice(1)).toEqual([
      { status: 'SIGNED_OFF', by: 'carla', at: new Date(1), note: 'fine' },
      { status: 'WITHDRAWN', by: 'coen', at: new Date(2), note: 'no longer' },
    ]);
    expect(historyOf({ ...declared, ...nothing, ...decided, status: 'REFUSED' }).slice(1)).toEqual([
      { status: 'REFUSED', by: 'coen', at: new Date(2), note: 'no longer' },
    ]);
  });

  it('has the note of a sign-off from before it was kept apart', () => {
    const use = { ...declared, ...signed, status: 'SIGNED_OFF', signedNote: null, note: 'fine' } as const;
    expect(historyOf(use)[1]?.note).toBe('fine');
  });
});

describe('the statement of a column', () => {
  const column = { name: 'x', category: 'feature', covered: false, needed: false } as const;

  it.each<[Partial<Parameters<typeof statementOf>[0]>, RegExp]>([
    [{ needed: true, covered: true }, /^The live model reads it and a data use in force covers it/],
    [{ needed: true }, /no run starts/],
    [{ covered: true }, /^A data use in force covers it/],
    [{}, /^The live model does not read it/],
    [{ name: 'deceased', category: 'eligibility' }, /^Only the rules of eligibility read it/],
    // For models, and read by the rules all the same.
    [{ name: 'age' }, /^The rules of eligibility read it.*A model that reads it needs one first/],
    [{ name: 'party_id', category: 'key' }, /^It tells customers apart/],
    [{ category: 'segment' }, /^It is for reports only/],
    [{ category: null, covered: true }, /^The feed contract has it no more/],
  ])('of %o', (change, words) => {
    expect(statementOf({ ...column, ...change })).toMatch(words);
  });
});
