import type { ColumnType, ContractColumn } from './feed-contract.ts';
import { forbiddenColumn } from './forbidden-data.ts';

/** What is wrong with a field of a column; the rule finishes the sentence "this field …". */
export interface ColumnFault {
  readonly field: keyof ContractColumn;
  readonly rule: string;
}

/** What is wrong with a list of columns: with the one at a place, or with all of them. */
export interface ColumnsFault {
  readonly place: number | null;
  readonly rule: string;
}

/** How many characters the texts of a column have at the most, and how many values its closed list. */
export const LONGEST = { unit: 40, label: 200, value: 200, values: 1000 } as const;

export const COLUMN_NAME = /^[a-z][a-z0-9_]{0,62}$/;

/** The eligibility columns that the rules know, with the type that they read (feed.md §1). */
const ELIGIBILITY: ReadonlyMap<string, ColumnType> = new Map([
  ['is_private', 'boolean'],
  ['holds_product', 'boolean'],
  ['opt_in', 'boolean'],
  ['opt_in_on', 'date'],
  ['opted_out', 'boolean'],
  ['deceased', 'boolean'],
  ['fraud_flag', 'boolean'],
  ['relationship_ended', 'boolean'],
  ['address_bounced', 'boolean'],
  ['age', 'integer'],
]);

/** Whether the rules of eligibility read a column of this name. */
export function isReadByRules(name: string): boolean {
  return ELIGIBILITY.has(name);
}

const OBLIGATORY = ['opt_in', 'age'];

/** What a column may not be (feed.md §1): forbidden data, a type or category that the rules do not read, limits that no cell has. */
export function columnFaults(column: ContractColumn): readonly ColumnFault[] {
  const { name, type, category, min, max, values } = column;
  const faults: ColumnFault[] = [];
  const fault = (field: keyof ContractColumn, rule: string) => void faults.push({ field, rule });
  const kind = forbiddenColumn(name);
  if (kind !== null) fault('name', `forbidden data never gets in: ${kind}`);
  if (category === 'key' && type !== 'id') fault('type', 'the key column must be of the type id');
  const known = ELIGIBILITY.get(name);
  if (category === 'eligibility' && known === undefined)
    fault('name', `eligibility columns that the rules know are ${[...ELIGIBILITY.keys()].join(', ')}`);
  if (known !== undefined && type !== known) fault('type', `must be ${known}: the rules read it`);
  if (known !== undefined && category !== 'eligibility' && !(name === 'age' && category !== 'key'))
    fault('category', 'must be eligibility: the rules read it');
  const numeric = type === 'integer' || type === 'number';
  if (!numeric && min !== undefined) fault('min', 'is for integer and number columns');
  if (!numeric && max !== undefined) fault('max', 'is for integer and number columns');
  if (min !== undefined && max !== undefined && min > max) fault('max', 'must not be less than min');
  if (values !== undefined && type !== 'text') fault('values', 'is for text columns');
  if (values !== undefined && new Set(values).size < values.length)
    fault('values', 'must not repeat a value');
  return faults;
}

/** What a list of columns may not be: one key, opt_in and age, no name twice. */
export function columnsFaults(
  columns: readonly Pick<ContractColumn, 'name' | 'category'>[],
): readonly ColumnsFault[] {
  const names = columns.map(({ name }) => name);
  const twice = names.flatMap((name, place) =>
    names.indexOf(name) < place ? [{ place, rule: `${name} is there twice` }] : [],
  );
  const keys = columns.filter(({ category }) => category === 'key').length;
  return [
    ...twice,
    ...(keys === 1 ? [] : [{ place: null, rule: 'must have exactly one column of the category key' }]),
    ...OBLIGATORY.filter((name) => !names.includes(name)).map((name) => ({
      place: null,
      rule: `must have the column ${name}, without which nobody is judged`,
    })),
  ];
}
