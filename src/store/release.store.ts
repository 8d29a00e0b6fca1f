import type { BatchRecipient } from '../domain/batch.ts';
import type { IsoDate, IsoWeek } from '../domain/week.ts';
import type { BatchRow } from './batch.row.ts';
import type { Transaction } from './transaction.ts';

/** A customer and the reason for which they are not mailed after all. */
export type Dropped = readonly [customer: string, reason: string];

/** The newest week after a batch's own that was decided by another run; null where none was. */
export async function laterDecidedWeek(
  tx: Transaction,
  { campaign, week, runId }: BatchRow,
): Promise<IsoWeek | null> {
  const [later]: { week: IsoWeek }[] = await tx.query(
    `select week from run
     where campaign = $1 and week > $2 and current and decision_root is not null and id is distinct from $3
     order by week desc limit 1`,
    [campaign, week, runId],
  );
  return later?.week ?? null;
}

/** The recipients who opted out, or are on the campaign's quiet list on a day. */
export async function protectedRecipients(
  tx: Transaction,
  { id, campaign }: BatchRow,
  day: IsoDate,
): Promise<readonly Dropped[]> {
  const found: { customer: string; reason: string }[] = await tx.query(
    `with protected as (
       select customer, 'OPTED_OUT' as reason from opt_out
       union all
       select customer, 'QUIET_LIST' from quiet_list where campaign = $2 and until >= $3
     )
     select distinct on (r.customer) r.customer, p.reason from recipient r join protected p using (customer)
     where r.batch_id = $1 and r.removed_by is null order by r.customer, p.reason`,
    [id, campaign, day],
  );
  return found.map(({ customer, reason }) => [customer, reason]);
}

/** Marks recipients of a batch as not to be mailed. */
export async function markDropped(
  tx: Transaction,
  batchId: string,
  dropped: readonly Dropped[],
): Promise<void> {
  await tx.query(
    `update recipient r set dropped = d.reason
     from (select * from unnest($2::text[], $3::text[])) as d (customer, reason)
     where r.batch_id = $1 and r.customer = d.customer`,
    [batchId, dropped.map(([customer]) => customer), dropped.map(([, reason]) => reason)],
  );
}

/** Claims customers for a batch's week; answers how many another released batch of the week has already. */
export async function claimRecipients(
  tx: Transaction,
  { campaign, week, id }: BatchRow,
  recipients: readonly BatchRecipient[],
): Promise<number> {
  const claimed: unknown[] = await tx.query(
    `insert into released_recipient (campaign, week, customer, batch_id)
     select $1, $2, c, $3 from unnest($4::text[]) as c on conflict do nothing returning customer`,
    [campaign, week, id, recipients.map(({ customer }) => customer)],
  );
  return recipients.length - claimed.length;
}
