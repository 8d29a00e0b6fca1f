-- What the migrations amount to. Written from a migrated database: read it, never run or edit it.

-- Domains

create domain customer_id as text collate "C" CHECK ((((length(VALUE) >= 1) AND (length(VALUE) <= 64)) AND (VALUE !~ '[^A-Za-z0-9_-]'::text)));

create domain digest as text CHECK ((VALUE ~ '^sha256:[0-9a-f]{64}$'::text));

create domain iso_week as text CHECK ((VALUE ~ '^\d{4}-W(0[1-9]|[1-4]\d|5[0-3])$'::text));

create domain share as double precision CHECK (((VALUE >= (0)::double precision) AND (VALUE <= (1)::double precision)));

-- Sequences

create sequence audit_staged_id_seq as bigint increment 1 minvalue 1 maxvalue 9223372036854775807 start 1;

create sequence migration_id_seq as integer increment 1 minvalue 1 maxvalue 2147483647 start 1;

-- Tables

create table audit_checkpoint (
  size bigint not null,
  root bytea not null,
  note text not null,
  at timestamp with time zone not null,
  constraint audit_checkpoint_pkey PRIMARY KEY (size),
  constraint audit_checkpoint_root_check CHECK ((length(root) = 32)),
  constraint audit_checkpoint_size_check CHECK ((size >= 0))
);

create unlogged table audit_due (
  xact xid8 not null,
  change text not null,
  constraint audit_due_pkey PRIMARY KEY (xact)
);

create table audit_entry (
  index bigint not null,
  bytes bytea not null,
  leaf bytea not null,
  at timestamp with time zone,
  actor text,
  role text,
  action text,
  campaign text,
  subject text,
  digest text,
  constraint audit_entry_pkey PRIMARY KEY (index),
  constraint audit_entry_index_check CHECK ((index >= 0)),
  constraint audit_entry_leaf_check CHECK ((leaf = sha256(('\x00'::bytea || bytes))))
);

create table audit_hash (
  index bigint not null,
  hash bytea not null,
  constraint audit_hash_pkey PRIMARY KEY (index),
  constraint audit_hash_hash_check CHECK ((length(hash) = 32)),
  constraint audit_hash_index_check CHECK ((index >= 0))
);

create table audit_staged (
  id bigint generated always as identity not null,
  bytes bytea not null,
  staged_at timestamp with time zone default clock_timestamp() not null,
  xact xid8 default pg_current_xact_id() not null,
  constraint audit_staged_pkey PRIMARY KEY (id),
  constraint audit_staged_bytes_check CHECK (((length(bytes) >= 1) AND (length(bytes) <= 65535)))
);

create table batch (
  id uuid not null,
  campaign text not null,
  run_id uuid,
  week iso_week not null,
  fallback boolean default false not null,
  status text not null,
  size integer not null,
  digest digest not null,
  created_at timestamp with time zone not null,
  submitted_by text,
  submitted_at timestamp with time zone,
  decided_by text,
  decided_at timestamp with time zone,
  approved_digest digest,
  held_by text,
  held_from text,
  note text,
  released_by text,
  released_at timestamp with time zone,
  snapshot_run_id uuid,
  config_id uuid,
  drawn_by text,
  constraint batch_pkey PRIMARY KEY (id),
  constraint batch_run_id_key UNIQUE (run_id),
  constraint batch_campaign_fkey FOREIGN KEY (campaign) REFERENCES campaign(key),
  constraint batch_config_id_fkey FOREIGN KEY (config_id) REFERENCES config_version(id),
  constraint batch_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id),
  constraint batch_snapshot_run_id_fkey FOREIGN KEY (snapshot_run_id) REFERENCES run(id),
  constraint batch_check CHECK ((decided_by <> submitted_by)),
  constraint batch_check1 CHECK ((fallback = (run_id IS NULL))),
  constraint batch_check2 CHECK (((status <> ALL (ARRAY['SUBMITTED'::text, 'APPROVED'::text, 'RELEASED'::text])) OR (submitted_by IS NOT NULL))),
  constraint batch_check3 CHECK (((status <> ALL (ARRAY['APPROVED'::text, 'RELEASED'::text])) OR ((decided_by IS NOT NULL) AND (approved_digest IS NOT NULL)))),
  constraint batch_check4 CHECK (((status <> 'RELEASED'::text) OR (((approved_digest)::text = (digest)::text) AND (released_by IS NOT NULL) AND (released_at IS NOT NULL)))),
  constraint batch_check5 CHECK (((status = 'HELD'::text) = (held_by IS NOT NULL))),
  constraint batch_fallback_source CHECK ((fallback OR ((snapshot_run_id IS NULL) AND (config_id IS NULL) AND (drawn_by IS NULL)))),
  constraint batch_size_check CHECK ((size >= 0)),
  constraint batch_status_check CHECK ((status = ANY (ARRAY['IN_REVIEW'::text, 'SUBMITTED'::text, 'APPROVED'::text, 'REJECTED'::text, 'HELD'::text, 'RELEASED'::text])))
);

create table campaign (
  key text not null,
  definition jsonb not null,
  digest digest not null,
  seed text not null,
  paused boolean default false not null,
  applied_by text not null,
  applied_at timestamp with time zone not null,
  constraint campaign_pkey PRIMARY KEY (key),
  constraint campaign_key_check CHECK ((key ~ '^[a-z][a-z0-9-]{0,63}$'::text)),
  constraint campaign_seed_check CHECK ((seed ~ '^[0-9a-f]{64}$'::text))
);

create table challenger_decision (
  run_id uuid not null,
  place integer not null,
  row_no integer not null,
  customer text not null,
  salt bytea not null,
  score double precision not null,
  rank integer not null,
  chosen boolean not null,
  leaf bytea not null,
  constraint challenger_decision_pkey PRIMARY KEY (run_id, customer)
) partition by LIST (run_id);

create table config_approval (
  change_id uuid not null,
  revision integer not null,
  role text not null,
  approved_by text not null,
  approved_at timestamp with time zone not null,
  note text,
  constraint config_approval_pkey PRIMARY KEY (change_id, revision, role),
  constraint config_approval_change_id_revision_approved_by_key UNIQUE (change_id, revision, approved_by),
  constraint config_approval_change_id_fkey FOREIGN KEY (change_id) REFERENCES config_change(id),
  constraint config_approval_revision_check CHECK ((revision > 0)),
  constraint config_approval_role_check CHECK ((role = ANY (ARRAY['OPERATOR'::text, 'MARKETEER'::text, 'COMPLIANCE_REVIEWER'::text])))
);

