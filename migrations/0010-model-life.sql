-- The life of a model version (who did what when), and challengers: approved versions that score in the shadow of a campaign's runs.

-- Every act on a model version, numbered from 1. The columns of model_version say how it stands; these rows say how it came there.
create table model_act (
  model_id uuid not null references model_version,
  number   integer not null check (number > 0),
  at       timestamptz not null,
  actor    text not null,
  act      text not null,
  before   text,
  after    text not null,
  note     text,
  primary key (model_id, number)
);
grant select, insert on model_act to waarom_app;

-- What was done before this table, from the entries of the log. A version that another one replaced was retired by that act. The
-- fields of an entry stand in alphabetical order, its action first.
with entry as (
  select 0 as part, index as place, bytes from audit_entry where substring(bytes for 17) = '{"action":"model.'
  union all
  select 1, id, bytes from audit_staged where substring(bytes for 17) = '{"action":"model.'
), said as (
  select part, place, convert_from(bytes, 'UTF8')::jsonb as entry from entry
), act as (
  select part, place, 0 as turn, entry, (entry ->> 'subject')::uuid as model_id,
         upper(split_part(entry ->> 'action', '.', 2)) as act, entry -> 'details' ->> 'before' as before, entry -> 'details' ->> 'after' as after,
         case when entry ->> 'action' in ('model.approve', 'model.retire') then entry -> 'details' ->> 'reason' end as note
    from said
   where entry ->> 'action' in ('model.register', 'model.validate', 'model.approve', 'model.activate', 'model.retire')
     and entry ->> 'refusal' is null and entry -> 'details' ->> 'after' is not null
  union all
  select part, place, 1, entry, m.id, 'REPLACE', 'LIVE', 'RETIRED', null
    from said join model_version m on m.campaign = entry ->> 'campaign' and m.digest = entry -> 'details' ->> 'replaces'
   where entry ->> 'action' = 'model.activate' and entry ->> 'refusal' is null
)
insert into model_act (model_id, number, at, actor, act, before, after, note)
select model_id, row_number() over (partition by model_id order by part, place, turn), (entry ->> 'at')::timestamptz, entry ->> 'actor',
       act, before, after, note
  from act;
select audit_guard('model_act');

-- Who was the challenger of a campaign when: each row holds from its instant until the next of the campaign; no model means none.
create table model_challenge (
  campaign    text not null references campaign,
  active_from timestamptz not null,
  model_id    uuid references model_version,
  set_by      text not null,
  primary key (campaign, active_from)
);
grant select, insert on model_challenge to waarom_app;
select audit_guard('model_challenge');

-- A run with a challenger has a step more, before its batch is drawn.
alter table run drop constraint run_step_check, drop constraint run_check1;
alter table run
  add constraint run_step_check check (step in ('RECEIVE', 'DECIDE', 'EXPLAIN', 'CHALLENGE', 'DRAW', 'DONE')),
  add constraint run_step_of_status check
    (case status when 'CHECKING' then step = 'RECEIVE' when 'SCORING' then step = 'DECIDE'
                 when 'SELECTING' then step in ('EXPLAIN', 'CHALLENGE', 'DRAW')
                 when 'FAILED' then step <> 'DONE' when 'SUPERSEDED' then true else step = 'DONE' end);

-- What came of a run's challenger: counts and distributions, never a customer. Root is that of the tree over its decisions.
create table run_challenger (
  run_id   uuid primary key references run,
  model_id uuid not null references model_version,
  outcome  text not null check (outcome in ('SCORED', 'SKIPPED', 'FAILED')),
  reason   text,
  scored   integer not null check (scored >= 0),
  root     digest,
  summary  jsonb,
  check ((outcome = 'SCORED') = (reason is null)),
  check ((outcome = 'SCORED') = (root is not null and summary is not null)),
  check (outcome = 'SCORED' or scored = 0)
);
grant select, insert on run_challenger to waarom_app;
select audit_guard('run_challenger');

