import type pg from 'pg';
import { appendEntry } from '../../src/audit/append.ts';
import type { AuditTransaction } from '../../src/audit/audit-transaction.ts';
import type { AuditEntry } from '../../src/audit/entry.ts';
import { entryBytes } from '../../src/audit/entry.ts';
import { type AuditBench, approval, drained, forkSequencer, quantile } from './audit-bench.ts';

/** What a writer does in one transaction, the n-th of all. */
type Write = (client: pg.Client, n: number) => Promise<unknown>;

interface Pair {
  readonly name: string;
  readonly plain: Write;
  readonly audited: Write;
}

const on = (client: pg.Client): AuditTransaction => ({
  query: async (sql, parameters = []) => (await client.query(sql, parameters)).rows,
});
const together = async (client: pg.Client, ...work: readonly (() => Promise<unknown>)[]) => {
  await client.query('begin');
  for (const step of work) await step();
  await client.query('commit');
};
const change = (client: pg.Client, table: string, n: number) =>
  client.query(
    `insert into ${table} (customer, recorded_on, recorded_by) values ($1, '2026-11-16', 'olga')`,
    [`c${n}`],
  );

const insert = (client: pg.Client, n: number) =>
  client.query('insert into plain (bytes) values ($1)', [entryBytes(approval(n))]);
const append = (client: pg.Client, n: number) => appendOn(client, approval(n));

/** Appends an entry in a transaction of its own, or in that of the connection. */
export function appendOn(client: pg.Client, entry: AuditEntry): Promise<void> {
  return appendEntry(on(client), entry);
}

/** The same bytes into a table with a key and nothing else; and through the log. */
const PAIRS: readonly Pair[] = [
  { name: 'an entry', plain: insert, audited: append },
  {
    name: 'a change of an audited table, and its entry',
    plain: (client, n) =>
      together(
        client,
        () => change(client, 'plain_opt_out', n),
        () => insert(client, n),
      ),
    audited: (client, n) =>
      together(
        client,
        () => change(client, 'opt_out', n),
        () => append(client, n),
      ),
  },
];

const WRITERS = [16, 64];

/**
 * The rate of appending against that of a plain INSERT of the same bytes, transaction by transaction, in turns of some seconds, with
 * a sequencer at work beside both. Prints the medians.
 */
export async function appendRate(bench: AuditBench, rounds: number, seconds: number): Promise<void> {
  await bench.owner.query(
    `create table plain (id bigint generated always as identity primary key, bytes bytea not null);
     create table plain_opt_out (like opt_out including all);
     grant insert on plain, plain_opt_out to waarom_app`,
  );
  const clients = await Promise.all(Array.from({ length: 64 }, () => bench.connect()));
  const stop = await forkSequencer(bench.url);
  let n = 0;
  const rate = async (write: Write, writers: number) => {
    const end = performance.now() + 1000 * seconds;
    const before = n;
    await Promise.all(
      clients.slice(0, writers).map(async (client) => {
        while (performance.now() < end) await write(client, n++);
      }),
    );
    return (n - before) / seconds;
  };
  for (const { name, plain, audited } of PAIRS) {
    for (const writers of WRITERS) {
      const ratios: number[] = [];
      const rates: number[] = [];
      const drains: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const [first, second] = round % 2 === 0 ? [plain, audited] : [audited, plain];
        const one = await rate(first, writers);
        const drain = await drained(bench.owner);
        const two = await rate(second, writers);
        drains.push(drain + (await drained(bench.owner)));
        const [inserted, appended] = first === plain ? [one, two] : [two, one];
        ratios.push(appended / inserted);
        rates.push(appended);
      }
      console.log(
        `${name}, ${writers} writers: ${quantile(ratios, 0.5).toFixed(3)} of a plain INSERT ` +
          `(${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}), ${Math.round(quantile(rates, 0.5))} a second; ` +
          `${quantile(drains, 0.5).toFixed(1)} s of it left to sequence after ${seconds} s`,
      );
    }
  }
  await stop();
  await Promise.all(clients.map((client) => client.end()));
}
