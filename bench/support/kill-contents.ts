import type pg from 'pg';
import type { IsoWeek } from '../../src/domain/week.ts';
import { CAMPAIGN } from './kill-world.ts';

/**
 * What both copies must have of a week, without ids, salts and instants. Each is a query of one text column `line`, with the
 * campaign as $1 and the week as $2; `this` is the week's run.
 */
const CONTENTS: Readonly<Record<string, string>> = {
  run: `select to_jsonb(x)::text as line from (
          select r.attempt, r.current, r.status, r.step, r.trigger, r.as_of, r.snapshot_rows, r.rejected_rows, r.contract, r.seed,
                 r.manifest - array['snapshot', 'decisionRoot', 'timings', 'engine'] as manifest, v.number, m.digest
          from run r join config_version v on v.id = r.config_id join model_version m on m.id = r.model_id
          where r.campaign = $1 and r.week = $2) x`,
  decisions: `select concat_ws(' ', row_no, customer, outcome, coalesce(arm, -1), reasons::text,
                               coalesce(encode(float8send(score), 'hex'), '-'), coalesce(rank, -1)) as line
              from decision join this on this.id = run_id`,
  challenger: `select concat_ws(' ', outcome, scored, (summary)::text) as line from run_challenger join this on this.id = run_id`,
  challenged: `select concat_ws(' ', row_no, customer, encode(float8send(score), 'hex'), rank, chosen) as line
               from challenger_decision join this on this.id = run_id`,
  snapshot: `select (to_jsonb(s) - array['run_id', 'salt'])::text as line from snapshot_row s join this on this.id = run_id`,
  ...Object.fromEntries(
    ['run_funnel', 'run_check', 'run_measure', 'run_feed_file', 'rejected_row', 'fund_price'].map((table) => [
      table,
      `select (to_jsonb(t) - 'run_id')::text as line from ${table} t join this on this.id = run_id`,
    ]),
  ),
  batch: `select concat_ws(' ', status, size, submitted_by, decided_by, released_by) as line from batch join this on this.id = run_id`,
  recipients: `select concat_ws(' ', customer, arm, coalesce(encode(float8send(r.score), 'hex'), '-'), 'removed:', removed_by,
                                removal_note, 'dropped:', dropped) as line
               from recipient r join batch b on b.id = batch_id join this on this.id = b.run_id`,
  sample: `select concat_ws(' ', customer, position, verdict, reviewer) as line
           from sample_item join batch b on b.id = batch_id join this on this.id = b.run_id`,
  released: `select customer as line from released_recipient where campaign = $1 and week = $2`,
  handOff: `select concat_ws(' ', h.digest, rows, delivered_at is not null) as line
            from hand_off h join batch b on b.id = batch_id join this on this.id = b.run_id`,
  contacts: `select concat_ws(' ', customer, sent_on, mailing, c.campaign, b.week) as line
             from contact c left join batch b on b.id = c.batch_id`,
  conversions: `select to_jsonb(c)::text as line from conversion c`,
  optOuts: `select customer as line from opt_out`,
  quiet: `select distinct concat_ws(' ', customer, until) as line from quiet_list`,
  incidents: `select concat_ws(' ', kind, summary) as line from incident`,
};

/** A digest of each content of a week, with how many lines it has. */
export async function contentsOf(owner: pg.Client, week: IsoWeek): Promise<ReadonlyMap<string, string>> {
  const contents = new Map<string, string>();
  for (const [name, query] of Object.entries(CONTENTS)) {
    const { rows } = await owner.query<{ content: string }>(
      `with given as (select $1::text as campaign, $2::text as week),
            this as (select r.id from run r join given using (campaign, week) where r.current)
       select count(*) || ' lines ' || coalesce(md5(string_agg(line, E'\\n' order by line collate "C")), '') as content
       from (${query}) c`,
      [CAMPAIGN, week],
    );
    contents.set(name, rows[0]?.content ?? '');
  }
  return contents;
}
