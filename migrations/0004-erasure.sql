-- Erasing what is known of a customer, and what has become too old to keep, while everything that was signed still verifies
-- (docs/decisions/0007-erasure.md). The service may ask for it and read what was erased; the rows themselves go by the owner's
-- functions, which leave of each what its digest needs and nothing else.

-- The secret of a customer's pseudonym in the audit log. With the secret goes the way from the log to the customer.
create table customer_pseudonym (
  customer customer_id primary key,
  secret   bytea not null check (length(secret) = 16)
);

-- Who asked for a customer to be erased; another person does it. The requests go with the customer.
create table erasure_request (
  id           uuid primary key,
  customer     customer_id not null,
  requested_by text not null,
  requested_at timestamptz not null,
  reason       text not null,
  unique (customer, requested_by)
);

-- What was erased: a customer, on another person's request, or what its period of retention has passed.
create table erasure (
  id           uuid primary key,
  erased_at    timestamptz not null,
  erased_by    text not null,
  requested_by text check (requested_by <> erased_by),
  reason       text not null,
  -- HMAC-SHA-256 of the customer's id under a key of the audit log's signer: answers who knows the id, tells nobody else.
  tombstone    bytea check (length(tombstone) = 32),
  -- Rows of all tables that are gone.
  rows         bigint not null check (rows >= 0),
  -- Of the list of its erased_row (src/domain/erasure.ts): the audit entry has the same.
  digest       digest not null,
  check ((tombstone is null) = (requested_by is null))
);
create index erasure_tombstone on erasure (tombstone, erased_at);

-- The rows that are gone from what a digest or a count in the log covers. owner_id is the run of `snapshot` and `decision`, the
-- batch of the others; row_no is null where all rows of the owner went. Of a decision its rank stays and whether it was drawn at
-- random, for the others to be chosen as they were when the run is reproduced. hash is what the owner's digest needs of the row: of a
-- snapshot's row its SHA-256, of a decision its leaf, of a recipient its leaf, null for one who had been removed from the batch.
create table erased_row (
  erasure_id uuid not null references erasure deferrable initially deferred,
  kind       text not null check (kind in ('snapshot', 'decision', 'recipient', 'sample_item', 'released_recipient')),
  owner_id   uuid not null,
  row_no     integer check (row_no >= 0),
  hash       bytea check (length(hash) = 32),
  rank       integer,
  explored   boolean not null default false,
  unique nulls not distinct (owner_id, kind, row_no),
  check (row_no is not null or hash is null)
);
create index erased_row_erasure on erased_row (erasure_id);

grant select on customer_pseudonym, erasure_request, erasure, erased_row to waarom_app;
grant insert on customer_pseudonym, erasure_request, erasure to waarom_app;

-- Whether the decisions of a run are there to look a customer up in: it has made them, and they were not erased as a whole.
create function has_decisions(of_run uuid) returns boolean
  language sql stable set search_path = pg_catalog, public, pg_temp as
$$
  select exists (select from run where id = of_run and decision_root is not null)
     and not exists (select from erased_row where owner_id = of_run and kind = 'decision' and row_no is null)
$$;

-- Whether anything of a customer is on record. Looks where an index leads; `thoroughly` also where every row must be read: in the
-- snapshots of runs without decisions.
create function customer_is_known(who text, thoroughly boolean) returns boolean
  language plpgsql stable set search_path = pg_catalog, public, pg_temp as
$$
declare
  r     record;
  found boolean;
begin
  if exists (select from contact where customer = who) or exists (select from recipient where customer = who)
     or exists (select from opt_out where customer = who) or exists (select from quiet_list where customer = who)
     or exists (select from conversion where customer = who) or exists (select from erasure_request where customer = who) then
    return true;
  end if;
  for r in
    select replace(id::text, '-', '') as name, has_decisions(id) as decided
    from run where has_decisions(id) or (thoroughly and snapshot_rows is not null)
    order by decided desc, started_at desc
  loop
    execute format('select exists (select from public.%I where customer = $1)',
                   case when r.decided then 'decision_' else 'snapshot_row_' end || r.name) into found using who;
    if found then
      return true;
    end if;
  end loop;
  return false;
