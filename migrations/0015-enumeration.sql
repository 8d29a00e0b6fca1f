-- Somebody who opens many customers within an hour is an incident of its own kind (src/jobs/watch-readers.job.ts), beside
-- whatever kinds there are.
do $$
declare
  kinds constant text := (
    select pg_get_constraintdef(oid) from pg_constraint
    where conrelid = 'incident'::regclass and conname = 'incident_kind_check'
  );
begin
  alter table incident drop constraint incident_kind_check;
  execute 'alter table incident add constraint incident_kind_check '
    || replace(kinds, 'ARRAY[', 'ARRAY[''ENUMERATION''::text, ');
end
$$;
