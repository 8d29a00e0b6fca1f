import { z } from 'zod';
import type { Recipe } from '../../domain/recipe.ts';
import { columnName, number, text } from './fields.schema.ts';

const common = {
  clip: z
    .tuple([number, number], 'must be [lowest, highest]')
    .refine(([low, high]) => low <= high, 'the lowest must not be more than the highest')
    .optional(),
  missing: number.optional(),
};
const columns = z.tuple([columnName, columnName], 'must be a list of two columns');

const RECIPES: ReadonlyMap<string, z.ZodType<Recipe>> = new Map<string, z.ZodType<Recipe>>([
  ['column', z.strictObject({ column: columnName, ...common })],
  [
    'weighted',
    z.strictObject({
      weighted: z
        .record(columnName, number, 'must be weights by column')
        .refine((weights) => Object.keys(weights).length > 0, 'must not be empty'),
      ...common,
    }),
  ],
  ['difference', z.strictObject({ difference: columns, ...common })],
  ['relativeChange', z.strictObject({ relativeChange: columns, ...common })],
  ['ratio', z.strictObject({ ratio: columns, ...common })],
  [
    'fundChange',
    z.strictObject({
      fundChange: z.strictObject(
        {
          days: z
            .number('must be a whole number')
            .int('must be a whole number')
            .min(1, 'must be at least 1')
            .max(366, 'must not be more than 366'),
        },
        'must be { days }',
      ),
      ...common,
    }),
  ],
  [
    'category',
    z.strictObject({
      category: columnName,
      codes: z
        .record(text(200), number, 'must be numbers by value')
        .refine((codes) => Object.keys(codes).length > 0, 'must not be empty'),
      otherwise: number,
      ...common,
    }),
  ],
]);

/** A recipe of the closed set (feed.md §2); its faults are those of the kind that it names. */
export const recipe = z.unknown().transform((value, context): Recipe => {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const kinds = keys.filter((key) => RECIPES.has(key));
  const schema = RECIPES.get(kinds[0] ?? '');
  if (kinds.length !== 1 || schema === undefined) {
    context.addIssue({ code: 'custom', message: `must name one of ${[...RECIPES.keys()].join(', ')}` });
    return z.NEVER;
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) context.addIssue({ ...issue });
  return z.NEVER;
});
