import { Between } from 'typeorm';
import type { SampleState } from '../domain/batch.ts';
import type { IsoWeek } from '../domain/week.ts';
import { BatchRow } from './batch.row.ts';
import type { Transaction } from './transaction.ts';

/** The batches of some weeks, fallback batches among them, the earliest first. */
export async function batchesOfWeeks(
  db: Transaction,
  campaign: string,
  from: IsoWeek,
  to: IsoWeek,
): Promise<readonly BatchRow[]> {
  return db.find(BatchRow, {
    where: { campaign, week: Between(from, to) },
    order: { week: 'ASC', createdAt: 'ASC', id: 'ASC' },
  });
}

/** The review sample of a batch as it stands. */
export async function sampleStates(tx: Transaction, batchId: string): Promise<readonly SampleState[]> {
  return tx.query(
    `select s.verdict, r.removed_by is not null as removed
     from sample_item s join recipient r using (batch_id, customer) where batch_id = $1`,
    [batchId],
  );
}

/** How many customers the sample of each batch was drawn with, erased ones among them; none of a batch that was erased as a whole. */
export async function sampleSizes(
  db: Transaction,
  batchIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows: { batchId: string; items: number }[] = await db.query(
    `select batch_id as "batchId", count(*)::int as items from (
       select batch_id from sample_item where batch_id = any ($1)
       union all
       select owner_id from erased_row where owner_id = any ($1) and kind = 'sample_item' and row_no is not null) as drawn
     where batch_id <> all (select owner_id from erased_row where owner_id = any ($1) and kind = 'sample_item' and row_no is null)
     group by batch_id`,
    [batchIds],
  );
  return new Map(rows.map(({ batchId, items }) => [batchId, items]));
}
