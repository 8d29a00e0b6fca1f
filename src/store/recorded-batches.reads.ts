import { ARMS, OUTCOMES } from '../domain/decision.ts';
import { partitionOf } from './snapshot.store.ts';
import type { Transaction } from './transaction.ts';

/** A recipient by its place in the batch. `secret` is that of the customer's name in the log, null where there is none. */
export interface NamedRow {
  readonly place: number;
  readonly customer: string;
  readonly secret: Buffer | null;
}
export interface RemovedRecipient extends NamedRow {
  readonly removedBy: string;
  readonly removedAt: Date;
  readonly note: string;
}
export interface ReviewedItem extends NamedRow {
  readonly verdict: string;
  readonly reviewer: string | null;
  readonly note: string | null;
}

/** The places at which a batch has recipients or its sample has items, ascending. */
export async function placesOf(
  tx: Transaction,
  table: 'recipient' | 'sample_item',
  batchId: string,
): Promise<readonly number[]> {
  const column = table === 'recipient' ? 'row_no' : 'position';
  const rows: { place: number }[] = await tx.query(
    `select ${column} as place from ${table} where batch_id = $1 order by 1`,
    [batchId],
  );
  return rows.map(({ place }) => place);
}

export async function removedRecipients(
  tx: Transaction,
  batchId: string,
): Promise<readonly RemovedRecipient[]> {
  return tx.query(
    `select r.row_no as place, customer, p.secret, removed_by as "removedBy", removed_at as "removedAt", removal_note as note
     from recipient r left join customer_pseudonym p using (customer)
     where batch_id = $1 and removed_by is not null order by row_no`,
    [batchId],
  );
}

export async function reviewedItems(tx: Transaction, batchId: string): Promise<readonly ReviewedItem[]> {
  return tx.query(
    `select s.position as place, customer, p.secret, verdict, reviewer, s.note
     from sample_item s left join customer_pseudonym p using (customer)
     where batch_id = $1 and verdict <> 'PENDING' order by position`,
    [batchId],
  );
}

/** The place of the first recipient whom the run did not decide to mail, or not in that arm or with that score. */
export async function undecidedRecipient(
  tx: Transaction,
  batchId: string,
  runId: string,
): Promise<number | undefined> {
  const [found]: { place: number }[] = await tx.query(
    `select r.row_no as place from recipient r left join ${partitionOf('decision', runId)} d using (customer)
     where r.batch_id = $1 and (d.outcome is distinct from $2::smallint or d.score is distinct from r.score
                                or ($3::text[])[d.arm + 1] is distinct from r.arm)
     order by r.row_no limit 1`,
    [batchId, OUTCOMES.indexOf('MAIL'), ARMS],
  );
  return found?.place;
}

/** A customer who is claimed for a week by a batch that did not release them, or was released and is not claimed. */
export async function misclaimed(
  tx: Transaction,
): Promise<{ readonly batch: string; readonly place: number | null } | undefined> {
  const [found]: { batch: string; place: number | null }[] = await tx.query(
    `select coalesce(r.batch_id, x.batch_id) as batch, r.row_no as place
     from (select r.batch_id, r.row_no, r.customer, b.campaign, b.week from recipient r join batch b on b.id = r.batch_id
           where b.status = 'RELEASED' and r.removed_by is null and r.dropped is null) r
     full join released_recipient x
       on x.batch_id = r.batch_id and x.customer = r.customer and x.campaign = r.campaign and x.week = r.week
     where r.batch_id is null or x.batch_id is null order by 1, 2 limit 1`,
  );
  return found;
}

/** A batch under which a mail to somebody stands in the contact history who is not among its recipients. */
export async function strangeContact(tx: Transaction): Promise<string | undefined> {
  const [found]: { batch: string }[] = await tx.query(
    `select c.batch_id as batch from contact c
     where c.batch_id is not null
       and not exists (select from released_recipient x where x.batch_id = c.batch_id and x.customer = c.customer)
       and not exists (select from erased_row e where e.owner_id = c.batch_id and e.kind = 'released_recipient' and e.row_no is null)
     order by 1 limit 1`,
  );
  return found?.batch;
}
