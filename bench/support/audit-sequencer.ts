/** A process that sequences, as the worker does, until it is told to stop. Argument: the address of the database. */
import pg from 'pg';
import type { AuditTransaction } from '../../src/audit/audit-transaction.ts';
import { startSequencer } from '../../src/audit/sequencer.ts';
import { LOG } from './audit-bench.ts';

const client = new pg.Client({ connectionString: process.argv[2] ?? '' });
await client.connect();
const tx: AuditTransaction = {
  query: async (sql, parameters = []) => (await client.query(sql, parameters)).rows,
};
const sequencer = startSequencer({
  transaction: async (work) => {
    await client.query('begin');
    try {
      const moved = await work(tx);
      await client.query('commit');
      return moved;
    } catch (error) {
      await client.query('rollback');
      throw error;
    }
  },
  log: LOG,
  clock: { now: () => new Date() },
  onError: (error) => console.error(error),
});
process.on('message', async () => {
  await sequencer.stop();
  await client.end();
  process.disconnect();
});
process.send?.('ready');
