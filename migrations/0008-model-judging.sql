-- Models are judged after they were registered: a version is REGISTERED until its gates were judged, however often that has to be begun.

-- By which settings a version was judged last (limits of the gates, threshold), and when; null of one that was not judged yet, and of
-- those that were judged before this was kept.
alter table model_version
  add column judged_at timestamptz,
  add column judged_config uuid references config_version,
  add check ((judged_at is null) = (judged_config is null));
grant update (judged_at, judged_config) on model_version to waarom_app;

-- How far the judging of a version is. Not audited: that a version is to be judged is said by its status, and what came of it by an
-- entry; a row more or less changes when somebody looks, and what they see meanwhile.
create table model_judging (
  model_id   uuid primary key references model_version,
  asked_at   timestamptz not null,
  -- How often it was begun. One that never ends is given up.
  attempts   integer not null default 0 check (attempts >= 0),
  started_at timestamptz,
  step       text,
  done       integer not null default 0 check (done >= 0),
  check ((attempts = 0) = (started_at is null)),
  check ((attempts = 0) = (step is null))
);
grant select, insert, update, delete on model_judging to waarom_app;
