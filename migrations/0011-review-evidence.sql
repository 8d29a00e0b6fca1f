-- A review that looks like rubber-stamping is an incident of its own kind (src/domain/review-evidence.ts), beside those that there are.
-- What shows that somebody looked stands in the log and in no table.
do $$
declare
  kinds constant text := (
    select pg_get_constraintdef(oid) from pg_constraint
    where conrelid = 'incident'::regclass and conname = 'incident_kind_check'
  );
begin
  alter table incident drop constraint incident_kind_check;
  execute 'alter table incident add constraint incident_kind_check '
    || replace(kinds, 'ARRAY[', 'ARRAY[''RUBBER_STAMPING''::text, ');
end
$$;
