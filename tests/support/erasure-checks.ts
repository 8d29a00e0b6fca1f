import { merkleRoot } from '../../src/audit/merkle.ts';
import { checkInclusion } from '../../src/audit/proof.ts';
import { leafHash } from '../../src/audit/tlog.ts';
import { leafText } from '../../src/domain/decision.ts';
import { BatchRow } from '../../src/store/batch.row.ts';
import { currentDigest } from '../../src/store/batch.store.ts';
import { decisionPaths } from '../../src/store/decision.store.ts';
import { erasedRows, erasureDigest } from '../../src/store/erasure.reads.ts';
import { snapshotDigest } from '../../src/store/reproduction.reads.ts';
import { RunRow } from '../../src/store/run.row.ts';
import type { Database, Transaction } from '../../src/store/transaction.ts';
import { decisionsOf } from './run-record.ts';

/** What of the record no longer agrees with what was signed; nothing when all is well. */
export async function disagreements(db: Database): Promise<readonly string[]> {
  return db.transaction(async (tx) => {
    const faults: string[] = [];
    for (const run of await tx.find(RunRow)) faults.push(...(await runFaults(db, tx, run)));
    for (const batch of await tx.find(BatchRow)) {
      const { all } = await erasedRows(tx, 'recipient', batch.id);
      if (!all && (await currentDigest(tx, batch)) !== batch.digest) faults.push(`batch ${batch.id}`);
    }
    const erasures: { id: string; digest: string }[] = await tx.query('select id, digest from erasure');
    for (const { id, digest } of erasures) {
      if ((await erasureDigest(tx, id)) !== digest) faults.push(`erasure ${id}`);
    }
    return faults;
  });
}

async function runFaults(db: Database, tx: Transaction, run: RunRow): Promise<readonly string[]> {
  const faults: string[] = [];
  const fault = (what: string) => faults.push(`${run.week} ${what}`);
  if (run.snapshotDigest !== null && !(await erasedRows(tx, 'snapshot', run.id)).all) {
    const { digest, moved } = await snapshotDigest(tx, run.id, run.snapshotRows ?? 0);
    if (digest !== run.snapshotDigest || moved) fault('snapshot');
  }
  if (run.decisionRoot === null) return faults;
  const blocks: { hashes: Buffer }[] = await tx.query(
    'select hashes from decision_leaf where run_id = $1 order by block',
    [run.id],
  );
  const root = Buffer.from(merkleRoot(Buffer.concat(blocks.map(({ hashes }) => hashes))));
  if (`sha256:${root.toString('hex')}` !== run.decisionRoot) fault('decision root');
  const decisions = await decisionsOf(db, run.id);
  const erased = await erasedRows(tx, 'decision', run.id);
  if (!erased.all && decisions.length + erased.hashes.size !== run.snapshotRows) fault('decisions');
  const paths = await decisionPaths(
    tx,
    run.id,
    decisions.map(({ row }) => row),
  );
  for (const [at, decision] of decisions.entries()) {
    const path = paths[at];
    if (path === undefined) throw new Error('every row has a path');
    const leaf = leafHash(Buffer.from(leafText(decision.row, decision, decision.salt.toString('hex'))));
    if (!checkInclusion(decision.row, path.size, leaf, path.path, root)) fault(`proof ${decision.row}`);
  }
  return faults;
}

/** The tables that hold a text anywhere in a row, bytes included: what an erased customer must not be in. */
export async function tablesWith(db: Database, text: string): Promise<readonly string[]> {
  const tables: { name: string }[] = await db.query(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname in ('public', 'job_queue') and has_table_privilege(c.oid, 'select') order by 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows: unknown[] = await db.query(
      `select from ${name} t where t::text like '%' || $1 || '%' or t::text like '%' || encode($1::bytea, 'hex') || '%' limit 1`,
      [text],
    );
    if (rows.length > 0) found.push(name);
  }
  return found;
}