create table config_change (
  id uuid not null,
  campaign text not null,
  status text not null,
  reason text not null,
  patch jsonb not null,
  base integer not null,
  settings jsonb not null,
  differences jsonb not null,
  impact jsonb not null,
  cuts_evaluation text,
  accepts_evaluation_loss boolean not null,
  digest digest not null,
  revision integer not null,
  hands text[] not null,
  needs text[] not null,
  proposed_by text not null,
  proposed_at timestamp with time zone not null,
  revised_by text not null,
  revised_at timestamp with time zone not null,
  decided_by text,
  decided_at timestamp with time zone,
  note text,
  version integer,
  constraint config_change_pkey PRIMARY KEY (id),
  constraint config_change_campaign_base_fkey FOREIGN KEY (campaign, base) REFERENCES config_version(campaign, number),
  constraint config_change_campaign_fkey FOREIGN KEY (campaign) REFERENCES campaign(key),
  constraint config_change_campaign_version_fkey FOREIGN KEY (campaign, version) REFERENCES config_version(campaign, number) DEFERRABLE INITIALLY DEFERRED,
  constraint config_change_check CHECK ((accepts_evaluation_loss OR (cuts_evaluation IS NULL))),
  constraint config_change_check1 CHECK ((revised_at >= proposed_at)),
  constraint config_change_check2 CHECK (((proposed_by = ANY (hands)) AND (revised_by = ANY (hands)))),
  constraint config_change_check3 CHECK ((((decided_by IS NULL) = (status = ANY (ARRAY['PROPOSED'::text, 'APPROVED'::text]))) AND ((decided_by IS NULL) = (decided_at IS NULL)))),
  constraint config_change_check4 CHECK (((status <> ALL (ARRAY['EFFECTIVE'::text, 'REJECTED'::text])) OR (decided_by <> ALL (hands)))),
  constraint config_change_check5 CHECK (((status <> 'WITHDRAWN'::text) OR (decided_by = proposed_by))),
  constraint config_change_check6 CHECK (((status = 'EFFECTIVE'::text) = (version IS NOT NULL))),
  constraint config_change_check7 CHECK ((version > base)),
  constraint config_change_hands_check CHECK ((cardinality(hands) > 0)),
  constraint config_change_needs_check CHECK (((needs <@ ARRAY['OPERATOR'::text, 'MARKETEER'::text, 'COMPLIANCE_REVIEWER'::text]) AND (needs && ARRAY['OPERATOR'::text, 'MARKETEER'::text]))),
  constraint config_change_reason_check CHECK ((reason <> ''::text)),
  constraint config_change_revision_check CHECK ((revision > 0)),
  constraint config_change_status_check CHECK ((status = ANY (ARRAY['PROPOSED'::text, 'APPROVED'::text, 'REJECTED'::text, 'EFFECTIVE'::text, 'WITHDRAWN'::text])))
);

create table config_version (
  id uuid not null,
  campaign text not null,
  number integer not null,
  settings jsonb not null,
  digest digest not null,
  effective_from timestamp with time zone not null,
  created_by text not null,
  constraint config_version_pkey PRIMARY KEY (id),
  constraint config_version_campaign_number_key UNIQUE (campaign, number),
  constraint config_version_campaign_fkey FOREIGN KEY (campaign) REFERENCES campaign(key),
  constraint config_version_number_check CHECK ((number > 0))
);

create table contact (
  customer customer_id not null,
  sent_on date not null,
  mailing text not null,
  campaign text,
  batch_id uuid,
  constraint contact_pkey PRIMARY KEY (customer, sent_on, mailing),
  constraint contact_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES batch(id),
  constraint contact_campaign_fkey FOREIGN KEY (campaign) REFERENCES campaign(key)
);

create table conversion (
  campaign text not null,
  customer customer_id not null,
  converted_on date not null,
  amount numeric(16,2),
  constraint conversion_pkey PRIMARY KEY (campaign, customer, converted_on),
  constraint conversion_campaign_fkey FOREIGN KEY (campaign) REFERENCES campaign(key)
);

create table customer_pseudonym (
  customer customer_id not null,
  secret bytea not null,
  constraint customer_pseudonym_pkey PRIMARY KEY (customer),
  constraint customer_pseudonym_secret_check CHECK ((length(secret) = 16))
);

create table data_use (
  id uuid not null,
  campaign text not null,
  columns text[] not null,
  source jsonb not null,
  purpose jsonb not null,
  legal_basis jsonb not null,
  valid_until date not null,
  status text not null,
  declared_by text not null,
  declared_at timestamp with time zone not null,
  signed_by text,
  signed_at timestamp with time zone,
  decided_by text,
  decided_at timestamp with time zone,
  note text,
  signed_note text,
  constraint data_use_pkey PRIMARY KEY (id),
  constraint data_use_campaign_fkey FOREIGN KEY (campaign) REFERENCES campaign(key),
  constraint data_use_by_another CHECK ((signed_by <> declared_by)),
  constraint data_use_check CHECK (((decided_by <> declared_by) OR (status = 'WITHDRAWN'::text))),
  constraint data_use_check1 CHECK (((status = 'DECLARED'::text) = (decided_by IS NULL))),
  constraint data_use_check2 CHECK (((decided_by IS NULL) = (decided_at IS NULL))),
  constraint data_use_columns_check CHECK ((cardinality(columns) > 0)),
  constraint data_use_legal_basis_check CHECK ((jsonb_typeof(legal_basis) = ANY (ARRAY['string'::text, 'object'::text]))),
  constraint data_use_purpose_check CHECK ((jsonb_typeof(purpose) = ANY (ARRAY['string'::text, 'object'::text]))),
  constraint data_use_signed CHECK (((status <> 'SIGNED_OFF'::text) OR (signed_by IS NOT NULL))),
  constraint data_use_source_check CHECK ((jsonb_typeof(source) = ANY (ARRAY['string'::text, 'object'::text]))),
  constraint data_use_status_check CHECK ((status = ANY (ARRAY['DECLARED'::text, 'SIGNED_OFF'::text, 'REFUSED'::text, 'WITHDRAWN'::text])))
);

create table decision (
  run_id uuid not null,
  row_no integer not null,
  customer text not null,
  salt bytea not null,
  outcome smallint not null,
  arm smallint,
  reasons smallint[] not null,
  score double precision,
  rank integer,
  constraint decision_pkey PRIMARY KEY (customer, run_id)
) partition by LIST (run_id);

create table decision_leaf (
  run_id uuid not null,
  block integer not null,
  root bytea not null,
  hashes bytea not null,
  constraint decision_leaf_pkey PRIMARY KEY (run_id, block),
  constraint decision_leaf_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id),
  constraint decision_leaf_block_check CHECK ((block >= 0)),
  constraint decision_leaf_hashes_check CHECK ((((length(hashes) % 32) = 0) AND (length(hashes) <= 131072))),
  constraint decision_leaf_root_check CHECK ((length(root) = 32))
);

create table engine_pause (
  id uuid not null,
  scope text not null,
  campaign text,
  paused_by text not null,
  paused_at timestamp with time zone not null,
  reason text not null,
  stopped jsonb not null,
  resumed_by text,
  resumed_at timestamp with time zone,
  resume_reason text,
  constraint engine_pause_pkey PRIMARY KEY (id),
  constraint engine_pause_campaign_fkey FOREIGN KEY (campaign) REFERENCES campaign(key),
  constraint engine_pause_check CHECK ((resumed_at >= paused_at)),
  constraint engine_pause_check1 CHECK (((scope = 'EVERYTHING'::text) = (campaign IS NULL))),
  constraint engine_pause_check2 CHECK ((((resumed_by IS NULL) = (resumed_at IS NULL)) AND ((resumed_by IS NULL) = (resume_reason IS NULL)))),
  constraint engine_pause_scope_check CHECK ((scope = ANY (ARRAY['CAMPAIGN'::text, 'FLOW'::text, 'EVERYTHING'::text])))
);

