import fc from 'fast-check';
import type { Config } from '../../src/domain/campaign.ts';
import type { SnapshotBlock } from '../../src/domain/eligibility.ts';
import type { ContractColumn } from '../../src/domain/feed-contract.ts';
import { dayNumber } from '../../src/domain/week.ts';
import { SMALL_CONFIG } from './small-campaign.ts';

export const AS_OF = '2026-11-15';
/** The day on which the first mail would go out, Monday 16 November. */
export const SEND = dayNumber('2026-11-16');

export const FLAGS = [
  'is_private',
  'holds_product',
  'opt_in',
  'opted_out',
  'deceased',
  'fraud_flag',
  'relationship_ended',
  'address_bounced',
] as const;
export type Flag = (typeof FLAGS)[number];

export const CONTRACT = {
  columns: [
    { name: 'party_id', type: 'id', category: 'key' },
    { name: 'age', type: 'integer', category: 'feature' },
    { name: 'region', type: 'text', category: 'segment' },
    ...FLAGS.map((name): ContractColumn => ({ name, type: 'boolean', category: 'eligibility' })),
  ] satisfies ContractColumn[],
};

/** A customer as the rules see one; null is a missing value. */
export interface Case extends Record<Flag, boolean | null> {
  age: number | null;
  quiet: boolean;
  optedOutElsewhere: boolean;
  flowStarts: readonly number[] | null;
  mails: readonly number[] | null;
}

export const FINE: Case = {
  age: 40,
  is_private: true,
  holds_product: false,
  opt_in: true,
  opted_out: false,
  deceased: false,
  fraud_flag: false,
  relationship_ended: false,
  address_bounced: false,
  quiet: false,
  optedOutElsewhere: false,
  flowStarts: null,
  mails: null,
};

export function blockOf(cases: readonly Case[], flags: readonly Flag[] = FLAGS): SnapshotBlock {
  const column = (of: (c: Case) => number | boolean | null) =>
    Float64Array.from(cases, (c) => {
      const value = of(c);
      return value === null ? Number.NaN : Number(value);
    });
  return {
    rows: cases.length,
    customers: cases.map((_, i) => `c${i}`),
    numbers: [column((c) => c.age), ...flags.map((flag) => column((c) => c[flag]))],
    texts: [cases.map(() => 'north')],
    quiet: Uint8Array.from(cases, (c) => Number(c.quiet)),
    optedOut: Uint8Array.from(cases, (c) => Number(c.optedOutElsewhere)),
    flowStarts: cases.map((c) => c.flowStarts),
    mails: cases.map((c) => c.mails),
  };
}

export const SETTINGS = {
  ...SMALL_CONFIG,
  minAge: 21,
  maxAge: 74,
  restWeeks: 4,
  maxMailsPerDay: 1,
  maxMailsPer14Days: 3,
};

const maybe = fc.option(fc.boolean(), { nil: null });
const days = fc.option(fc.array(fc.integer({ min: SEND - 40, max: SEND + 20 }), { maxLength: 6 }), {
  nil: null,
});
export const anyCase: fc.Arbitrary<Case> = fc.record({
  age: fc.option(fc.integer({ min: 0, max: 100 }), { nil: null }),
  ...(Object.fromEntries(FLAGS.map((flag) => [flag, maybe])) as Record<Flag, typeof maybe>),
  quiet: fc.boolean(),
  optedOutElsewhere: fc.boolean(),
  flowStarts: days,
  mails: days,
});
export const anySettings: fc.Arbitrary<Config> = fc
  .record({
    minAge: fc.integer({ min: 0, max: 40 }),
    maxAge: fc.integer({ min: 41, max: 100 }),
    restWeeks: fc.integer({ min: 0, max: 6 }),
    maxMailsPerDay: fc.integer({ min: 0, max: 3 }),
    maxMailsPer14Days: fc.integer({ min: 0, max: 6 }),
  })
  .map((changed) => ({ ...SETTINGS, ...changed }));
