-- Past runs executed again from their record, and what came of it. Differences name rows, not customers: a customer who is
-- erased leaves nothing here.
create table reproduction (
  id             uuid primary key,
  run_id         uuid not null references run,
  at             timestamptz not null,
  by             text not null,
  verdict        text not null check (verdict in ('IDENTICAL', 'WITHIN_TOLERANCE', 'DIVERGED', 'BROKEN_RECORD')),
  compared       integer not null check (compared >= 0),
  differing      integer not null check (differing >= 0),
  erased         integer not null check (erased >= 0),
  recorded_root  digest not null,
  decision_root  digest not null,
  differences    jsonb not null,
  faults         text[] not null,
  environment    text[] not null,
  certificate    text not null,
  check ((verdict = 'IDENTICAL') <= (differing = 0 and decision_root = recorded_root)),
  check ((verdict = 'BROKEN_RECORD') = (cardinality(faults) > 0))
);
create index reproduction_by_run on reproduction (run_id, at desc);
grant select, insert on reproduction to waarom_app;
select audit_guard('reproduction');
