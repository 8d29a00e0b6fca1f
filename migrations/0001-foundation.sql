-- The working state. The proof of it is the audit log (0002).
-- The owner of these tables migrates; the service works under waarom_app, which has only the rights granted here.
do $$
begin
  if not exists (select from pg_roles where rolname = 'waarom_app') then
    create role waarom_app nologin;
  end if;
end
$$;
do $$
begin
  if not pg_has_role(current_user, 'waarom_app', 'member') then
    execute format('grant waarom_app to %I', current_user);
  end if;
end
$$;
grant usage on schema public to waarom_app;

create domain iso_week as text check (value ~ '^\d{4}-W(0[1-9]|[1-4]\d|5[0-3])$');
create domain digest as text check (value ~ '^sha256:[0-9a-f]{64}$');
create domain share as double precision check (value between 0 and 1);
-- A pseudonymous party id: bytes compare as the feed's own order, whatever the locale.
create domain customer_id as text collate "C" check (value ~ '^[A-Za-z0-9_-]{1,64}$');

create table campaign (
  key           text primary key check (key ~ '^[a-z][a-z0-9-]{0,63}$'),
  definition    jsonb not null,
  digest        digest not null,
  -- Keys of every draw (ties, control groups, samples) derive from it: the manifest of each run repeats it.
  seed          text not null check (seed ~ '^[0-9a-f]{64}$'),
  paused        boolean not null default false,
  applied_by    text not null,
  applied_at    timestamptz not null
);

create table feed_contract (
  campaign       text not null references campaign,
  number         integer not null check (number > 0),
  columns        jsonb not null,
  digest         digest not null,
  effective_from timestamptz not null,
  primary key (campaign, number)
);

create table config_version (
  id             uuid primary key,
  campaign       text not null references campaign,
  number         integer not null check (number > 0),
  settings       jsonb not null,
  digest         digest not null,
  effective_from timestamptz not null,
  created_by     text not null,
  unique (campaign, number)
);
create index config_version_effective on config_version (campaign, effective_from desc);

create table data_use (
  id           uuid primary key,
  campaign     text not null references campaign,
  columns      text[] not null check (cardinality(columns) > 0),
  source       text not null,
  purpose      text not null,
  legal_basis  text not null,
  valid_until  date not null,
  status       text not null check (status in ('DECLARED', 'SIGNED_OFF', 'REFUSED', 'WITHDRAWN')),
  declared_by  text not null,
  declared_at  timestamptz not null,
  signed_by    text,
  signed_at    timestamptz,
  decided_by   text check (decided_by <> declared_by or status = 'WITHDRAWN'),
  decided_at   timestamptz,
  note         text,
  check ((status = 'DECLARED') = (decided_by is null)),
  check ((decided_by is null) = (decided_at is null))
);
create index data_use_campaign on data_use (campaign);

create table model_version (
  id            uuid primary key,
  campaign      text not null references campaign,
  name          text not null,
  version       text not null,
  digest        digest not null,
  model_digest  digest not null,
  card_digest   digest not null,
  card          jsonb not null,
  gates         jsonb not null,
  status        text not null check (status in ('REGISTERED', 'VALIDATED', 'APPROVED', 'LIVE', 'RETIRED', 'REFUSED')),
  registered_by text not null,
  registered_at timestamptz not null,
  approved_by   text check (approved_by <> registered_by),
  approved_at   timestamptz,
  live_from     timestamptz,
  live_until    timestamptz check (live_until >= live_from),
  unique (campaign, digest),
  unique (campaign, name, version),
  check (status not in ('APPROVED', 'LIVE') or approved_by is not null),
  check ((status = 'LIVE') = (live_from is not null and live_until is null))
);
create unique index model_version_live on model_version (campaign) where status = 'LIVE';

-- The files of model packages, each stored once.
create table model_file (
  digest digest primary key check (digest = 'sha256:' || encode(sha256(bytes), 'hex')),
  bytes  bytea not null
);
create table model_version_file (
  model_id uuid not null references model_version,
  name     text not null,
  digest   digest not null references model_file,
  primary key (model_id, name)
);

-- What was in production when: each row holds from its instant until the next of the campaign; no model means none.
create table model_activation (
  campaign    text not null references campaign,
  active_from timestamptz not null,
  model_id    uuid references model_version,
  activated_by text not null,
  primary key (campaign, active_from)
);

