import { z } from 'zod';
import type { ModelCard } from '../../domain/model-card.ts';
import { campaignKey, flag, label, text, week } from './fields.schema.ts';
import { recipe } from './recipe.schema.ts';
import { readYaml } from './yaml-file.ts';

const MOST_FEATURES = 500;

const feature = z.strictObject({
  name: z
    .string('must be text')
    .regex(
      /^[A-Za-z][A-Za-z0-9_. -]{0,63}$/,
      'must be a letter, then letters, digits, _, ., - and blanks, 64 at most',
    ),
  label,
  unit: text(40).optional(),
  description: text().optional(),
  recipe,
  direction: z.union([z.literal(-1), z.literal(0), z.literal(1)], 'must be -1, 0 or 1'),
  changeable: flag,
});

const card = z.strictObject(
  {
    format: z.literal('model-package/1', 'must be model-package/1'),
    campaign: campaignKey,
    name: text(64),
    version: text(64),
    builder: text(500),
    output: z.strictObject(
      {
        name: text(200),
        index: z
          .number('must be a whole number')
          .int('must be a whole number')
          .min(0, 'counts from 0')
          .max(1000, 'must not be more than 1000'),
      },
      'must be { name, index }',
    ),
    trained: z
      .strictObject({ from: week, to: week }, 'must be { from, to }')
      .refine(({ from, to }) => from <= to, { path: ['to'], error: 'must not be before from' }),
    features: z
      .array(feature, 'must be a list of features')
      .min(1, 'must not be empty')
      .max(MOST_FEATURES, `must not be longer than ${MOST_FEATURES}`)
      .superRefine((features, context) => {
        const names = features.map(({ name }) => name);
        names.forEach((name, index) => {
          if (names.indexOf(name) < index || name === 'week' || name === 'label') {
            const message =
              names.indexOf(name) < index ? `${name} is there twice` : 'is a name of training.csv';
            context.addIssue({ code: 'custom', path: [index, 'name'], message });
          }
        });
      }),
    intendedUse: text(5000),
    notToBeUsedWhen: z.array(text(), 'must be a list of texts').min(1, 'must not be empty'),
    weaknesses: z.array(text(), 'must be a list of texts').min(1, 'must not be empty'),
  },
  'must be a map of fields',
);

/** Reads the text of a `card.yaml` (feed.md §2). Throws PackageError with every fault: line, field and rule. */
export function readCard(yaml: string, file = 'card.yaml'): ModelCard {
  return readYaml(file, yaml, card);
}