create table erased_row (
  erasure_id uuid not null,
  kind text not null,
  owner_id uuid not null,
  row_no integer,
  hash bytea,
  rank integer,
  explored boolean default false not null,
  constraint erased_row_owner_id_kind_row_no_key UNIQUE NULLS NOT DISTINCT (owner_id, kind, row_no),
  constraint erased_row_erasure_id_fkey FOREIGN KEY (erasure_id) REFERENCES erasure(id) DEFERRABLE INITIALLY DEFERRED,
  constraint erased_row_check CHECK (((row_no IS NOT NULL) OR (hash IS NULL))),
  constraint erased_row_hash_check CHECK ((length(hash) = 32)),
  constraint erased_row_kind_check CHECK ((kind = ANY (ARRAY['snapshot'::text, 'decision'::text, 'challenger'::text, 'recipient'::text, 'sample_item'::text, 'released_recipient'::text]))),
  constraint erased_row_row_no_check CHECK ((row_no >= 0))
);

create table erasure (
  id uuid not null,
  erased_at timestamp with time zone not null,
  erased_by text not null,
  requested_by text,
  reason text not null,
  tombstone bytea,
  rows bigint not null,
  digest digest not null,
  constraint erasure_pkey PRIMARY KEY (id),
  constraint erasure_check CHECK ((requested_by <> erased_by)),
  constraint erasure_check1 CHECK (((tombstone IS NULL) = (requested_by IS NULL))),
  constraint erasure_rows_check CHECK ((rows >= 0)),
  constraint erasure_tombstone_check CHECK ((length(tombstone) = 32))
);

create table erasure_request (
  id uuid not null,
  customer customer_id not null,
  requested_by text not null,
  requested_at timestamp with time zone not null,
  reason text not null,
  constraint erasure_request_pkey PRIMARY KEY (id),
  constraint erasure_request_customer_requested_by_key UNIQUE (customer, requested_by)
);

create table explanation (
  run_id uuid not null,
  customer customer_id not null,
  at timestamp with time zone not null,
  facts json not null,
  constraint explanation_pkey PRIMARY KEY (run_id, customer),
  constraint explanation_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id)
);

create table feed_contract (
  campaign text not null,
  number integer not null,
  columns jsonb not null,
  digest digest not null,
  effective_from timestamp with time zone not null,
  from_week iso_week,
  withdrawn_at timestamp with time zone,
  constraint feed_contract_pkey PRIMARY KEY (campaign, number),
  constraint feed_contract_campaign_fkey FOREIGN KEY (campaign) REFERENCES campaign(key),
  constraint feed_contract_check CHECK (((number = 1) = (from_week IS NULL))),
  constraint feed_contract_check1 CHECK (((number > 1) OR (withdrawn_at IS NULL))),
  constraint feed_contract_number_check CHECK ((number > 0))
);

create table feed_contract_change (
  id uuid not null,
  campaign text not null,
  base integer not null,
  columns jsonb not null,
  digest digest not null,
  reason text not null,
  status text not null,
  proposed_by text not null,
  proposed_at timestamp with time zone not null,
  decided_by text,
  decided_at timestamp with time zone,
  note text,
  contract integer,
  withdrawn_by text,
  withdrawn_at timestamp with time zone,
  withdrawal_note text,
  constraint feed_contract_change_pkey PRIMARY KEY (id),
  constraint feed_contract_change_campaign_base_fkey FOREIGN KEY (campaign, base) REFERENCES feed_contract(campaign, number),
  constraint feed_contract_change_campaign_contract_fkey FOREIGN KEY (campaign, contract) REFERENCES feed_contract(campaign, number),
  constraint feed_contract_change_campaign_fkey FOREIGN KEY (campaign) REFERENCES campaign(key),
  constraint feed_contract_change_check CHECK ((decided_by <> proposed_by)),
  constraint feed_contract_change_check1 CHECK (((decided_by IS NULL) = (decided_at IS NULL))),
  constraint feed_contract_change_check2 CHECK ((((withdrawn_by IS NULL) = (withdrawn_at IS NULL)) AND ((withdrawn_by IS NULL) = (withdrawal_note IS NULL)))),
  constraint feed_contract_change_check3 CHECK (((status = 'WITHDRAWN'::text) = (withdrawn_by IS NOT NULL))),
  constraint feed_contract_change_check4 CHECK (((status <> 'PROPOSED'::text) OR (decided_by IS NULL))),
  constraint feed_contract_change_check5 CHECK (((status <> ALL (ARRAY['APPROVED'::text, 'REJECTED'::text])) OR (decided_by IS NOT NULL))),
  constraint feed_contract_change_check6 CHECK (((contract IS NULL) OR (status = ANY (ARRAY['APPROVED'::text, 'WITHDRAWN'::text])))),
  constraint feed_contract_change_check7 CHECK (((status <> 'APPROVED'::text) OR (contract IS NOT NULL))),
  constraint feed_contract_change_status_check CHECK ((status = ANY (ARRAY['PROPOSED'::text, 'APPROVED'::text, 'REJECTED'::text, 'WITHDRAWN'::text])))
);

create table fund_price (
  run_id uuid not null,
  fund text not null,
  date date not null,
  price numeric(18,6) not null,
  constraint fund_price_pkey PRIMARY KEY (run_id, fund, date),
  constraint fund_price_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id),
  constraint fund_price_price_check CHECK ((price > (0)::numeric))
);

create table hand_off (
  batch_id uuid not null,
  file text not null,
  digest digest not null,
  rows integer not null,
  delivered_at timestamp with time zone,
  constraint hand_off_pkey PRIMARY KEY (batch_id),
  constraint hand_off_file_key UNIQUE (file),
  constraint hand_off_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES batch(id),
  constraint hand_off_rows_check CHECK ((rows >= 0))
);

create table incident (
  id uuid not null,
  kind text not null,
  campaign text,
  run_id uuid,
  summary text not null,
  opened_at timestamp with time zone not null,
  notified_at timestamp with time zone,
  resolved_by text,
  resolved_at timestamp with time zone,
  note text,
  constraint incident_pkey PRIMARY KEY (id),
  constraint incident_campaign_fkey FOREIGN KEY (campaign) REFERENCES campaign(key),
  constraint incident_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id),
  constraint incident_check CHECK ((resolved_at >= opened_at)),
  constraint incident_check1 CHECK ((((resolved_by IS NULL) = (resolved_at IS NULL)) AND ((resolved_by IS NULL) = (note IS NULL)))),
  constraint incident_kind_check CHECK ((kind = ANY (ARRAY['ENUMERATION'::text, 'RUBBER_STAMPING'::text, 'DATA_USE'::text, 'FEED_MISSING'::text, 'CHECK_HALTED'::text, 'RUN_FAILED'::text, 'HAND_OFF_FAILED'::text, 'RECORD_BROKEN'::text])))
);

