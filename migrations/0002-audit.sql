-- The audit log. A business transaction stages its entry (audit_staged); the sequencer gives it its place, about a
-- second later, and signs the tree last (src/audit). The tree's hashes and signatures are the proof that nothing was
-- changed; rights, constraints and triggers below keep honest hands from slipping.
--
-- The service may stage entries and read everything, no more. The one way from staged to logged is audit_sequence, the
-- owner's function, which moves entries whole: the service can neither drop a staged entry nor log one that was not staged.

-- Ids grow in the order of staging, also across transactions: whoever saw an entry committed stages a higher one.
-- Nobody is notified of a new row: NOTIFY makes commits wait for each other.
create table audit_staged (
  id        bigint generated always as identity primary key,
  bytes     bytea not null check (length(bytes) between 1 and 65535),
  staged_at timestamptz not null default clock_timestamp()
);

-- The leaves of the tree, without gaps from 0. The other columns repeat what the bytes say, to search by; they are null
-- where something was staged that is no entry, which is logged all the same and found by verifying.
create table audit_entry (
  index    bigint primary key check (index >= 0),
  bytes    bytea not null,
  leaf     bytea not null constraint audit_entry_leaf_check check (leaf = sha256('\x00'::bytea || bytes)),
  at       timestamptz,
  actor    text,
  role     text,
  action   text,
  campaign text,
  subject  text,
  digest   text
);
create index audit_entry_at on audit_entry using brin (at);
create index audit_entry_actor on audit_entry (actor, index);
create index audit_entry_action on audit_entry (action, index);
create index audit_entry_campaign on audit_entry (campaign, index);
create index audit_entry_subject on audit_entry (subject, index);

-- The tree's hashes in the order of storedHashIndex (src/audit/tlog.ts), leaves among them.
create table audit_hash (
  index bigint primary key check (index >= 0),
  hash  bytea not null check (length(hash) = 32)
);

-- The signed tree heads: C2SP signed notes.
create table audit_checkpoint (
  size bigint primary key check (size >= 0),
  root bytea not null check (length(root) = 32),
  note text not null,
  at   timestamptz not null
);

-- Moves exactly the staged entries `ids`, in the order of their ids, to the places from `first` on, with what to search
-- each by (`place` from 0), their leaf hashes, the hashes that they complete (32 bytes each, concatenated) and the
-- checkpoint over them all.
create function audit_sequence(ids bigint[], first bigint, columns json, leaves bytea, hashes bytea, root bytea, note text,
                               at timestamptz)
  returns void
  language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp
  set waarom.sequencing = 'on' as
$$
declare
  moved  bigint;
  stored bigint := coalesce((select max(h.index) + 1 from audit_hash h), 0);
begin
  if first <> coalesce((select max(e.index) + 1 from audit_entry e), 0) then
    raise exception 'audit log: the next entry is not %', first;
  end if;
  with taken as (
    delete from audit_staged s where s.id = any (ids) returning s.id, s.bytes
  ), placed as (
    select row_number() over (order by t.id) - 1 as place, t.bytes from taken t
  )
  insert into audit_entry (index, bytes, leaf, at, actor, role, action, campaign, subject, digest)
  select first + p.place, p.bytes, substring(leaves from (32 * p.place + 1)::integer for 32),
         c.at, c.actor, c.role, c.action, c.campaign, c.subject, c.digest
    from placed p
    left join json_to_recordset(columns) as c (place bigint, at timestamptz, actor text, role text, action text,
                                               campaign text, subject text, digest text) using (place);
  get diagnostics moved = row_count;
  if moved <> cardinality(ids) or length(leaves) <> 32 * moved then
    raise exception 'audit log: % staged entries of %', moved, cardinality(ids);
  end if;
  insert into audit_hash (index, hash)
  select stored + place, substring(hashes from 32 * place + 1 for 32)
    from generate_series(0, length(hashes) / 32 - 1) place;
  insert into audit_checkpoint (size, root, note, at) values (first + moved, root, note, at);
end
$$;

-- Guard rails, also against the owner's mistakes and in a session that replicates; who takes them away is found out
-- by the hashes.
create function audit_refuse() returns trigger
  language plpgsql as
$$
begin
  raise exception '% of % refused: the audit log only grows', tg_op, tg_table_name
    using errcode = 'insufficient_privilege';
end
$$;
create trigger only_grows before update or delete or truncate on audit_entry
  for each statement execute function audit_refuse();
create trigger only_grows before update or delete or truncate on audit_hash
  for each statement execute function audit_refuse();
create trigger only_grows before update or delete or truncate on audit_checkpoint
  for each statement execute function audit_refuse();
create trigger only_grows before update or truncate on audit_staged
  for each statement execute function audit_refuse();
create trigger only_sequenced before delete on audit_staged
  for each statement when (current_setting('waarom.sequencing', true) is distinct from 'on')
  execute function audit_refuse();
alter table audit_entry enable always trigger only_grows;
alter table audit_hash enable always trigger only_grows;
alter table audit_checkpoint enable always trigger only_grows;
alter table audit_staged enable always trigger only_grows;
alter table audit_staged enable always trigger only_sequenced;

grant select on audit_staged, audit_entry, audit_hash, audit_checkpoint to waarom_app;
grant insert (bytes) on audit_staged to waarom_app;
revoke all on function audit_sequence from public;
grant execute on function audit_sequence to waarom_app;
