-- The engine's switch: what was stopped, by whom and why, until when (src/domain/engine-pause.ts). campaign.paused says the same of a
-- pause of scope CAMPAIGN, as it did before there were others.
create table engine_pause (
  id            uuid primary key,
  scope         text not null check (scope in ('CAMPAIGN', 'FLOW', 'EVERYTHING')),
  campaign      text references campaign,
  paused_by     text not null,
  paused_at     timestamptz not null,
  reason        text not null,
  -- What it stopped, as it was at that instant.
  stopped       jsonb not null,
  resumed_by    text,
  resumed_at    timestamptz check (resumed_at >= paused_at),
  resume_reason text,
  check ((scope = 'EVERYTHING') = (campaign is null)),
  check ((resumed_by is null) = (resumed_at is null) and (resumed_by is null) = (resume_reason is null))
);
-- At most one of a scope is in force.
create unique index engine_pause_in_force on engine_pause (scope, campaign) nulls not distinct where resumed_at is null;
create index engine_pause_by_time on engine_pause (paused_at desc, id desc);
grant select, insert on engine_pause to waarom_app;
grant update (resumed_by, resumed_at, resume_reason) on engine_pause to waarom_app;
select audit_guard('engine_pause');

-- A batch that was drawn at random while the engine was off: from whose snapshot, by which settings, by whom. It has no run.
alter table batch
  add column snapshot_run_id uuid references run,
  add column config_id uuid references config_version,
  add column drawn_by text,
  add constraint batch_fallback_source check (fallback or (snapshot_run_id is null and config_id is null and drawn_by is null));

-- Of a fallback batch every rule is applied anew when it is released, not only the protection from mail.
alter table recipient drop constraint recipient_dropped_check;
alter table recipient add constraint recipient_dropped_check check (dropped in (
  'NOT_PRIVATE', 'HOLDS_PRODUCT', 'NO_OPT_IN', 'OPTED_OUT', 'UNDER_AGE', 'AGE_OUT_OF_RANGE', 'DECEASED', 'FRAUD_FLAG', 'NOT_A_CUSTOMER',
  'ADDRESS_BOUNCED', 'QUIET_LIST', 'IN_FLOW', 'RECENTLY_MAILED', 'CONTACT_PRESSURE', 'DATA_INCOMPLETE'
));