create table migration (
  id integer default nextval('migration_id_seq'::regclass) not null,
  "timestamp" bigint not null,
  name character varying not null,
  constraint "PK_3043fc6b8af7c99b8b98830094f" PRIMARY KEY (id)
);

create table model_act (
  model_id uuid not null,
  number integer not null,
  at timestamp with time zone not null,
  actor text not null,
  act text not null,
  before text,
  after text not null,
  note text,
  constraint model_act_pkey PRIMARY KEY (model_id, number),
  constraint model_act_model_id_fkey FOREIGN KEY (model_id) REFERENCES model_version(id),
  constraint model_act_number_check CHECK ((number > 0))
);

create table model_activation (
  campaign text not null,
  active_from timestamp with time zone not null,
  model_id uuid,
  activated_by text not null,
  constraint model_activation_pkey PRIMARY KEY (campaign, active_from),
  constraint model_activation_campaign_fkey FOREIGN KEY (campaign) REFERENCES campaign(key),
  constraint model_activation_model_id_fkey FOREIGN KEY (model_id) REFERENCES model_version(id)
);

create table model_challenge (
  campaign text not null,
  active_from timestamp with time zone not null,
  model_id uuid,
  set_by text not null,
  constraint model_challenge_pkey PRIMARY KEY (campaign, active_from),
  constraint model_challenge_campaign_fkey FOREIGN KEY (campaign) REFERENCES campaign(key),
  constraint model_challenge_model_id_fkey FOREIGN KEY (model_id) REFERENCES model_version(id)
);

create table model_file (
  digest digest not null,
  bytes bytea not null,
  constraint model_file_pkey PRIMARY KEY (digest),
  constraint model_file_check CHECK (((digest)::text = ('sha256:'::text || encode(sha256(bytes), 'hex'::text))))
);

create table model_judging (
  model_id uuid not null,
  asked_at timestamp with time zone not null,
  attempts integer default 0 not null,
  started_at timestamp with time zone,
  step text,
  done integer default 0 not null,
  constraint model_judging_pkey PRIMARY KEY (model_id),
  constraint model_judging_model_id_fkey FOREIGN KEY (model_id) REFERENCES model_version(id),
  constraint model_judging_attempts_check CHECK ((attempts >= 0)),
  constraint model_judging_check CHECK (((attempts = 0) = (started_at IS NULL))),
  constraint model_judging_check1 CHECK (((attempts = 0) = (step IS NULL))),
  constraint model_judging_done_check CHECK ((done >= 0))
);

create table model_version (
  id uuid not null,
  campaign text not null,
  name text not null,
  version text not null,
  digest digest not null,
  model_digest digest not null,
  card_digest digest not null,
  card jsonb not null,
  gates jsonb not null,
  status text not null,
  registered_by text not null,
  registered_at timestamp with time zone not null,
  approved_by text,
  approved_at timestamp with time zone,
  live_from timestamp with time zone,
  live_until timestamp with time zone,
  judged_at timestamp with time zone,
  judged_config uuid,
  constraint model_version_pkey PRIMARY KEY (id),
  constraint model_version_campaign_digest_key UNIQUE (campaign, digest),
  constraint model_version_campaign_name_version_key UNIQUE (campaign, name, version),
  constraint model_version_campaign_fkey FOREIGN KEY (campaign) REFERENCES campaign(key),
  constraint model_version_judged_config_fkey FOREIGN KEY (judged_config) REFERENCES config_version(id),
  constraint model_version_check CHECK ((approved_by <> registered_by)),
  constraint model_version_check1 CHECK ((live_until >= live_from)),
  constraint model_version_check2 CHECK (((status <> ALL (ARRAY['APPROVED'::text, 'LIVE'::text])) OR (approved_by IS NOT NULL))),
  constraint model_version_check3 CHECK (((status = 'LIVE'::text) = ((live_from IS NOT NULL) AND (live_until IS NULL)))),
  constraint model_version_check4 CHECK (((judged_at IS NULL) = (judged_config IS NULL))),
  constraint model_version_status_check CHECK ((status = ANY (ARRAY['REGISTERED'::text, 'VALIDATED'::text, 'APPROVED'::text, 'LIVE'::text, 'RETIRED'::text, 'REFUSED'::text])))
);

create table model_version_file (
  model_id uuid not null,
  name text not null,
  digest digest not null,
  constraint model_version_file_pkey PRIMARY KEY (model_id, name),
  constraint model_version_file_digest_fkey FOREIGN KEY (digest) REFERENCES model_file(digest),
  constraint model_version_file_model_id_fkey FOREIGN KEY (model_id) REFERENCES model_version(id)
);

create table opt_out (
  customer customer_id not null,
  recorded_on date not null,
  recorded_by text not null,
  note text,
  constraint opt_out_pkey PRIMARY KEY (customer)
);

create table quiet_list (
  campaign text not null,
  customer customer_id not null,
  until date not null,
  reason text not null,
  added_by text not null,
  added_at timestamp with time zone not null,
  constraint quiet_list_pkey PRIMARY KEY (campaign, customer, added_at),
  constraint quiet_list_campaign_fkey FOREIGN KEY (campaign) REFERENCES campaign(key)
);

create table recipient (
  batch_id uuid not null,
  customer customer_id not null,
  row_no integer not null,
  arm text not null,
  salt bytea not null,
  leaf bytea generated always as (sha256(((((((('["recipient/1","'::text || (customer)::text) || '","'::text) || arm) || '","'::text) || encode(salt, 'hex'::text)) || '"]'::text))::bytea)) stored not null,
  score double precision,
  removed_by text,
  removed_at timestamp with time zone,
  removal_note text,
  dropped text,
  constraint recipient_pkey PRIMARY KEY (batch_id, customer),
  constraint recipient_batch_id_row_no_key UNIQUE (batch_id, row_no),
  constraint recipient_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES batch(id),
  constraint recipient_arm_check CHECK ((arm = ANY (ARRAY['MODEL'::text, 'EXPLORATION'::text]))),
  constraint recipient_check CHECK ((((removed_by IS NULL) = (removed_at IS NULL)) AND ((removed_by IS NULL) = (removal_note IS NULL)))),
  constraint recipient_check1 CHECK (((dropped IS NULL) OR (removed_by IS NULL))),
  constraint recipient_dropped_check CHECK ((dropped = ANY (ARRAY['NOT_PRIVATE'::text, 'HOLDS_PRODUCT'::text, 'NO_OPT_IN'::text, 'OPTED_OUT'::text, 'UNDER_AGE'::text, 'AGE_OUT_OF_RANGE'::text, 'DECEASED'::text, 'FRAUD_FLAG'::text, 'NOT_A_CUSTOMER'::text, 'ADDRESS_BOUNCED'::text, 'QUIET_LIST'::text, 'IN_FLOW'::text, 'RECENTLY_MAILED'::text, 'CONTACT_PRESSURE'::text, 'DATA_INCOMPLETE'::text]))),
  constraint recipient_row_no_check CHECK ((row_no >= 0)),
  constraint recipient_salt_check CHECK ((length(salt) = 16))
);

