-- Data uses in both languages and with the note of their sign-off; incidents of columns that no data use covers; changes of the feed
-- contract.

-- What was declared is a text, or { nl, en }.
alter table data_use
  alter source type jsonb using to_jsonb(source),
  alter purpose type jsonb using to_jsonb(purpose),
  alter legal_basis type jsonb using to_jsonb(legal_basis),
  add check (jsonb_typeof(source) in ('string', 'object')),
  add check (jsonb_typeof(purpose) in ('string', 'object')),
  add check (jsonb_typeof(legal_basis) in ('string', 'object')),
  -- `note` is that of the last decision; this one stays when a withdrawal follows.
  add column signed_note text;
grant update (signed_note) on data_use to waarom_app;

do $$
declare
  kinds constant text := (
    select pg_get_constraintdef(oid) from pg_constraint
    where conrelid = 'incident'::regclass and conname = 'incident_kind_check'
  );
begin
  alter table incident drop constraint incident_kind_check;
  execute 'alter table incident add constraint incident_kind_check '
    || replace(kinds, 'ARRAY[', 'ARRAY[''DATA_USE''::text, ');
end
$$;

-- The feeds of a week are judged by the newest contract that holds from that week or an earlier one and was not withdrawn before.
alter table feed_contract
  add column from_week iso_week,
  add column withdrawn_at timestamptz,
  add check ((number = 1) = (from_week is null)),
  add check (number > 1 or withdrawn_at is null);
grant update (withdrawn_at) on feed_contract to waarom_app;

-- A change is never edited: it is withdrawn and another proposed.
create table feed_contract_change (
  id              uuid primary key,
  campaign        text not null references campaign,
  -- The contract that it changes.
  base            integer not null,
  columns         jsonb not null,
  digest          digest not null,
  reason          text not null,
  status          text not null check (status in ('PROPOSED', 'APPROVED', 'REJECTED', 'WITHDRAWN')),
  proposed_by     text not null,
  proposed_at     timestamptz not null,
  decided_by      text check (decided_by <> proposed_by),
  decided_at      timestamptz,
  note            text,
  -- The contract that it became.
  contract        integer,
  withdrawn_by    text,
  withdrawn_at    timestamptz,
  withdrawal_note text,
  foreign key (campaign, base) references feed_contract (campaign, number),
  foreign key (campaign, contract) references feed_contract (campaign, number),
  check ((decided_by is null) = (decided_at is null)),
  check ((withdrawn_by is null) = (withdrawn_at is null) and (withdrawn_by is null) = (withdrawal_note is null)),
  check ((status = 'WITHDRAWN') = (withdrawn_by is not null)),
  check (status <> 'PROPOSED' or decided_by is null),
  check (status not in ('APPROVED', 'REJECTED') or decided_by is not null),
  check (contract is null or status in ('APPROVED', 'WITHDRAWN')),
  check (status <> 'APPROVED' or contract is not null)
);
create unique index feed_contract_change_open on feed_contract_change (campaign) where status = 'PROPOSED';
create index feed_contract_change_by_time on feed_contract_change (campaign, proposed_at desc, id desc);
grant select, insert on feed_contract_change to waarom_app;
grant update (status, decided_by, decided_at, note, contract, withdrawn_by, withdrawn_at, withdrawal_note)
  on feed_contract_change to waarom_app;
select audit_guard('feed_contract_change');
