import { join } from 'node:path';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { expect, it } from 'vitest';
import { apiSchema } from './api-schema.ts';

it('is printed in schema.graphql, so that no change of the API goes unseen (npx vitest -u writes it)', async () => {
  const printed = `${printSchema(lexicographicSortSchema(apiSchema()))}\n`;
  await expect(printed).toMatchFileSnapshot(join(import.meta.dirname, '../../../schema.graphql'));
});
