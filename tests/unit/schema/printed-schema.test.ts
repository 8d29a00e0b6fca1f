import { join } from 'node:path';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { it } from 'vitest';
import { buildApiSchema } from '../../../src/resolvers/api-schema.ts';
import { expectGolden } from '../../support/golden.ts';

it('is printed in schema.graphql, so that no change of the API goes unseen', async () => {
  const printed = `${printSchema(lexicographicSortSchema(buildApiSchema()))}\n`;
  await expectGolden(printed, join(import.meta.dirname, '../../../schema.graphql'));
});
