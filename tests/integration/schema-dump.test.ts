import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ownerDataSource } from '../../src/store/data-source.ts';
import { dumpSchema } from '../../src/store/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { expectGolden } from '../support/golden.ts';
import { changeState } from '../support/state-change.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
});

it('is the schema that migrations/schema.sql shows', async () => {
  const owner = await ownerDataSource(database.databaseUrl).initialize();
  const found = await dumpSchema(owner).finally(() => owner.destroy());
  await expectGolden(found, join(import.meta.dirname, '../../migrations/schema.sql'));
});

it('does not change when a run gets its partitions', async () => {
  const owner = await ownerDataSource(database.databaseUrl).initialize();
  try {
    const before = await dumpSchema(owner);
    const run = '00000000-0000-4000-8000-000000000001';
    await changeState(owner, (tx) => tx.query(`select open_partition('decision', $1)`, [run]));
    expect(await dumpSchema(owner)).not.toBe(before);
    await changeState(owner, (tx) => tx.query(`select seal_partition('decision', $1)`, [run]));
    expect(await dumpSchema(owner)).toBe(before);
  } finally {
    await owner.destroy();
  }
});
