import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isCustomer } from '../../src/domain/customer.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const taken = (text: string) =>
  client.query('select $1::customer_id', [text]).then(
    () => true,
    ({ code }: { code: string }) => (code === '23514' ? false : Promise.reject(new Error(code))),
  );

it('is in the database what it is in the service', async () => {
  const near = fc.string({ unit: fc.constantFrom(...'aZ09_-', ' ', '\n', '.', 'é', '{'), maxLength: 66 });
  await fc.assert(
    fc.asyncProperty(near, async (text) => {
      expect(await taken(text)).toBe(isCustomer(text));
    }),
    {
      numRuns: 200,
      examples: ['', 'c1', 'c1\n', 'a'.repeat(64), 'a'.repeat(65), 'Jan Jansen'].map((id) => [id]),
    },
  );
});
