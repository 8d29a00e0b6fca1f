import type pg from 'pg';
import type { AuditTransaction } from '../../src/audit/audit-transaction.ts';
import { entryBytes } from '../../src/audit/entry.ts';
import { hashReader, newestCheckpoint } from '../../src/audit/log-reads.ts';
import { checkConsistency, checkInclusion, proveConsistency, proveInclusion } from '../../src/audit/proof.ts';
import { sequence } from '../../src/audit/sequencer.ts';
import { type AuditBench, approval, LOG, quantile } from './audit-bench.ts';

const PROOFS = 500;
const CLOCK = { now: () => new Date() };

/** What proofs cost in a log of `size` entries: bytes, and milliseconds to make from the database and to check. Prints the medians. */
export async function proofCost(bench: AuditBench, size: number): Promise<void> {
  const client = await bench.connect();
  const db: AuditTransaction = {
    query: async (sql, parameters = []) => (await client.query(sql, parameters)).rows,
  };
  const began = performance.now();
  await fill(bench.owner, client, db, size);
  console.log(`${size} entries sequenced in ${((performance.now() - began) / 1000).toFixed(0)} s`);
  const newest = await newestCheckpoint(db);
  if (newest === undefined) throw new Error('there is no checkpoint');
  const reader = hashReader(db);
  const { rows } = await bench.owner.query(
    'select c.size::float8, c.root from audit_checkpoint c where c.size > 0 order by c.size',
  );
  const inclusion: Cost[] = [];
  const consistency: Cost[] = [];
  for (let n = 0; n < PROOFS; n++) {
    const index = Math.floor(((n + 0.5) / PROOFS) * newest.size);
    const { rows: leaves } = await bench.owner.query('select leaf from audit_entry where index = $1', [
      index,
    ]);
    inclusion.push(
      await costOf(
        () => proveInclusion(index, newest.size, reader),
        (path) => checkInclusion(index, newest.size, leaves[0].leaf, path, newest.root),
      ),
    );
    const earlier = rows[Math.floor(((n + 0.5) / PROOFS) * rows.length)];
    consistency.push(
      await costOf(
        () => proveConsistency(earlier.size, newest.size, reader),
        (path) => checkConsistency(earlier.size, newest.size, earlier.root, newest.root, path),
      ),
    );
  }
  for (const [name, costs] of [
    ['inclusion', inclusion],
    ['consistency', consistency],
  ] as const) {
    const of = (key: keyof Cost, share: number) =>
      quantile(
        costs.map((cost) => cost[key]),
        share,
      );
    console.log(
      `${name} proof of ${newest.size} entries: ${of('bytes', 0.5)} bytes (at most ${of('bytes', 1)}), ` +
        `made in ${of('made', 0.5).toFixed(2)} ms (p99 ${of('made', 0.99).toFixed(2)}), ` +
        `checked in ${(1000 * of('checked', 0.5)).toFixed(0)} µs`,
    );
  }
  await client.end();
}

interface Cost {
  readonly bytes: number;
  readonly made: number;
  readonly checked: number;
}

async function costOf(
  prove: () => Promise<readonly Uint8Array[]>,
  check: (path: readonly Uint8Array[]) => boolean,
): Promise<Cost> {
  const begin = performance.now();
  const path = await prove();
  const made = performance.now();
  if (!check(path)) throw new Error('a proof does not hold');
  return { bytes: 32 * path.length, made: made - begin, checked: performance.now() - made };
}

/** Stages by the server, tens of thousands at a time, and sequences as it always is. */
async function fill(owner: pg.Client, client: pg.Client, db: AuditTransaction, size: number): Promise<void> {
  const { rows } = await owner.query('select count(*)::int as entries from audit_entry');
  const template = Buffer.from(entryBytes(approval(0))).toString();
  const [subject = ''] = [approval(0).subject ?? ''];
  for (let at: number = rows[0].entries; at < size; at += 20_000) {
    await owner.query(
      `insert into audit_staged (bytes)
       select convert_to(replace($1, $2, 'e-' || n), 'UTF8') from generate_series($3::int, $4::int) n`,
      [template, subject, at, Math.min(at + 20_000, size) - 1],
    );
    for (let moved = -1; moved !== 0; ) {
      await client.query('begin');
      moved = await sequence(db, LOG, CLOCK, 2000);
      await client.query('commit');
    }
  }
}
