import { describe, expect, it } from 'vitest';
import type { ContractColumn, FeedContract } from '../../src/domain/feed-contract.ts';
import {
  contractDifferences,
  contractFindings,
  proposalFaults,
  statusInWeek,
} from '../../src/domain/feed-contract-change.ts';
import type { ModelCard } from '../../src/domain/model-card.ts';

const KEY: ContractColumn = { name: 'party_id', type: 'id', category: 'key' };
const AGE: ContractColumn = { name: 'age', type: 'integer', category: 'feature', min: 0, max: 120 };
const BALANCE: ContractColumn = { name: 'balance', type: 'number', category: 'feature', unit: 'EUR' };
const JOB: ContractColumn = { name: 'job', type: 'text', category: 'feature', values: ['a', 'b'] };
const OPT_IN: ContractColumn = { name: 'opt_in', type: 'boolean', category: 'eligibility' };
const DECEASED: ContractColumn = { name: 'deceased', type: 'boolean', category: 'eligibility' };
const REGION: ContractColumn = { name: 'region', type: 'text', category: 'segment' };
const BEFORE: FeedContract = { columns: [KEY, AGE, BALANCE, JOB, OPT_IN, DECEASED, REGION] };
const feature = (recipe: ModelCard['features'][number]['recipe']): ModelCard['features'][number] => ({
  name: 'f',
  label: { nl: 'f', en: 'f' },
  recipe,
  direction: 0,
  changeable: false,
});
const CARD: ModelCard = {
  format: 'model-package/1',
  campaign: 'small',
  name: 'boosted',
  version: '2',
  builder: 'b',
  output: { name: 'p', index: 0 },
  trained: { from: '2020-W01', to: '2020-W02' },
  features: [feature({ column: 'balance' }), feature({ category: 'job', codes: { a: 0 }, otherwise: 1 })],
  intendedUse: 'i',
  notToBeUsedWhen: [],
  weaknesses: [],
};
const COVERED = new Set(['balance', 'job', 'age', 'region']);
const changed = (name: string, change: Partial<ContractColumn> | null): FeedContract => ({
  columns: BEFORE.columns.flatMap((column) =>
    column.name !== name ? [column] : change === null ? [] : [{ ...column, ...change }],
  ),
});
const findings = (after: FeedContract, live: ModelCard | null = CARD, covered = COVERED) =>
  contractFindings(BEFORE, after, { live, covered }).map(({ rule, column, bars }) => [rule, column, bars]);

describe('contractDifferences', () => {
  it('tells columns that come, go and change, field by field', () => {
    const after = {
      columns: [...changed('age', { max: 110 }).columns.slice(0, -1), { ...JOB, name: 'income' }],
    };
    expect(contractDifferences(BEFORE, after)).toEqual([
      { column: 'age', field: 'max', before: '120', after: '110' },
      { column: 'region', field: 'column', before: 'text, segment', after: null },
      { column: 'income', field: 'column', before: null, after: 'text, feature, values a, b' },
    ]);
    expect(contractDifferences(BEFORE, BEFORE)).toEqual([]);
  });

  it('tells labels and limits that were not there', () => {
    const label = { nl: 'leeftijd', en: 'age' };
    expect(contractDifferences(BEFORE, changed('age', { label, min: undefined }))).toEqual([
      { column: 'age', field: 'min', before: '0', after: null },
      { column: 'age', field: 'label', before: null, after: 'leeftijd / age' },
    ]);
  });
});

describe('contractFindings', () => {
  it.each<[string, FeedContract, unknown[]]>([
    ['nothing', BEFORE, []],
    ['a needed column removed', changed('balance', null), [['NEEDED', 'balance', true]]],
    ['a needed column made a text', changed('balance', { type: 'text' }), [['NEEDED', 'balance', true]]],
    ['a needed column made a segment', changed('job', { category: 'segment' }), [['NEEDED', 'job', true]]],
    [
      'a needed column of another number',
      changed('balance', { type: 'integer' }),
      [['RETYPED', 'balance', false]],
    ],
    ['other values of a needed column', changed('job', { values: ['a'] }), [['VALUES', 'job', false]]],
    ['another label', changed('balance', { label: { nl: 'x', en: 'x' } }), []],
    ['a column that is not needed removed', changed('region', null), []],
    ['a rule without its column', changed('deceased', null), [['ELIGIBILITY', 'deceased', false]]],
    ['another key', changed('party_id', { name: 'customer_key' }), [['KEY', 'customer_key', false]]],
    [
      'a new column',
      { columns: [...BEFORE.columns, { ...BALANCE, name: 'income' }] },
      [['NOT_COVERED', 'income', false]],
    ],
    ['a new flag', { columns: [...BEFORE.columns, { ...OPT_IN, name: 'fraud_flag' }] }, []],
  ])('%s', (_, after, found) => {
    expect(findings(after)).toEqual(found);
  });

  it('needs nothing for a model that is not there, and covers what the model needs', () => {
    expect(findings(changed('balance', null), null)).toEqual([]);
    expect(findings(BEFORE, CARD, new Set(['job']))).toEqual([['NOT_COVERED', 'balance', false]]);
  });
});

describe('proposalFaults', () => {
  it('finds nothing in a contract', () => {
    expect(proposalFaults(BEFORE)).toEqual([]);
  });

  it.each<[string, FeedContract, RegExp]>([
    [
      'forbidden data',
      { columns: [...BEFORE.columns, { ...REGION, name: 'postcode' }] },
      /postcode, name forbidden data never gets in: postal code/,
    ],
    ['a name twice', { columns: [...BEFORE.columns, AGE] }, /age is there twice/],
    ['no key', changed('party_id', null), /exactly one column of the category key/],
    ['no opt_in', changed('opt_in', null), /must have the column opt_in/],
    ['a flag of another type', changed('deceased', { type: 'text' }), /deceased, type must be boolean/],
    ['a strange name', changed('region', { name: 'Region' }), /lower-case letter/],
    ['an empty list of values', changed('job', { values: [] }), /1 to 1000/],
    ['an empty unit', changed('balance', { unit: ' ' }), /unit must have 1 to 40 characters/],
    ['a long value', changed('job', { values: ['x'.repeat(201)] }), /values must have 1 to 200 characters/],
    ['limits beyond float32', changed('balance', { max: 1e39 }), /3.4e38/],
  ])('%s', (_, contract, told) => {
    expect(proposalFaults(contract).join()).toMatch(told);
  });
});

it('an approved change is effective from its week on', () => {
  expect(statusInWeek('APPROVED', '2026-W48', '2026-W47')).toBe('APPROVED');
  expect(statusInWeek('APPROVED', '2026-W48', '2026-W48')).toBe('EFFECTIVE');
  expect(statusInWeek('WITHDRAWN', '2026-W48', '2026-W49')).toBe('WITHDRAWN');
  expect(statusInWeek('PROPOSED', null, '2026-W49')).toBe('PROPOSED');
});
