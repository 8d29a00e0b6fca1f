import { z } from 'zod';
import { COLUMN_CATEGORIES, COLUMN_TYPES } from '../../domain/feed-contract.ts';
import { columnFaults, columnsFaults, LONGEST } from '../../domain/feed-contract-rules.ts';
import { columnName, number, text } from './fields.schema.ts';

const label = z.strictObject({ nl: text(LONGEST.label), en: text(LONGEST.label) }, 'must be { nl, en }');

const column = z
  .strictObject({
    name: columnName,
    type: z.enum(COLUMN_TYPES, `must be one of ${COLUMN_TYPES.join(', ')}`),
    category: z.enum(COLUMN_CATEGORIES, `must be one of ${COLUMN_CATEGORIES.join(', ')}`),
    unit: text(LONGEST.unit).optional(),
    min: number.optional(),
    max: number.optional(),
    values: z
      .array(text(LONGEST.value))
      .min(1, 'must not be empty')
      .max(LONGEST.values, `must not be longer than ${LONGEST.values}`)
      .optional(),
    label: label.optional(),
  })
  .superRefine((column, context) => {
    for (const { field, rule } of columnFaults(column))
      context.addIssue({ code: 'custom', path: [field], message: rule });
  });

/** The feed contract of a campaign: one key, opt_in and age, no name twice, nothing forbidden. */
export const feedContract = z.strictObject({
  columns: z.array(column, 'must be a list of columns').superRefine((columns, context) => {
    for (const { place, rule } of columnsFaults(columns))
      context.addIssue({ code: 'custom', path: place === null ? [] : [place, 'name'], message: rule });
  }),
});
