-- Whom the model or chance chose, to be mailed or held out (outcomes 0 and 1): a few thousand of a million, and the ones that are
-- drawn from, explained and looked at.
create index decision_chosen on decision (customer) where outcome in (0, 1);

-- As before (0020), but of a range of pages as long as the search for it takes: each row number that is looked for reads the whole of the
-- index, and then the pages of one range.
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
  execute format('create index on public.%I using brin (row_no) with (pages_per_range = 32)', child);
  execute format('analyze public.%I', child);
  execute format('alter table public.%I attach partition public.%I for values in (%L)', parent, child, run);
  execute format('revoke insert on public.%I from waarom_app', child);
  insert into audit_due (xact, change) values (pg_current_xact_id(), 'sealing of ' || parent) on conflict do nothing;
end
$$;
