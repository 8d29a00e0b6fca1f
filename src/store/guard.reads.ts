import { readSql } from '../../migrations/read-sql.ts';
import { dumpSchema } from './schema-dump.ts';
import type { Transaction } from './transaction.ts';

/** The guards as they are, and as this release made them. */
export interface Guards {
  /** Tables, functions, triggers and rights, in the words of schema-dump. */
  readonly found: string;
  readonly expected: string;
  /** What no release ever makes: each as a person reads it. */
  readonly strange: readonly string[];
}

/** Reads the guards of the record; under any role, for the catalogue is open to all. */
export async function guardsOf(tx: Transaction): Promise<Guards> {
  const strange: { text: string }[] = await tx.query(STRANGE);
  return {
    found: await dumpSchema(tx),
    expected: readSql('schema.sql'),
    strange: strange.map(({ text }) => text),
  };
}

const STRANGE = `
  select text from (
    select 1 as part, format('rows of %s are hidden by row security', c.relname) as text
      from pg_class c where c.relnamespace = 'public'::regnamespace and (c.relrowsecurity or c.relforcerowsecurity)
    union all
    select 2, format('rule %s of %s rewrites what is asked', rulename, tablename) from pg_rules where schemaname = 'public'
    union all
    select 3, format('the service may change the sealed table %s', c.relname)
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent in ('public.snapshot_row'::regclass, 'public.decision'::regclass, 'public.challenger_decision'::regclass)
       and (has_table_privilege('waarom_app', c.oid, 'insert, update, delete, truncate, trigger')
            or has_any_column_privilege('waarom_app', c.oid, 'insert, update'))
    union all
    select 4, format('trigger %s of %s is disabled', t.tgname, c.relname)
      from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_trigger t on t.tgrelid = c.oid
     where i.inhparent in ('public.snapshot_row'::regclass, 'public.decision'::regclass, 'public.challenger_decision'::regclass)
       and not t.tgisinternal and t.tgenabled <> 'A'
    union all
    select 5, format('the sealed table %s has no trigger', c.relname)
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent in ('public.snapshot_row'::regclass, 'public.decision'::regclass, 'public.challenger_decision'::regclass)
       and not exists (select from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal)
    union all
    select 6, 'the role of the service has rights beyond its own'
      from pg_roles r where r.rolname = 'waarom_app'
       and (r.rolsuper or r.rolcreaterole or r.rolbypassrls or r.rolreplication
            or exists (select from pg_auth_members m where m.member = r.oid))
  ) as strange order by part, text`;
