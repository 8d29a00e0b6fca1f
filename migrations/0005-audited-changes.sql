-- No change of state without its entry in the log: a transaction that changed an audited table and staged no entry is refused at
-- its commit. A guard rail against the service's own mistakes and a hand at the console; whoever takes it away is found out by
-- what the entries say of the state (src/audit).

-- The transaction that staged an entry, whichever of its savepoints did; the service has no right to give another.
alter table audit_staged add column xact xid8 not null default pg_current_xact_id();
create index audit_staged_xact on audit_staged (xact);

-- The transactions under way that owe an entry, and for what. Empty to everyone else, so that a crash need not bring it back.
create unlogged table audit_due (
  xact   xid8 primary key,
  change text not null
);

-- Once a transaction, whatever and how much it changes; after the mark was taken away for an entry, again.
create function audit_mark() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
begin
  insert into audit_due (xact, change)
  values (pg_current_xact_id(), lower(tg_op) || ' of ' || tg_table_name) on conflict do nothing;
  return null;
end
$$;

create function audit_require() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
begin
  if not exists (select from audit_staged s where s.xact = new.xact) then
    raise exception '% refused: the transaction has no audit entry', new.change
      using errcode = 'integrity_constraint_violation';
  end if;
  delete from audit_due d where d.xact = new.xact;
  return null;
end
$$;
create constraint trigger entry_required after insert on audit_due
  deferrable initially deferred for each row execute function audit_require();
alter table audit_due enable always trigger entry_required;

-- Binds everyone, the owner and a session that replicates too. A statement that meets no row counts as a change.
create function audit_guard(audited regclass) returns void
  language plpgsql set search_path = pg_catalog, public, pg_temp as
$$
begin
  execute format('create trigger audited after insert or update or delete or truncate on %s
                    for each statement execute function public.audit_mark()', audited);
  execute format('alter table %s enable always trigger audited', audited);
end
$$;
revoke all on function audit_mark, audit_require, audit_guard from public;

-- What people decided and what the engine does by it.
select audit_guard(audited) from unnest(array[
  'campaign', 'feed_contract', 'config_version', 'data_use', 'incident', 'scheduled_start',
  'model_version', 'model_file', 'model_version_file', 'model_activation'
]::regclass[]) audited;
-- The record of runs. The partitions of snapshot_row and decision get the trigger when they are opened (open_partition): a statement
-- that names a partition passes by the trigger of its parent.
select audit_guard(audited) from unnest(array[
  'run', 'run_check', 'run_feed_file', 'run_measure', 'run_funnel', 'rejected_row', 'fund_price',
  'snapshot_row', 'decision', 'decision_leaf'
]::regclass[]) audited;
-- Who is mailed, who was, and who is not to be.
select audit_guard(audited) from unnest(array[
  'batch', 'recipient', 'sample_item', 'released_recipient', 'hand_off',
  'contact', 'conversion', 'quiet_list', 'opt_out'
]::regclass[]) audited;
-- What was erased, and the secrets of the customers' names in the log: they come and go with entries that use them.
select audit_guard(audited) from unnest(array[
  'customer_pseudonym', 'erasure_request', 'erasure', 'erased_row'
]::regclass[]) audited;
-- Not audited:
--   audit_staged, audit_entry, audit_hash, audit_checkpoint: the log itself, with guards of its own (0002);
--   audit_due: says nothing once its transaction has ended;
--   migration: which migrations ran, written before there is a log and by nobody but the owner;
--   job_queue.*: when to look for work. What is to be done, and what was, stands in the tables above.
