-- Why decisions fell as they did, as facts without language (src/domain/explanation.ts): of whoever is mailed with the run, of others
-- when somebody asks, and then kept. An explanation repeats what the customer's frozen row held, so it goes when that or the decision
-- goes: by the functions of 0004.
create table explanation (
  run_id   uuid not null references run,
  customer customer_id not null,
  -- When it was computed.
  at       timestamptz not null,
  -- Read whole and never searched: json keeps what was written as it was written.
  facts    json not null,
  primary key (run_id, customer)
);
grant select, insert on explanation to waarom_app;
select audit_guard('explanation');