create table run (
  id             uuid primary key,
  campaign       text not null references campaign,
  week           iso_week not null,
  attempt        integer not null check (attempt > 0),
  current        boolean not null,
  trigger        text not null check (trigger in ('SCHEDULE', 'MANUAL', 'RESUME')),
  status         text not null check (status in ('CHECKING', 'SCORING', 'SELECTING', 'AWAITING_REVIEW', 'HALTED', 'FAILED',
                                                 'RELEASED', 'REJECTED', 'SUPERSEDED', 'EMPTY')),
  step           text not null check (step in ('RECEIVE', 'DECIDE', 'EXPLAIN', 'DRAW', 'DONE')),
  actor          text not null,
  started_at     timestamptz not null,
  finished_at    timestamptz check (finished_at >= started_at),
  config_id      uuid not null references config_version,
  model_id       uuid not null references model_version,
  contract       integer not null,
  seed           text not null check (seed ~ '^[0-9a-f]{64}$'),
  as_of          date,
  snapshot_rows  integer check (snapshot_rows >= 0),
  rejected_rows  integer check (rejected_rows >= 0),
  snapshot_digest digest,
  decision_root  digest,
  manifest       jsonb,
  manifest_digest digest,
  unique (campaign, week, attempt),
  foreign key (campaign, contract) references feed_contract (campaign, number),
  check (case status when 'CHECKING' then step = 'RECEIVE' when 'SCORING' then step = 'DECIDE' when 'SELECTING' then step in ('EXPLAIN', 'DRAW')
                     when 'FAILED' then step <> 'DONE' when 'SUPERSEDED' then true else step = 'DONE' end),
  check (current or status = 'SUPERSEDED'),
  check ((manifest is null) = (manifest_digest is null))
);
create unique index run_current on run (campaign, week) where current;
create index run_by_week on run (campaign, week desc, attempt desc);

create table run_check (
  run_id   uuid not null references run,
  position integer not null,
  name     text not null,
  kind     text not null check (kind in ('FEED', 'DOMAIN', 'OUTPUT')),
  verdict  text not null check (verdict in ('PASS', 'WARN', 'HALT')),
  measured text not null,
  "limit"  text not null,
  message  text not null,
  subject  text,
  primary key (run_id, position)
);

create table run_feed_file (
  run_id   uuid not null references run,
  name     text not null,
  digest   digest not null,
  rows     integer not null check (rows >= 0),
  rejected integer not null check (rejected between 0 and rows),
  primary key (run_id, name)
);

-- What a later run compares itself with: shares, rates and distributions, never a customer.
create table run_measure (
  run_id  uuid not null references run,
  name    text not null,
  subject text not null,
  value   double precision[] not null,
  primary key (run_id, name, subject)
);

-- Every customer of the snapshot is counted once, or the run fails.
create table run_funnel (
  run_id          uuid primary key references run,
  considered      integer not null,
  eligible        integer not null check (eligible = scored),
  scored          integer not null,
  above_threshold integer not null check (above_threshold <= scored),
  mailed          integer not null check (mailed = mailed_model + mailed_exploration),
  mailed_model    integer not null,
  mailed_exploration integer not null,
  held_out        integer not null,
  not_chosen      integer not null,
  not_eligible    integer not null check (not_eligible = considered - eligible),
  reasons         jsonb not null,
  check (considered = mailed + held_out + not_chosen + not_eligible)
);

-- A row that was not used: where it stood and which rule it broke, never what it said.
create table rejected_row (
  run_id uuid not null references run,
  file   text not null,
  line   integer not null,
  field  text not null,
  rule   text not null,
  primary key (run_id, file, line, field)
);

create table fund_price (
  run_id uuid not null references run,
  fund   text not null,
  date   date not null,
  price  numeric(18, 6) not null check (price > 0),
  primary key (run_id, fund, date)
);

-- The accepted rows of a run, frozen: the cells as in the run's feed contract (numbers, booleans as 0 and 1 and dates as days
-- since 1970 apart from texts), with the state of quiet list, opt-outs and contact history that the run used.
create table snapshot_row (
  run_id      uuid not null,
  row_no      integer not null,
  customer    text collate "C" not null,
  salt        bytea not null,
  numbers     double precision[] not null,
  texts       text[] not null,
  quiet       boolean not null,
  opted_out   boolean not null,
  flow_starts integer[],
  mails       integer[]
) partition by list (run_id);

create table decision (
  run_id   uuid not null,
  row_no   integer not null,
  customer text collate "C" not null,
  salt     bytea not null,
  outcome  smallint not null,
  arm      smallint,
  reasons  smallint[] not null,
  score    double precision,
  rank     integer,
  primary key (run_id, customer)
) partition by list (run_id);

