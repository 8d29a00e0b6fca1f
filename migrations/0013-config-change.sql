-- Changes of a campaign's settings: proposed with a reason and their impact, approved by others, then in force as the next config
-- version. The digest is that of everything an approver sees; an edit makes the next revision, and approvals are of one revision.
create table config_change (
  id             uuid primary key,
  campaign       text not null references campaign,
  status         text not null check (status in ('PROPOSED', 'APPROVED', 'REJECTED', 'EFFECTIVE', 'WITHDRAWN')),
  reason         text not null check (reason <> ''),
  patch          jsonb not null,
  -- The number of the settings that it was made from, and what it makes of them.
  base           integer not null,
  settings       jsonb not null,
  differences    jsonb not null,
  impact         jsonb not null,
  cuts_evaluation text,
  accepts_evaluation_loss boolean not null check (accepts_evaluation_loss or cuts_evaluation is null),
  digest         digest not null,
  revision       integer not null check (revision > 0),
  -- Everyone who proposed or edited it.
  hands          text[] not null check (cardinality(hands) > 0),
  -- The roles that must approve it.
  needs          text[] not null check (needs <@ array['OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER']
                                        and needs && array['OPERATOR', 'MARKETEER']),
  proposed_by    text not null,
  proposed_at    timestamptz not null,
  revised_by     text not null,
  revised_at     timestamptz not null check (revised_at >= proposed_at),
  -- Who gave the last approval, rejected or withdrew it.
  decided_by     text,
  decided_at     timestamptz,
  note           text,
  -- The number of the settings that it became.
  version        integer,
  foreign key (campaign, base) references config_version (campaign, number),
  foreign key (campaign, version) references config_version (campaign, number) deferrable initially deferred,
  check (proposed_by = any (hands) and revised_by = any (hands)),
  check ((decided_by is null) = (status in ('PROPOSED', 'APPROVED')) and (decided_by is null) = (decided_at is null)),
  check (status not in ('EFFECTIVE', 'REJECTED') or decided_by <> all (hands)),
  check (status <> 'WITHDRAWN' or decided_by = proposed_by),
  check ((status = 'EFFECTIVE') = (version is not null)),
  check (version > base)
);
create index config_change_by_time on config_change (campaign, proposed_at desc, id desc);
create unique index config_change_version on config_change (campaign, version) where version is not null;

-- Who approved which revision of a change, under which of the roles that it needs.
create table config_approval (
  change_id   uuid not null references config_change,
  revision    integer not null check (revision > 0),
  role        text not null check (role in ('OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER')),
  approved_by text not null,
  approved_at timestamptz not null,
  note        text,
  primary key (change_id, revision, role),
  -- Each approval is another person's.
  unique (change_id, revision, approved_by)
);

grant select, insert on config_change, config_approval to waarom_app;
grant update (status, reason, patch, base, settings, differences, impact, cuts_evaluation, accepts_evaluation_loss, digest, revision,
              hands, needs, revised_by, revised_at, decided_by, decided_at, note, version) on config_change to waarom_app;
select audit_guard(audited) from unnest(array['config_change', 'config_approval']::regclass[]) audited;

-- Four eyes, whoever holds the pen: what follows refuses at commit, the service as well as a hand at the console. Names are all that
-- the database knows of people; who they were, and what they were allowed to do then, stands in the log.

-- What a change was approved as is what it is, and its hands are not forgotten.
create function config_change_kept() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as
$$
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
$$;
create trigger kept before update on config_change for each row execute function config_change_kept();
alter table config_change enable always trigger kept;

create function config_approval_by_another() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as
$$
begin
  if not exists (select from config_change c where c.id = new.change_id and c.revision = new.revision
                 and new.role = any (c.needs) and new.approved_by <> all (c.hands) and c.status in ('PROPOSED', 'APPROVED')) then
    raise exception 'config change %: it is not % to approve this revision of it', new.change_id, new.approved_by
      using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger by_another before insert on config_approval for each row execute function config_approval_by_another();
alter table config_approval enable always trigger by_another;

-- Settings are those with which a campaign was created, or those of a change that everyone approved whom it needs.
create function config_version_approved() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as
$$
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
$$;
create constraint trigger approved after insert or update on config_version
  deferrable initially deferred for each row execute function config_version_approved();
alter table config_version enable always trigger approved;

-- Whoever reviewed or removed a customer of a batch does not approve it; what was approved stays with those hands.
create function batch_by_another() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as
$$
begin
  if new.status in ('APPROVED', 'RELEASED') and (
       exists (select from sample_item s where s.batch_id = new.id and s.reviewer = new.decided_by)
       or exists (select from recipient r where r.batch_id = new.id and r.removed_by = new.decided_by)) then
    raise exception 'batch %: another person must approve it', new.id using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger by_another before insert or update of status, decided_by on batch
  for each row execute function batch_by_another();
alter table batch enable always trigger by_another;

alter table data_use
  add constraint data_use_by_another check (signed_by <> declared_by),
  add constraint data_use_signed check (status <> 'SIGNED_OFF' or signed_by is not null);
revoke all on function config_change_kept, config_approval_by_another, config_version_approved, batch_by_another from public;
