import { createHash } from 'node:crypto';
import { In } from 'typeorm';
import { HASH_SIZE } from '../audit/tlog.ts';
import type { ErasedChoice } from '../domain/selection.ts';
import type { IsoDate } from '../domain/week.ts';
import { erasedRows } from './erasure.reads.ts';
import { eachFrozenRow } from './recorded-rows.reads.ts';
import { ReproductionRow } from './reproduction.row.ts';
import type { Transaction } from './transaction.ts';

/** The rows of a run whose decisions were erased, with what of the choice they left. */
export async function erasedChoices(
  tx: Transaction,
  runId: string,
): Promise<ReadonlyMap<number, ErasedChoice>> {
  const rows: { row: number; rank: number | null; explored: boolean }[] = await tx.query(
    `select row_no as row, rank, explored from erased_row where kind = 'decision' and owner_id = $1 and row_no is not null`,
    [runId],
  );
  return new Map(rows.map(({ row, rank, explored }) => [row, { rank, explored }]));
}

/**
 * The digest of a run's frozen rows as they stand, and whether one lies elsewhere than it was loaded; of an erased one its hash
 * was kept. Any row too many (twice, erased, beyond the last) or too few changes the digest, in whatever order they lie.
 */
export async function snapshotDigest(
  tx: Transaction,
  runId: string,
  rows: number,
): Promise<{ readonly digest: string; readonly moved: boolean }> {
  const hashes = Buffer.alloc(rows * HASH_SIZE);
  const taken = new Uint8Array(rows);
  const { hashes: erased } = await erasedRows(tx, 'snapshot', runId);
  let tooMany = 0;
  for (const [row, hash] of erased) {
    if (taken[row] !== 0) tooMany++;
    else {
      taken[row] = 1;
      hashes.set(hash ?? [], row * HASH_SIZE);
    }
  }
  let last = -1;
  let moved = false;
  await eachFrozenRow(tx, runId, (row, sha256) => {
    moved ||= row < last;
    last = row;
    if (taken[row] !== 0) tooMany++;
    else {
      taken[row] = 1;
      hashes.write(sha256, row * HASH_SIZE, HASH_SIZE, 'latin1');
    }
  });
  const digest = createHash('sha256').update(hashes);
  if (tooMany > 0) digest.update(`${tooMany} rows too many`);
  return { digest: `sha256:${digest.digest('hex')}`, moved };
}

/** The reproductions of runs, the newest first. */
export async function reproductionsOf(
  db: Transaction,
  runIds: readonly string[],
): Promise<readonly ReproductionRow[]> {
  return db.find(ReproductionRow, { where: { runId: In([...runIds]) }, order: { at: 'DESC', id: 'DESC' } });
}

/** Whether the rows of a run are past their retention and gone as a whole. */
export async function isErased(tx: Transaction, runId: string): Promise<boolean> {
  const [found]: { erased: boolean }[] = await tx.query(
    'select exists (select from erased_row where owner_id = $1 and row_no is null) as erased',
    [runId],
  );
  return found?.erased === true;
}

/** The runs of a campaign that can be executed again; none where `by` did so with one since a day. */
export async function runsToReproduce(
  tx: Transaction,
  campaign: string,
  by: string,
  since: IsoDate,
): Promise<readonly string[]> {
  const runs: { id: string }[] = await tx.query(
    `select id from run
     where campaign = $1 and decision_root is not null
       and not exists (select from erased_row where owner_id = run.id and row_no is null)
       and not exists (select from reproduction join run r on r.id = run_id where r.campaign = $1 and by = $2 and at > $3::date)
     order by id`,
    [campaign, by, since],
  );
  return runs.map(({ id }) => id);
}