-- The leaf hashes of a run's decisions in row order, 4096 of 32 bytes a block, each with the root of its part of the tree: a proof
-- needs one block and the roots, and nothing of the customers.
create table decision_leaf (
  run_id uuid not null references run,
  block  integer not null check (block >= 0),
  root   bytea not null check (length(root) = 32),
  hashes bytea storage external not null check (length(hashes) % 32 = 0 and length(hashes) <= 131072),
  primary key (run_id, block)
);

create table batch (
  id            uuid primary key,
  campaign      text not null references campaign,
  run_id        uuid unique references run,
  week          iso_week not null,
  fallback      boolean not null default false,
  status        text not null check (status in ('IN_REVIEW', 'SUBMITTED', 'APPROVED', 'REJECTED', 'HELD', 'RELEASED')),
  size          integer not null check (size >= 0),
  digest        digest not null,
  created_at    timestamptz not null,
  submitted_by  text,
  submitted_at  timestamptz,
  decided_by    text check (decided_by <> submitted_by),
  decided_at    timestamptz,
  approved_digest digest,
  held_by       text,
  held_from     text,
  note          text,
  released_by   text,
  released_at   timestamptz,
  check (fallback = (run_id is null)),
  check (status not in ('SUBMITTED', 'APPROVED', 'RELEASED') or submitted_by is not null),
  check (status not in ('APPROVED', 'RELEASED') or (decided_by is not null and approved_digest is not null)),
  -- What was approved is what is released.
  check (status <> 'RELEASED' or (approved_digest = digest and released_by is not null and released_at is not null)),
  check ((status = 'HELD') = (held_by is not null))
);
create index batch_by_campaign on batch (campaign, created_at desc, id desc);

create table recipient (
  batch_id     uuid not null references batch,
  customer     customer_id not null,
  -- The place in the batch as it was drawn.
  row_no       integer not null check (row_no >= 0),
  arm          text not null check (arm in ('MODEL', 'EXPLORATION')),
  -- What the batch's digest covers of this recipient: it can stay when the recipient is erased (0004).
  salt         bytea not null check (length(salt) = 16),
  leaf         bytea not null generated always as
    (sha256(('["recipient/1","' || customer || '","' || arm || '","' || encode(salt, 'hex') || '"]')::bytea)) stored,
  score        double precision,
  removed_by   text,
  removed_at   timestamptz,
  removal_note text,
  -- Why the customer was left out at release although approved.
  dropped      text check (dropped in ('OPTED_OUT', 'QUIET_LIST')),
  primary key (batch_id, customer),
  unique (batch_id, row_no),
  check ((removed_by is null) = (removed_at is null) and (removed_by is null) = (removal_note is null)),
  check (dropped is null or removed_by is null)
);
create index recipient_customer on recipient (customer);

create table sample_item (
  batch_id    uuid not null,
  customer    customer_id not null,
  position    integer not null,
  verdict     text not null default 'PENDING' check (verdict in ('PENDING', 'FINE', 'WRONG')),
  reviewer    text,
  reviewed_at timestamptz,
  note        text,
  primary key (batch_id, customer),
  unique (batch_id, position),
  foreign key (batch_id, customer) references recipient,
  check ((verdict = 'PENDING') = (reviewer is null))
);

-- No customer is in two released batches of a campaign's week.
create table released_recipient (
  campaign text not null references campaign,
  week     iso_week not null,
  customer customer_id not null,
  batch_id uuid not null references batch,
  primary key (campaign, week, customer)
);
create index released_recipient_batch on released_recipient (batch_id, customer);

create table hand_off (
  batch_id     uuid primary key references batch,
  file         text not null unique,
  digest       digest not null,
  rows         integer not null check (rows >= 0),
  delivered_at timestamptz
);

-- Every mail that anyone at the bank sent or planned, as far as the service knows.
create table contact (
  customer customer_id not null,
  sent_on  date not null,
  mailing  text not null,
  campaign text references campaign,
  batch_id uuid references batch,
  primary key (customer, sent_on, mailing)
);
create index contact_sent_on on contact (sent_on);

create table conversion (
  campaign     text not null references campaign,
  customer     customer_id not null,
  converted_on date not null,
  amount       numeric(16, 2),
  primary key (campaign, customer, converted_on)
);
create index conversion_customer on conversion (customer);