-- What the challenger would have decided on those whom the run scored: nothing follows from it. `place` counts them in the order of
-- the snapshot's rows; leaf is the hash of what the row says, with its salt, so that the row can be erased and its hash stay.
create table challenger_decision (
  run_id   uuid not null,
  place    integer not null,
  row_no   integer not null,
  customer text collate "C" not null,
  salt     bytea not null,
  score    double precision not null,
  rank     integer not null,
  chosen   boolean not null,
  leaf     bytea not null,
  primary key (run_id, customer)
) partition by list (run_id);
grant select on challenger_decision to waarom_app;
select audit_guard('challenger_decision');

-- As open_partition and seal_partition (0001) do for the record of a run.
create function open_challenger(run uuid) returns text
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  child text := 'challenger_decision_' || replace(run::text, '-', '');
begin
  execute format('create table public.%I (like public.challenger_decision including defaults)
                    with (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0)', child);
  execute format('grant insert, select on public.%I to waarom_app', child);
  perform audit_guard(format('public.%I', child)::regclass);
  insert into audit_due (xact, change) values (pg_current_xact_id(), 'opening of challenger_decision') on conflict do nothing;
  return child;
end
$$;

create function seal_challenger(run uuid) returns void
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  child text := 'challenger_decision_' || replace(run::text, '-', '');
begin
  execute format('alter table public.%I add constraint %I check (run_id = %L)', child, child || '_run', run);
  execute format('alter table public.%I add primary key (run_id, customer)', child);
  execute format('analyze public.%I', child);
  execute format('alter table public.challenger_decision attach partition public.%I for values in (%L)', child, run);
  execute format('revoke insert on public.%I from waarom_app', child);
  insert into audit_due (xact, change) values (pg_current_xact_id(), 'sealing of challenger_decision') on conflict do nothing;
end
$$;

alter table erased_row drop constraint erased_row_kind_check;
alter table erased_row add constraint erased_row_kind_check
  check (kind in ('snapshot', 'decision', 'challenger', 'recipient', 'sample_item', 'released_recipient'));

-- Erases what challengers would have decided on a customer, before erase_customer erases the rest. Answers how many rows went.
create function erase_challenger_customer(erasure uuid, who text) returns bigint
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  total bigint := 0;
  gone  bigint;
  past  record;
begin
  if not exists (select from erasure_request where customer = who) then
    raise exception 'nobody asked for this customer to be erased';
  end if;
  for past in select run_id, replace(run_id::text, '-', '') as name from run_challenger where outcome = 'SCORED' order by run_id
  loop
    execute format('with gone as (delete from public.%I where run_id = $2 and customer = $3 returning place, leaf)
                    insert into erased_row (erasure_id, kind, owner_id, row_no, hash)
                    select $1, ''challenger'', $2, place, leaf from gone', 'challenger_decision_' || past.name)
      using erasure, past.run_id, who;
    get diagnostics gone = row_count;
    total := total + gone;
  end loop;
  return total;
end
$$;

-- Erases what the challenger of a run would have decided as a whole, with the run's own decisions (erase_run).
create function erase_challenger_run(erasure uuid, run uuid) returns bigint
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  child text := 'challenger_decision_' || replace(run::text, '-', '');
  gone  bigint;
begin
  if not exists (select from run_challenger c where c.run_id = run and c.outcome = 'SCORED') then
    return 0;
  end if;
  execute format('lock table public.%I in access exclusive mode', child);
  execute format('select count(*) from public.%I', child) into gone;
  execute format('truncate public.%I', child);
  insert into erased_row (erasure_id, kind, owner_id) values (erasure, 'challenger', run);
  return gone;
end
$$;
revoke all on function open_challenger, seal_challenger, erase_challenger_customer, erase_challenger_run from public;
grant execute on function open_challenger, seal_challenger, erase_challenger_customer, erase_challenger_run to waarom_app;
