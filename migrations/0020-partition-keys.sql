-- The customer first: within a partition the run is the same in every row, and a sort that begins with it compares every pair of a
-- million rows to its end, which took three times as long.
alter table decision drop constraint decision_pkey, add primary key (customer, run_id);

-- As before (0001), but of which run the rows are is judged as they come, not by another look at all of them, and a sample of 6,000
-- rows is analysed: no plan depends on more than where rows lie, how many there are, and how the outcomes and arms are shared out.
create or replace function open_partition(parent text, run uuid) returns text
  language plpgsql security definer set search_path = pg_catalog, public as
$$
declare
  child text := parent || '_' || replace(run::text, '-', '');
  content record;
begin
  if parent not in ('snapshot_row', 'decision') then
    raise exception 'no partitions of %', parent;
  end if;
  -- Nothing leaves a sealed partition but what is erased: then the next round of the autovacuum clears it out, however little.
  execute format('create table public.%I (like public.%I including defaults, constraint %I check (run_id = %L))
                    with (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0)', child, parent, child || '_run', run);
  -- No plan depends on what the arrays and salts hold, and to analyse them takes longer than to write them.
  for content in
    select attname, case when atttypid = 'bytea'::regtype or attndims > 0 then 0 else 20 end as target from pg_attribute
    where attrelid = format('public.%I', parent)::regclass and attnum > 0 and not attisdropped
  loop
    execute format('alter table public.%I alter %I set statistics %s', child, content.attname, content.target);
  end loop;
  execute format('grant insert, select on public.%I to waarom_app', child);
  perform audit_guard(format('public.%I', child)::regclass);
  insert into audit_due (xact, change) values (pg_current_xact_id(), 'opening of ' || parent) on conflict do nothing;
  return child;
end
$$;

create or replace function seal_partition(parent text, run uuid) returns void
  language plpgsql security definer set search_path = pg_catalog, public as
$$
declare
  child text := parent || '_' || replace(run::text, '-', '');
begin
  if parent not in ('snapshot_row', 'decision') then
    raise exception 'no partitions of %', parent;
  end if;
  if parent = 'decision' then
    execute format('alter table public.%I add primary key (customer, run_id)', child);
  end if;
  execute format('create index on public.%I using brin (row_no) with (pages_per_range = 8)', child);
  execute format('analyze public.%I', child);
  execute format('alter table public.%I attach partition public.%I for values in (%L)', parent, child, run);
  execute format('revoke insert on public.%I from waarom_app', child);
  insert into audit_due (xact, change) values (pg_current_xact_id(), 'sealing of ' || parent) on conflict do nothing;
end
$$;
