import type pg from 'pg';
import type { IsoWeek } from '../../src/domain/week.ts';
import { CAMPAIGN } from './kill-world.ts';

/** What may not be, each a query of what is wrong, with the campaign as $1 and the week as $2. No row is right. */
const RULES: Readonly<Record<string, string>> = {
  'a week has one run, its first attempt': `
    select week, count(*) from run group by campaign, week having count(*) <> 1 or max(attempt) <> 1`,
  'a run that drew a batch is released, another ended': `
    select r.week, r.status from run r left join batch b on b.run_id = r.id
    where r.step <> 'DONE' or (b.id is not null) <> (r.status = 'RELEASED') or r.status = 'FAILED'`,
  'a run has one batch at most, released as it was approved': `
    select week, status from batch where status <> 'RELEASED' or approved_digest <> digest or (campaign, week) in
      (select campaign, week from batch group by campaign, week having count(*) > 1)`,
  'every snapshot row has one decision and the other way round': `
    with this as (select id, snapshot_rows from run where campaign = $1 and week = $2)
    select coalesce(s.row_no, d.row_no) from (select * from snapshot_row join this on id = run_id) s
    full join (select * from decision join this on id = run_id) d on d.row_no = s.row_no and d.customer = s.customer
    where s.row_no is null or d.row_no is null
    union all select snapshot_rows from this where snapshot_rows <> (select count(*) from decision where run_id = this.id)
    union all select row_no from decision join this on id = run_id group by row_no having count(*) > 1`,
  'every run that drew a batch was scored in the shadow, a row each': `
    select r.week, c.outcome from run r join batch b on b.run_id = r.id left join run_challenger c on c.run_id = r.id
    where c.outcome is distinct from 'SCORED'
       or c.scored <> (select count(*) from challenger_decision d where d.run_id = r.id)`,
  'the batch is whom the decisions mail': `
    select customer from (select customer from decision join run on run.id = run_id and campaign = $1 and week = $2 where outcome = 0) d
    full join (select customer from recipient join batch on batch.id = batch_id and campaign = $1 and week = $2) r using (customer)
    where d.customer is null or r.customer is null`,
  'released is who was neither removed nor dropped': `
    select customer from (select batch_id, customer from recipient where removed_by is null and dropped is null) r
    full join released_recipient l using (batch_id, customer) where r.customer is null or l.customer is null`,
  'nobody is in two released batches of a week': `
    select customer from recipient r join batch b on b.id = r.batch_id and b.status = 'RELEASED'
    where removed_by is null and dropped is null group by campaign, week, customer having count(*) > 1`,
  'a released batch is handed over once': `
    select b.week from batch b left join hand_off h on h.batch_id = b.id where b.status = 'RELEASED' and h.delivered_at is null`,
  'a released customer has every message of the flow once': `
    select customer from released_recipient l join campaign c on c.key = l.campaign
    left join contact t using (customer, batch_id)
    group by batch_id, customer, c.definition having count(t.mailing) <> 1 + jsonb_array_length(c.definition -> 'flowDays')`,
  'no rows stand in a table that is not attached': `
    select relname from pg_class where relname ~ '^(snapshot_row|decision|challenger_decision)_[0-9a-f]{32}$' and relkind = 'r' and not relispartition`,
  'a partition belongs to a run': `
    select relname from pg_class where relname ~ '^(snapshot_row|decision|challenger_decision)_[0-9a-f]{32}$' and relkind = 'r'
      and right(relname, 32) not in (select replace(id::text, '-', '') from run)`,
  'no incident was opened': `select kind, summary from incident`,
};

/** The rules that a week breaks, each with the first rows that show it. */
export async function brokenRules(owner: pg.Client, week: IsoWeek): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const [rule, query] of Object.entries(RULES)) {
    const { rows } = await owner.query(
      `with given as (select $1::text, $2::text) select f.* from (${query}) f, given limit 3`,
      [CAMPAIGN, week],
    );
    if (rows.length > 0) faults.push(`${rule}: ${JSON.stringify(rows)}`);
  }
  return faults;
}