create table rejected_row (
  run_id uuid not null,
  file text not null,
  line integer not null,
  field text not null,
  rule text not null,
  constraint rejected_row_pkey PRIMARY KEY (run_id, file, line, field),
  constraint rejected_row_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id)
);

create table released_recipient (
  campaign text not null,
  week iso_week not null,
  customer customer_id not null,
  batch_id uuid not null,
  constraint released_recipient_pkey PRIMARY KEY (campaign, week, customer),
  constraint released_recipient_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES batch(id),
  constraint released_recipient_campaign_fkey FOREIGN KEY (campaign) REFERENCES campaign(key)
);

create table reproduction (
  id uuid not null,
  run_id uuid not null,
  at timestamp with time zone not null,
  by text not null,
  verdict text not null,
  compared integer not null,
  differing integer not null,
  erased integer not null,
  recorded_root digest not null,
  decision_root digest not null,
  differences jsonb not null,
  faults text[] not null,
  environment text[] not null,
  certificate text not null,
  constraint reproduction_pkey PRIMARY KEY (id),
  constraint reproduction_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id),
  constraint reproduction_check CHECK (((verdict = 'IDENTICAL'::text) <= ((differing = 0) AND ((decision_root)::text = (recorded_root)::text)))),
  constraint reproduction_check1 CHECK (((verdict = 'BROKEN_RECORD'::text) = (cardinality(faults) > 0))),
  constraint reproduction_compared_check CHECK ((compared >= 0)),
  constraint reproduction_differing_check CHECK ((differing >= 0)),
  constraint reproduction_erased_check CHECK ((erased >= 0)),
  constraint reproduction_verdict_check CHECK ((verdict = ANY (ARRAY['IDENTICAL'::text, 'WITHIN_TOLERANCE'::text, 'DIVERGED'::text, 'BROKEN_RECORD'::text])))
);

create table run (
  id uuid not null,
  campaign text not null,
  week iso_week not null,
  attempt integer not null,
  current boolean not null,
  trigger text not null,
  status text not null,
  step text not null,
  actor text not null,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  config_id uuid not null,
  model_id uuid not null,
  contract integer not null,
  seed text not null,
  as_of date,
  snapshot_rows integer,
  rejected_rows integer,
  snapshot_digest digest,
  decision_root digest,
  manifest jsonb,
  manifest_digest digest,
  constraint run_pkey PRIMARY KEY (id),
  constraint run_campaign_week_attempt_key UNIQUE (campaign, week, attempt),
  constraint run_campaign_contract_fkey FOREIGN KEY (campaign, contract) REFERENCES feed_contract(campaign, number),
  constraint run_campaign_fkey FOREIGN KEY (campaign) REFERENCES campaign(key),
  constraint run_config_id_fkey FOREIGN KEY (config_id) REFERENCES config_version(id),
  constraint run_model_id_fkey FOREIGN KEY (model_id) REFERENCES model_version(id),
  constraint run_attempt_check CHECK ((attempt > 0)),
  constraint run_check CHECK ((finished_at >= started_at)),
  constraint run_check2 CHECK ((current OR (status = 'SUPERSEDED'::text))),
  constraint run_check3 CHECK (((manifest IS NULL) = (manifest_digest IS NULL))),
  constraint run_rejected_rows_check CHECK ((rejected_rows >= 0)),
  constraint run_seed_check CHECK ((seed ~ '^[0-9a-f]{64}$'::text)),
  constraint run_snapshot_rows_check CHECK ((snapshot_rows >= 0)),
  constraint run_status_check CHECK ((status = ANY (ARRAY['CHECKING'::text, 'SCORING'::text, 'SELECTING'::text, 'AWAITING_REVIEW'::text, 'HALTED'::text, 'FAILED'::text, 'RELEASED'::text, 'REJECTED'::text, 'SUPERSEDED'::text, 'EMPTY'::text]))),
  constraint run_step_check CHECK ((step = ANY (ARRAY['RECEIVE'::text, 'DECIDE'::text, 'EXPLAIN'::text, 'CHALLENGE'::text, 'DRAW'::text, 'DONE'::text]))),
  constraint run_step_of_status CHECK (
CASE status
    WHEN 'CHECKING'::text THEN (step = 'RECEIVE'::text)
    WHEN 'SCORING'::text THEN (step = 'DECIDE'::text)
    WHEN 'SELECTING'::text THEN (step = ANY (ARRAY['EXPLAIN'::text, 'CHALLENGE'::text, 'DRAW'::text]))
    WHEN 'FAILED'::text THEN (step <> 'DONE'::text)
    WHEN 'SUPERSEDED'::text THEN true
    ELSE (step = 'DONE'::text)
END),
  constraint run_trigger_check CHECK ((trigger = ANY (ARRAY['SCHEDULE'::text, 'MANUAL'::text, 'RESUME'::text])))
);

create table run_challenger (
  run_id uuid not null,
  model_id uuid not null,
  outcome text not null,
  reason text,
  scored integer not null,
  root digest,
  summary jsonb,
  constraint run_challenger_pkey PRIMARY KEY (run_id),
  constraint run_challenger_model_id_fkey FOREIGN KEY (model_id) REFERENCES model_version(id),
  constraint run_challenger_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id),
  constraint run_challenger_check CHECK (((outcome = 'SCORED'::text) = (reason IS NULL))),
  constraint run_challenger_check1 CHECK (((outcome = 'SCORED'::text) = ((root IS NOT NULL) AND (summary IS NOT NULL)))),
  constraint run_challenger_check2 CHECK (((outcome = 'SCORED'::text) OR (scored = 0))),
  constraint run_challenger_outcome_check CHECK ((outcome = ANY (ARRAY['SCORED'::text, 'SKIPPED'::text, 'FAILED'::text]))),
  constraint run_challenger_scored_check CHECK ((scored >= 0))
);

create table run_check (
  run_id uuid not null,
  "position" integer not null,
  name text not null,
  kind text not null,
  verdict text not null,
  measured text not null,
  "limit" text not null,
  message text not null,
  subject text,
  constraint run_check_pkey PRIMARY KEY (run_id, "position"),
  constraint run_check_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id),
  constraint run_check_kind_check CHECK ((kind = ANY (ARRAY['FEED'::text, 'DOMAIN'::text, 'OUTPUT'::text]))),
  constraint run_check_verdict_check CHECK ((verdict = ANY (ARRAY['PASS'::text, 'WARN'::text, 'HALT'::text])))
);

create table run_feed_file (
  run_id uuid not null,
  name text not null,
  digest digest not null,
  rows integer not null,
  rejected integer not null,
  constraint run_feed_file_pkey PRIMARY KEY (run_id, name),
  constraint run_feed_file_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id),
  constraint run_feed_file_check CHECK (((rejected >= 0) AND (rejected <= rows))),
  constraint run_feed_file_rows_check CHECK ((rows >= 0))
);