create table quiet_list (
  campaign text not null references campaign,
  customer customer_id not null,
  until    date not null,
  reason   text not null,
  added_by text not null,
  added_at timestamptz not null,
  primary key (campaign, customer, added_at)
);
create index quiet_list_customer on quiet_list (customer);

create table opt_out (
  customer    customer_id primary key,
  recorded_on date not null,
  recorded_by text not null,
  note        text
);

create table incident (
  id          uuid primary key,
  kind        text not null check (kind in ('FEED_MISSING', 'CHECK_HALTED', 'RUN_FAILED', 'HAND_OFF_FAILED', 'RECORD_BROKEN')),
  campaign    text references campaign,
  run_id      uuid references run,
  summary     text not null,
  opened_at   timestamptz not null,
  notified_at timestamptz,
  resolved_by text,
  resolved_at timestamptz check (resolved_at >= opened_at),
  note        text,
  check ((resolved_by is null) = (resolved_at is null) and (resolved_by is null) = (note is null))
);
create index incident_by_time on incident (opened_at desc, id desc);
create index incident_to_notify on incident (opened_at) where notified_at is null;

grant select, insert on all tables in schema public to waarom_app;
grant update (paused) on campaign to waarom_app;
grant update (status, signed_by, signed_at, decided_by, decided_at, note) on data_use to waarom_app;
grant update (status, gates, approved_by, approved_at, live_from, live_until) on model_version to waarom_app;
grant update (current, trigger, status, step, finished_at, as_of, snapshot_rows, rejected_rows, snapshot_digest, decision_root,
              manifest, manifest_digest) on run to waarom_app;
grant update (status, size, digest, submitted_by, submitted_at, decided_by, decided_at, approved_digest, held_by, held_from, note,
              released_by, released_at) on batch to waarom_app;
grant update (removed_by, removed_at, removal_note, dropped) on recipient to waarom_app;
grant update (verdict, reviewer, reviewed_at, note) on sample_item to waarom_app;
grant update (delivered_at) on hand_off to waarom_app;
grant update (notified_at, resolved_by, resolved_at, note) on incident to waarom_app;
revoke insert on snapshot_row, decision from waarom_app;

-- The app role loads a run's rows into a table of their own and then seals it: indexed, analysed, attached, read-only.
-- Both are the owner's functions because a partition belongs to the owner of its parent. To open and to seal is a change that
-- needs an audit entry (audit_guard, 0005).
create function open_partition(parent text, run uuid) returns text
  language plpgsql security definer set search_path = pg_catalog, public as
$$
declare
  child text := parent || '_' || replace(run::text, '-', '');
  content name;
begin
  if parent not in ('snapshot_row', 'decision') then
    raise exception 'no partitions of %', parent;
  end if;
  -- Nothing leaves a sealed partition but what is erased: then the next round of the autovacuum clears it out, however little.
  execute format('create table public.%I (like public.%I including defaults)
                    with (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0)', child, parent);
  -- No plan depends on what the arrays and salts hold, and to analyse them takes longer than to write them.
  for content in
    select attname from pg_attribute
    where attrelid = format('public.%I', parent)::regclass and (atttypid = 'bytea'::regtype or attndims > 0)
  loop
    execute format('alter table public.%I alter %I set statistics 0', child, content);
  end loop;
  execute format('grant insert, select on public.%I to waarom_app', child);
  perform audit_guard(format('public.%I', child)::regclass);
  insert into audit_due (xact, change) values (pg_current_xact_id(), 'opening of ' || parent) on conflict do nothing;
  return child;
end
$$;

create function seal_partition(parent text, run uuid) returns void
  language plpgsql security definer set search_path = pg_catalog, public as
$$
declare
  child text := parent || '_' || replace(run::text, '-', '');
begin
  if parent not in ('snapshot_row', 'decision') then
    raise exception 'no partitions of %', parent;
  end if;
  execute format('alter table public.%I add constraint %I check (run_id = %L)', child, child || '_run', run);
  if parent = 'decision' then
    execute format('alter table public.%I add primary key (run_id, customer)', child);
  end if;
  execute format('create index on public.%I using brin (row_no) with (pages_per_range = 8)', child);
  execute format('analyze public.%I', child);
  execute format('alter table public.%I attach partition public.%I for values in (%L)', parent, child, run);
  execute format('revoke insert on public.%I from waarom_app', child);
  insert into audit_due (xact, change) values (pg_current_xact_id(), 'sealing of ' || parent) on conflict do nothing;
end
$$;
revoke all on function open_partition, seal_partition from public;
grant execute on function open_partition, seal_partition to waarom_app;
