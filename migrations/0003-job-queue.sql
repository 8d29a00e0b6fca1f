-- The service works the queue without a right to change its tables, and has none to erase its version.
grant usage on schema job_queue to waarom_app;
grant select, insert, update, delete on all tables in schema job_queue to waarom_app;
revoke insert, delete on job_queue.version from waarom_app;

-- What became of a week when its schedule came due. Decided once: an engine that was paused or a start that was refused does
-- not turn into a run later by itself.
create table scheduled_start (
  campaign   text not null references campaign,
  week       iso_week not null,
  due_at     timestamptz not null,
  outcome    text not null check (outcome in ('STARTED', 'HAD_RUN', 'PAUSED', 'REFUSED')),
  decided_at timestamptz not null check (decided_at >= due_at),
  primary key (campaign, week)
);
grant select, insert on scheduled_start to waarom_app;