create table run_funnel (
  run_id uuid not null,
  considered integer not null,
  eligible integer not null,
  scored integer not null,
  above_threshold integer not null,
  mailed integer not null,
  mailed_model integer not null,
  mailed_exploration integer not null,
  held_out integer not null,
  not_chosen integer not null,
  not_eligible integer not null,
  reasons jsonb not null,
  constraint run_funnel_pkey PRIMARY KEY (run_id),
  constraint run_funnel_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id),
  constraint run_funnel_check CHECK ((eligible = scored)),
  constraint run_funnel_check1 CHECK ((above_threshold <= scored)),
  constraint run_funnel_check2 CHECK ((mailed = (mailed_model + mailed_exploration))),
  constraint run_funnel_check3 CHECK ((not_eligible = (considered - eligible))),
  constraint run_funnel_check4 CHECK ((considered = (((mailed + held_out) + not_chosen) + not_eligible)))
);

create table run_measure (
  run_id uuid not null,
  name text not null,
  subject text not null,
  value double precision[] not null,
  constraint run_measure_pkey PRIMARY KEY (run_id, name, subject),
  constraint run_measure_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id)
);

create table sample_item (
  batch_id uuid not null,
  customer customer_id not null,
  "position" integer not null,
  verdict text default 'PENDING'::text not null,
  reviewer text,
  reviewed_at timestamp with time zone,
  note text,
  constraint sample_item_pkey PRIMARY KEY (batch_id, customer),
  constraint sample_item_batch_id_position_key UNIQUE (batch_id, "position"),
  constraint sample_item_batch_id_customer_fkey FOREIGN KEY (batch_id, customer) REFERENCES recipient(batch_id, customer),
  constraint sample_item_check CHECK (((verdict = 'PENDING'::text) = (reviewer IS NULL))),
  constraint sample_item_verdict_check CHECK ((verdict = ANY (ARRAY['PENDING'::text, 'FINE'::text, 'WRONG'::text])))
);

create table scheduled_start (
  campaign text not null,
  week iso_week not null,
  due_at timestamp with time zone not null,
  outcome text not null,
  decided_at timestamp with time zone not null,
  constraint scheduled_start_pkey PRIMARY KEY (campaign, week),
  constraint scheduled_start_campaign_fkey FOREIGN KEY (campaign) REFERENCES campaign(key),
  constraint scheduled_start_check CHECK ((decided_at >= due_at)),
  constraint scheduled_start_outcome_check CHECK ((outcome = ANY (ARRAY['STARTED'::text, 'HAD_RUN'::text, 'PAUSED'::text, 'REFUSED'::text])))
);

create table snapshot_row (
  run_id uuid not null,
  row_no integer not null,
  customer text not null,
  salt bytea not null,
  numbers double precision[] not null,
  texts text[] not null,
  quiet boolean not null,
  opted_out boolean not null,
  flow_starts integer[],
  mails integer[]
) partition by LIST (run_id);

-- Indexes

CREATE INDEX audit_entry_action ON public.audit_entry USING btree (action, index);

CREATE INDEX audit_entry_actor ON public.audit_entry USING btree (actor, index);

CREATE INDEX audit_entry_at ON public.audit_entry USING brin (at);

CREATE INDEX audit_entry_campaign ON public.audit_entry USING btree (campaign, index);

CREATE INDEX audit_entry_subject ON public.audit_entry USING btree (subject, index);

CREATE INDEX audit_staged_xact ON public.audit_staged USING btree (xact);

CREATE INDEX batch_by_campaign ON public.batch USING btree (campaign, created_at DESC, id DESC);

CREATE INDEX config_change_by_time ON public.config_change USING btree (campaign, proposed_at DESC, id DESC);

CREATE UNIQUE INDEX config_change_version ON public.config_change USING btree (campaign, version) WHERE (version IS NOT NULL);

CREATE INDEX config_version_effective ON public.config_version USING btree (campaign, effective_from DESC);

CREATE INDEX contact_sent_on ON public.contact USING btree (sent_on);

CREATE INDEX conversion_customer ON public.conversion USING btree (customer);

CREATE INDEX data_use_campaign ON public.data_use USING btree (campaign);

CREATE INDEX decision_chosen ON ONLY public.decision USING btree (customer) WHERE (outcome = ANY (ARRAY[0, 1]));

CREATE INDEX engine_pause_by_time ON public.engine_pause USING btree (paused_at DESC, id DESC);

CREATE UNIQUE INDEX engine_pause_in_force ON public.engine_pause USING btree (scope, campaign) NULLS NOT DISTINCT WHERE (resumed_at IS NULL);

CREATE INDEX erased_row_erasure ON public.erased_row USING btree (erasure_id);

CREATE INDEX erasure_tombstone ON public.erasure USING btree (tombstone, erased_at);

CREATE INDEX feed_contract_change_by_time ON public.feed_contract_change USING btree (campaign, proposed_at DESC, id DESC);

CREATE UNIQUE INDEX feed_contract_change_open ON public.feed_contract_change USING btree (campaign) WHERE (status = 'PROPOSED'::text);

CREATE INDEX incident_by_time ON public.incident USING btree (opened_at DESC, id DESC);

CREATE INDEX incident_to_notify ON public.incident USING btree (opened_at) WHERE (notified_at IS NULL);

CREATE UNIQUE INDEX model_version_live ON public.model_version USING btree (campaign) WHERE (status = 'LIVE'::text);

CREATE INDEX quiet_list_customer ON public.quiet_list USING btree (customer);

CREATE INDEX recipient_customer ON public.recipient USING btree (customer);

CREATE INDEX released_recipient_batch ON public.released_recipient USING btree (batch_id, customer);

CREATE INDEX reproduction_by_run ON public.reproduction USING btree (run_id, at DESC);

CREATE INDEX run_by_week ON public.run USING btree (campaign, week DESC, attempt DESC);

CREATE UNIQUE INDEX run_current ON public.run USING btree (campaign, week) WHERE current;

-- Functions