end
$$;

-- A row's hash in its snapshot's digest: the SHA-256 of its bytes in PostgreSQL's binary format (src/store/snapshot.store.ts).
create function snapshot_row_hash(fields bytea[]) returns bytea
  language sql immutable parallel safe set search_path = pg_catalog, public, pg_temp as
$$
  select sha256(int2send(cardinality(fields)::int2) || string_agg(
           case when field is null then int4send(-1) else int4send(length(field)) || field end, ''::bytea order by place))
  from unnest(fields) with ordinality as f (field, place)
$$;

-- Erases a customer: every row, salt and secret. The rows that a digest covers are listed under the erasure, whose own row must
-- follow in the same transaction. Answers how many rows went.
create function erase_customer(erasure uuid, who text) returns bigint
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  total bigint := 0;
  gone  bigint;
  past  record;
  place integer;
  ranked integer;
  drawn smallint;
  rows_of text := $sql$
    with gone as (
      delete from public.%I where run_id = $2 and customer = $3 and ($4 is null or row_no = $4)
      returning row_no, snapshot_row_hash(array[
        uuid_send(run_id), int4send(row_no), textsend(customer), byteasend(salt), array_send(numbers), array_send(texts),
        boolsend(quiet), boolsend(opted_out), array_send(flow_starts), array_send(mails)]) as hash
    )
    insert into erased_row (erasure_id, kind, owner_id, row_no, hash) select $1, 'snapshot', $2, row_no, hash from gone $sql$;
begin
  if not exists (select from erasure_request where customer = who) then
    raise exception 'nobody asked for this customer to be erased';
  end if;
  for past in
    select id, replace(id::text, '-', '') as name, has_decisions(id) as decided
    from run where snapshot_rows is not null order by id
  loop
    place := null;
    if past.decided then
      execute format('delete from public.%I where run_id = $1 and customer = $2 returning row_no, rank, arm', 'decision_' || past.name)
        into place, ranked, drawn using past.id, who;
      -- Every customer of the snapshot has a decision, under the same number.
      continue when place is null;
      total := total + 1;
      insert into erased_row (erasure_id, kind, owner_id, row_no, hash, rank, explored)
      select erasure, 'decision', past.id, place, substring(l.hashes from 32 * (place % 4096) + 1 for 32), ranked, coalesce(drawn = 2, false)
        from decision_leaf l where l.run_id = past.id and l.block = place / 4096;
      delete from explanation where run_id = past.id and customer = who;
      get diagnostics gone = row_count;
      total := total + gone;
    end if;
    execute format(rows_of, 'snapshot_row_' || past.name) using erasure, past.id, who, place;
    get diagnostics gone = row_count;
    total := total + gone;
  end loop;

  with gone as (
    delete from sample_item s using recipient r
    where r.customer = who and s.customer = who and s.batch_id = r.batch_id returning s.batch_id, s.position
  )
  insert into erased_row (erasure_id, kind, owner_id, row_no) select erasure, 'sample_item', batch_id, position from gone;
  get diagnostics gone = row_count;
  total := total + gone;
  with gone as (
    delete from released_recipient d using recipient r
    where r.customer = who and d.customer = who and d.batch_id = r.batch_id returning d.batch_id, r.row_no
  )
  insert into erased_row (erasure_id, kind, owner_id, row_no) select erasure, 'released_recipient', batch_id, row_no from gone;
  get diagnostics gone = row_count;
  total := total + gone;
  with gone as (
    delete from recipient r where r.customer = who
    returning r.batch_id, r.row_no, case when r.removed_by is null then r.leaf end as hash
  )
  insert into erased_row (erasure_id, kind, owner_id, row_no, hash) select erasure, 'recipient', batch_id, row_no, hash from gone;
  get diagnostics gone = row_count;
  total := total + gone;

  with contacts as (delete from contact where customer = who returning 1),
       conversions as (delete from conversion where customer = who returning 1),
       opt_outs as (delete from opt_out where customer = who returning 1),
       quiet as (delete from quiet_list where customer = who returning 1),
       requests as (delete from erasure_request where customer = who returning 1),
       pseudonyms as (delete from customer_pseudonym where customer = who returning 1)
  select (select count(*) from contacts) + (select count(*) from conversions) + (select count(*) from opt_outs)
         + (select count(*) from quiet) + (select count(*) from requests) + (select count(*) from pseudonyms) into gone;
  return total + gone;
