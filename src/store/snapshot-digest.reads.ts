import { createHash, hash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { copyOut } from './copy-stream.ts';
import { erasedRows } from './erasure.reads.ts';
import { partitionOf } from './snapshot.store.ts';

/** What a snapshot comes to as it stands; `rows` and `erased` add up to the rows that were frozen where none is missing. */
export interface SnapshotDigest {
  /** Null where all rows were erased: then the log's own digest is all there is. */
  readonly digest: string | null;
  readonly rows: number;
  readonly erased: number;
  /** The first row that is neither there nor erased, or stands where another belongs. */
  readonly misplaced: number | null;
}

/** Computes a snapshot's digest from the rows that are there and the hashes of those that were erased, in row order. */
export async function snapshotDigest(tx: EntityManager, runId: string): Promise<SnapshotDigest> {
  const { all, hashes } = await erasedRows(tx, 'snapshot', runId);
  if (all) return { digest: null, rows: 0, erased: hashes.size, misplaced: null };
  await tx.query('set local synchronize_seqscans = off');
  const digest = createHash('sha256');
  let due = 0;
  let rows = 0;
  let misplaced: number | null = null;
  const takeErased = () => {
    for (let gone = hashes.get(due); gone; gone = hashes.get(++due)) digest.update(gone);
  };
  for await (const decoder of copyOut(tx, partitionOf('snapshot_row', runId))) {
    while (decoder.next()) {
      takeErased();
      decoder.skip();
      if (decoder.int4() !== due) misplaced ??= due;
      digest.update(hash('sha256', decoder.rowBytes(), 'buffer'));
      due++;
      rows++;
    }
  }
  takeErased();
  return { digest: `sha256:${digest.digest('hex')}`, rows, erased: hashes.size, misplaced };
}