CREATE OR REPLACE FUNCTION public.audit_guard(audited regclass)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  execute format('create trigger audited after insert or update or delete or truncate on %s
                    for each statement execute function public.audit_mark()', audited);
  execute format('alter table %s enable always trigger audited', audited);
end
$function$
;

CREATE OR REPLACE FUNCTION public.audit_mark()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  insert into audit_due (xact, change)
  values (pg_current_xact_id(), lower(tg_op) || ' of ' || tg_table_name) on conflict do nothing;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.audit_refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% of % refused: the audit log only grows', tg_op, tg_table_name
    using errcode = 'insufficient_privilege';
end
$function$
;

CREATE OR REPLACE FUNCTION public.audit_require()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  if not exists (select from audit_staged s where s.xact = new.xact) then
    raise exception '% refused: the transaction has no audit entry', new.change
      using errcode = 'integrity_constraint_violation';
  end if;
  delete from audit_due d where d.xact = new.xact;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.audit_sequence(ids bigint[], first bigint, columns json, leaves bytea, hashes bytea, root bytea, note text, at timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET "waarom.sequencing" TO 'on'
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.batch_by_another()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  if new.status in ('APPROVED', 'RELEASED') and (
       exists (select from sample_item s where s.batch_id = new.id and s.reviewer = new.decided_by)
       or exists (select from recipient r where r.batch_id = new.id and r.removed_by = new.decided_by)) then
    raise exception 'batch %: another person must approve it', new.id using errcode = 'check_violation';
  end if;
  return new;
end
$function$
;

CREATE OR REPLACE FUNCTION public.config_approval_by_another()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  if not exists (select from config_change c where c.id = new.change_id and c.revision = new.revision
                 and new.role = any (c.needs) and new.approved_by <> all (c.hands) and c.status in ('PROPOSED', 'APPROVED')) then
    raise exception 'config change %: it is not % to approve this revision of it', new.change_id, new.approved_by
      using errcode = 'check_violation';
  end if;
  return new;
end
$function$
;

CREATE OR REPLACE FUNCTION public.config_change_kept()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  if old.status not in ('PROPOSED', 'APPROVED') then
    raise exception 'config change %: it is % for good', old.id, old.status using errcode = 'check_violation';
  end if;
  if new.revision = old.revision
     and (new.digest, new.settings, new.base, new.hands, new.needs) is distinct from (old.digest, old.settings, old.base, old.hands, old.needs) then
    raise exception 'config change %: another content is another revision', old.id using errcode = 'check_violation';
  end if;
  if new.revision < old.revision or not new.hands @> old.hands then
    raise exception 'config change %: revisions go up and hands stay', old.id using errcode = 'check_violation';
  end if;
  return new;
end
$function$
;

CREATE OR REPLACE FUNCTION public.config_version_approved()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  if new.number = 1 and exists (select from campaign c where c.key = new.campaign and c.applied_at = new.effective_from) then
    return null;
  end if;
  if not exists (
    select from config_change c
    where c.campaign = new.campaign and c.version = new.number and c.status = 'EFFECTIVE' and c.settings = new.settings
      and c.decided_at = new.effective_from and c.proposed_by = new.created_by
      and not exists (select from unnest(c.needs) need
                      where not exists (select from config_approval a
                                        where a.change_id = c.id and a.revision = c.revision and a.role = need)))
  then
    raise exception 'config version % of %: nobody approved it', new.number, new.campaign using errcode = 'check_violation';
  end if;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.customer_is_known(who text, thoroughly boolean)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.erase_batch(erasure uuid, batch uuid)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.erase_challenger_customer(erasure uuid, who text)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  total bigint := 0;
  gone  bigint;
  past  record;
begin
  if not exists (select from erasure_request where customer = who) then
    raise exception 'nobody asked for this customer to be erased';
  end if;
  for past in select run_id, replace(run_id::text, '-', '') as name from run_challenger where outcome = 'SCORED' order by run_id
  loop
    execute format('with gone as (delete from public.%I where run_id = $2 and customer = $3 returning place, leaf)
                    insert into erased_row (erasure_id, kind, owner_id, row_no, hash)
                    select $1, ''challenger'', $2, place, leaf from gone', 'challenger_decision_' || past.name)
      using erasure, past.run_id, who;
    get diagnostics gone = row_count;
    total := total + gone;
  end loop;
  return total;
end
$function$
;

CREATE OR REPLACE FUNCTION public.erase_challenger_run(erasure uuid, run uuid)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  child text := 'challenger_decision_' || replace(run::text, '-', '');
  gone  bigint;
begin
  if not exists (select from run_challenger c where c.run_id = run and c.outcome = 'SCORED') then
    return 0;
  end if;
  execute format('lock table public.%I in access exclusive mode', child);
  execute format('select count(*) from public.%I', child) into gone;
  execute format('truncate public.%I', child);
  insert into erased_row (erasure_id, kind, owner_id) values (erasure, 'challenger', run);
  return gone;
end
$function$
;

CREATE OR REPLACE FUNCTION public.erase_contacts(before date, most integer)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.erase_customer(erasure uuid, who text)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.erase_lone_pseudonyms()
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  gone bigint;
begin
  delete from customer_pseudonym p where not customer_is_known(p.customer, false);
  get diagnostics gone = row_count;
  return gone;
end
$function$
;

CREATE OR REPLACE FUNCTION public.erase_run(erasure uuid, parent text, run uuid)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.has_decisions(of_run uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  select exists (select from run where id = of_run and decision_root is not null)
     and not exists (select from erased_row where owner_id = of_run and kind = 'decision' and row_no is null)
$function$
;

CREATE OR REPLACE FUNCTION public.open_challenger(run uuid)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  child text := 'challenger_decision_' || replace(run::text, '-', '');
begin
  execute format('create table public.%I (like public.challenger_decision including defaults)
                    with (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0)', child);
  execute format('grant insert, select on public.%I to waarom_app', child);
  perform audit_guard(format('public.%I', child)::regclass);
  insert into audit_due (xact, change) values (pg_current_xact_id(), 'opening of challenger_decision') on conflict do nothing;
  return child;
end
$function$
;

CREATE OR REPLACE FUNCTION public.open_partition(parent text, run uuid)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
declare
  child text := parent || '_' || replace(run::text, '-', '');
  content record;
begin
  if parent not in ('snapshot_row', 'decision') then
    raise exception 'no partitions of %', parent;
  end if;
  -- Nothing leaves a sealed partition but what is erased: then the next round of the autovacuum clears it out, however little.
  execute format('create table public.%I (like public.%I including defaults, constraint %I check (run_id = %L))
                    with (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0)', child, parent, child || '_run', run);
  -- No plan depends on what the arrays and salts hold, and to analyse them takes longer than to write them.
  for content in
    select attname, case when atttypid = 'bytea'::regtype or attndims > 0 then 0 else 20 end as target from pg_attribute
    where attrelid = format('public.%I', parent)::regclass and attnum > 0 and not attisdropped
  loop
    execute format('alter table public.%I alter %I set statistics %s', child, content.attname, content.target);
  end loop;
  execute format('grant insert, select on public.%I to waarom_app', child);
  perform audit_guard(format('public.%I', child)::regclass);
  insert into audit_due (xact, change) values (pg_current_xact_id(), 'opening of ' || parent) on conflict do nothing;
  return child;
end
$function$
;

CREATE OR REPLACE FUNCTION public.seal_challenger(run uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  child text := 'challenger_decision_' || replace(run::text, '-', '');
begin
  execute format('alter table public.%I add constraint %I check (run_id = %L)', child, child || '_run', run);
  execute format('alter table public.%I add primary key (run_id, customer)', child);
  execute format('analyze public.%I', child);
  execute format('alter table public.challenger_decision attach partition public.%I for values in (%L)', child, run);
  execute format('revoke insert on public.%I from waarom_app', child);
  insert into audit_due (xact, change) values (pg_current_xact_id(), 'sealing of challenger_decision') on conflict do nothing;
end
$function$
;

CREATE OR REPLACE FUNCTION public.seal_partition(parent text, run uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
declare
  child text := parent || '_' || replace(run::text, '-', '');
begin
  if parent not in ('snapshot_row', 'decision') then
    raise exception 'no partitions of %', parent;
  end if;
  if parent = 'decision' then
    execute format('alter table public.%I add primary key (customer, run_id)', child);
  end if;
  execute format('create index on public.%I using brin (row_no) with (pages_per_range = 32)', child);
  execute format('analyze public.%I', child);
  execute format('alter table public.%I attach partition public.%I for values in (%L)', parent, child, run);
  execute format('revoke insert on public.%I from waarom_app', child);
  insert into audit_due (xact, change) values (pg_current_xact_id(), 'sealing of ' || parent) on conflict do nothing;
end
$function$
;

CREATE OR REPLACE FUNCTION public.snapshot_row_hash(fields bytea[])
 RETURNS bytea
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  select sha256(int2send(cardinality(fields)::int2) || string_agg(
           case when field is null then int4send(-1) else int4send(length(field)) || field end, ''::bytea order by place))
  from unnest(fields) with ordinality as f (field, place)
$function$
;

-- Triggers

CREATE TRIGGER only_grows BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse(); -- always

CREATE CONSTRAINT TRIGGER entry_required AFTER INSERT ON public.audit_due DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_require(); -- always

CREATE TRIGGER only_grows BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse(); -- always

CREATE TRIGGER only_grows BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_hash FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse(); -- always

CREATE TRIGGER only_grows BEFORE UPDATE OR TRUNCATE ON public.audit_staged FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse(); -- always

CREATE TRIGGER only_sequenced BEFORE DELETE ON public.audit_staged FOR EACH STATEMENT WHEN ((current_setting('waarom.sequencing'::text, true) IS DISTINCT FROM 'on'::text)) EXECUTE FUNCTION audit_refuse(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.batch FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER by_another BEFORE INSERT OR UPDATE OF status, decided_by ON public.batch FOR EACH ROW EXECUTE FUNCTION batch_by_another(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.campaign FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.challenger_decision FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.config_approval FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER by_another BEFORE INSERT ON public.config_approval FOR EACH ROW EXECUTE FUNCTION config_approval_by_another(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.config_change FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER kept BEFORE UPDATE ON public.config_change FOR EACH ROW EXECUTE FUNCTION config_change_kept(); -- always

CREATE CONSTRAINT TRIGGER approved AFTER INSERT OR UPDATE ON public.config_version DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION config_version_approved(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.config_version FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.contact FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.conversion FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.customer_pseudonym FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.data_use FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.decision FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.decision_leaf FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.engine_pause FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.erased_row FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.erasure FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.erasure_request FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.explanation FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.feed_contract FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.feed_contract_change FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.fund_price FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.hand_off FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.incident FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.model_act FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.model_activation FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.model_challenge FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.model_file FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.model_version FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.model_version_file FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.opt_out FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.quiet_list FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.recipient FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.rejected_row FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.released_recipient FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.reproduction FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.run FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.run_challenger FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.run_check FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.run_feed_file FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.run_funnel FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.run_measure FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.sample_item FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.scheduled_start FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.snapshot_row FOR EACH STATEMENT EXECUTE FUNCTION audit_mark(); -- always

-- Rights of others than the owner

grant execute on function audit_refuse() to public;

grant execute on function audit_sequence(bigint[],bigint,json,bytea,bytea,bytea,text,timestamp with time zone) to waarom_app;

grant execute on function customer_is_known(text,boolean) to waarom_app;

grant execute on function erase_batch(uuid,uuid) to waarom_app;

grant execute on function erase_challenger_customer(uuid,text) to waarom_app;

grant execute on function erase_challenger_run(uuid,uuid) to waarom_app;

grant execute on function erase_contacts(date,integer) to waarom_app;

grant execute on function erase_customer(uuid,text) to waarom_app;

grant execute on function erase_lone_pseudonyms() to waarom_app;

grant execute on function erase_run(uuid,text,uuid) to waarom_app;

grant execute on function has_decisions(uuid) to waarom_app;

grant execute on function open_challenger(uuid) to waarom_app;

grant execute on function open_partition(text,uuid) to waarom_app;

grant execute on function seal_challenger(uuid) to waarom_app;

grant execute on function seal_partition(text,uuid) to waarom_app;

grant select on table audit_checkpoint to waarom_app;

grant select on table audit_entry to waarom_app;

grant select on table audit_hash to waarom_app;

grant insert (bytes), select on table audit_staged to waarom_app;

grant insert, select, update (approved_digest, decided_at, decided_by, digest, held_by, held_from, note, released_at, released_by, size, status, submitted_at, submitted_by) on table batch to waarom_app;

grant insert, select, update (paused) on table campaign to waarom_app;

grant select on table challenger_decision to waarom_app;

grant insert, select on table config_approval to waarom_app;

grant insert, select, update (accepts_evaluation_loss, base, cuts_evaluation, decided_at, decided_by, differences, digest, hands, impact, needs, note, patch, reason, revised_at, revised_by, revision, settings, status, version) on table config_change to waarom_app;

grant insert, select on table config_version to waarom_app;

grant insert, select on table contact to waarom_app;

grant insert, select on table conversion to waarom_app;

grant insert, select on table customer_pseudonym to waarom_app;

grant insert, select, update (decided_at, decided_by, note, signed_at, signed_by, signed_note, status) on table data_use to waarom_app;

grant select on table decision to waarom_app;

grant insert, select on table decision_leaf to waarom_app;

grant insert, select, update (resume_reason, resumed_at, resumed_by) on table engine_pause to waarom_app;

grant select on table erased_row to waarom_app;

grant insert, select on table erasure to waarom_app;

grant insert, select on table erasure_request to waarom_app;

grant insert, select on table explanation to waarom_app;

grant insert, select, update (withdrawn_at) on table feed_contract to waarom_app;

grant insert, select, update (contract, decided_at, decided_by, note, status, withdrawal_note, withdrawn_at, withdrawn_by) on table feed_contract_change to waarom_app;

grant insert, select on table fund_price to waarom_app;

grant insert, select, update (delivered_at) on table hand_off to waarom_app;

grant insert, select, update (note, notified_at, resolved_at, resolved_by) on table incident to waarom_app;

grant select on table migration to waarom_app;

grant insert, select on table model_act to waarom_app;

grant insert, select on table model_activation to waarom_app;

grant insert, select on table model_challenge to waarom_app;

grant insert, select on table model_file to waarom_app;

grant delete, insert, select, update on table model_judging to waarom_app;

grant insert, select, update (approved_at, approved_by, gates, judged_at, judged_config, live_from, live_until, status) on table model_version to waarom_app;

grant insert, select on table model_version_file to waarom_app;

grant insert, select on table opt_out to waarom_app;

grant insert, select on table quiet_list to waarom_app;

grant insert, select, update (dropped, removal_note, removed_at, removed_by) on table recipient to waarom_app;

grant insert, select on table rejected_row to waarom_app;

grant insert, select on table released_recipient to waarom_app;

grant insert, select on table reproduction to waarom_app;

grant insert, select, update (as_of, current, decision_root, finished_at, manifest, manifest_digest, rejected_rows, snapshot_digest, snapshot_rows, status, step, trigger) on table run to waarom_app;

grant insert, select on table run_challenger to waarom_app;

grant insert, select on table run_check to waarom_app;

grant insert, select on table run_feed_file to waarom_app;

grant insert, select on table run_funnel to waarom_app;

grant insert, select on table run_measure to waarom_app;

grant insert, select, update (note, reviewed_at, reviewer, verdict) on table sample_item to waarom_app;

grant insert, select on table scheduled_start to waarom_app;

grant select on table snapshot_row to waarom_app;