end
$$;

-- Erases the frozen rows or the decisions of a run as a whole, and its explanations, which rest on both; the leaves of its decisions stay. The empty table stays attached:
-- to detach it would make every run that is loading wait, and what is asked of it is answered by its being empty.
create function erase_run(erasure uuid, parent text, run uuid) returns bigint
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  child text := parent || '_' || replace(run::text, '-', '');
  gone  bigint;
  explained bigint;
begin
  if parent not in ('snapshot_row', 'decision') then
    raise exception 'no partitions of %', parent;
  end if;
  if exists (select from public.run r where r.id = erase_run.run and r.status in ('CHECKING', 'SCORING', 'SELECTING'))
     or exists (select from batch b where b.run_id = erase_run.run and b.status not in ('RELEASED', 'REJECTED')) then
    raise exception 'run % is not finished', run;
  end if;
  execute format('lock table public.%I in access exclusive mode', child);
  execute format('select count(*) from public.%I', child) into gone;
  execute format('truncate public.%I', child);
  insert into erased_row (erasure_id, kind, owner_id)
  values (erasure, case parent when 'decision' then 'decision' else 'snapshot' end, run);
  delete from explanation e where e.run_id = erase_run.run;
  get diagnostics explained = row_count;
  return gone + explained;
end
$$;

-- Erases whom a batch was for.
create function erase_batch(erasure uuid, batch uuid) returns bigint
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  total bigint := 0;
  gone  bigint;
begin
  if not exists (select from public.batch b where b.id = erase_batch.batch and b.status in ('RELEASED', 'REJECTED')) then
    raise exception 'batch % is not finished', batch;
  end if;
  delete from sample_item s where s.batch_id = batch;
  get diagnostics gone = row_count;
  total := total + gone;
  delete from released_recipient d where d.batch_id = batch;
  get diagnostics gone = row_count;
  total := total + gone;
  delete from recipient r where r.batch_id = batch;
  get diagnostics gone = row_count;
  insert into erased_row (erasure_id, kind, owner_id)
  select erasure, k, batch from unnest(array['sample_item', 'released_recipient', 'recipient']) k;
  return total + gone;
end
$$;

-- Erases mails, conversions and ended stays on the quiet list from before a day, at most `most` of each, and the secrets of
-- customers of whom nothing else is left. An opt-out has no age: it holds until the customer is erased.
create function erase_contacts(before date, most integer) returns bigint
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  gone bigint;
begin
  with contacts as (
    delete from contact where ctid = any (array(select ctid from contact where sent_on < before limit most)) returning 1
  ), conversions as (
    delete from conversion where ctid = any (array(select ctid from conversion where converted_on < before limit most)) returning 1
  ), quiet as (
    delete from quiet_list where ctid = any (array(select ctid from quiet_list where until < before limit most)) returning 1
  )
  select (select count(*) from contacts) + (select count(*) from conversions) + (select count(*) from quiet) into gone;
  return gone;
end
$$;
create function erase_lone_pseudonyms() returns bigint
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  gone bigint;
begin
  delete from customer_pseudonym p where not customer_is_known(p.customer, false);
  get diagnostics gone = row_count;
  return gone;
end
$$;

revoke all on function has_decisions, customer_is_known, snapshot_row_hash, erase_customer, erase_run, erase_batch, erase_contacts, erase_lone_pseudonyms
  from public;
grant execute on function has_decisions, customer_is_known, erase_customer, erase_run, erase_batch, erase_contacts, erase_lone_pseudonyms
  to waarom_app;
