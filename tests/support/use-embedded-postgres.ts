import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/adapters/postgres/embedded-postgres.ts';

/**
 * A process that uses the embedded PostgreSQL in the folder given, adds a row, says so and waits to be killed,
 * or leaves at once when told to `leave`.
 */
const [folder = '', mode] = process.argv.slice(2);
const server = await startEmbeddedPostgres(folder, { shared_buffers: '16MB' });
const client = new pg.Client({ connectionString: server.url });
client.on('error', () => undefined);
await client.connect();
await client
  .query('create table if not exists mark (at timestamptz default clock_timestamp())')
  .catch(() => undefined);
await client.query('insert into mark default values');
const { rows } = await client.query<{ marks: number }>('select count(*)::int as marks from mark');
process.stdout.write(`${JSON.stringify({ pid: process.pid, marks: rows[0]?.marks })}\n`);
if (mode === 'leave') {
  await client.end();
  await server.stop();
}
