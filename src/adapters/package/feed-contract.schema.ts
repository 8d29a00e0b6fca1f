import { z } from 'zod';
import { COLUMN_CATEGORIES, COLUMN_TYPES, type ColumnType } from '../../domain/feed-contract.ts';
import { forbiddenColumn } from '../../domain/forbidden-data.ts';
import { columnName, label, number, text } from './fields.schema.ts';

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
const OBLIGATORY = ['opt_in', 'age'];

const column = z
  .strictObject({
    name: columnName,
    type: z.enum(COLUMN_TYPES, `must be one of ${COLUMN_TYPES.join(', ')}`),
    category: z.enum(COLUMN_CATEGORIES, `must be one of ${COLUMN_CATEGORIES.join(', ')}`),
    unit: text(40).optional(),
    min: number.optional(),
    max: number.optional(),
    values: z
      .array(text(200))
      .min(1, 'must not be empty')
      .max(1000, 'must not be longer than 1000')
      .optional(),
    label: label.optional(),
  })
  .superRefine((column, context) => {
    const fault = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    const { name, type, category, min, max, values } = column;
    const kind = forbiddenColumn(name);
    if (kind !== null) fault('name', `forbidden data never gets in: ${kind}`);
    if (category === 'key' && type !== 'id') fault('type', 'the key column must be of the type id');
    const known = ELIGIBILITY.get(name);
    if (category === 'eligibility' && known === undefined) {
      fault('name', `eligibility columns that the rules know are ${[...ELIGIBILITY.keys()].join(', ')}`);
    }
    if (known !== undefined && type !== known) fault('type', `must be ${known}: the rules read it`);
    if (known !== undefined && category !== 'eligibility' && !(name === 'age' && category !== 'key')) {
      fault('category', 'must be eligibility: the rules read it');
    }
    const numeric = type === 'integer' || type === 'number';
    if (!numeric && min !== undefined) fault('min', 'is for integer and number columns');
    if (!numeric && max !== undefined) fault('max', 'is for integer and number columns');
    if (min !== undefined && max !== undefined && min > max) fault('max', 'must not be less than min');
    if (values !== undefined && type !== 'text') fault('values', 'is for text columns');
    if (values !== undefined && new Set(values).size < values.length)
      fault('values', 'must not repeat a value');
  });

/** The feed contract of a campaign: one key, opt_in and age, no name twice, nothing forbidden. */
export const feedContract = z.strictObject({
  columns: z.array(column, 'must be a list of columns').superRefine((columns, context) => {
    const names = columns.map(({ name }) => name);
    names.forEach((name, index) => {
      if (names.indexOf(name) < index) {
        context.addIssue({ code: 'custom', path: [index, 'name'], message: `${name} is there twice` });
      }
    });
    if (columns.filter(({ category }) => category === 'key').length !== 1) {
      context.addIssue({ code: 'custom', message: 'must have exactly one column of the category key' });
    }
    for (const name of OBLIGATORY) {
      if (!names.includes(name)) {
        context.addIssue({
          code: 'custom',
          message: `must have the column ${name}, without which nobody is judged`,
        });
      }
    }
  }),
});
