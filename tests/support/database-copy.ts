import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from, to } from 'pg-copy-streams';

/** A table as it is copied: its rows follow, as PostgreSQL's COPY writes them as text. */
interface TableHead {
  readonly table: string;
  /** Of which table it holds the rows of a run; null where it stands for itself. */
  readonly parent: string | null;
  readonly columns: readonly string[];
}

interface Trigger {
  readonly table: string;
  readonly name: string;
  readonly mode: string;
}

/** What every part of a copy ends with: a line that no row is. */
const END = '\\.\n';
const MODE: Readonly<Record<string, string>> = { O: 'enable', A: 'enable always', R: 'enable replica' };

/** All rows of a database as text, the same for the same rows; without what the migrations themselves put there. */
export async function copyOut(owner: pg.Client): Promise<string> {
  const { rows: heads } = await owner.query<TableHead>(
    `select c.relname as table, i.inhparent::regclass::text as parent,
            (select json_agg(quote_ident(a.attname) order by a.attnum) from pg_attribute a
              where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
       from pg_class c left join pg_inherits i on i.inhrelid = c.oid
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relpersistence = 'p' and c.relname <> 'migration'
      order by c.relispartition, c.relname collate "C"`,
  );
  const parts: string[] = [];
  for (const head of heads) {
    const select = `select ${head.columns.join()} from ${head.table} t order by t::text collate "C"`;
    const rows = await text(owner.query(to(`copy (${select}) to stdout`)));
    parts.push(`${JSON.stringify(head)}\n${rows}${END}`);
  }
  return parts.join('');
}

/**
 * Puts the rows of a copy into a database of the same schema that has none. What guards the tables (that a change has its audit
 * entry, that the log only grows, keys of other tables) is taken away meanwhile and is as it was afterwards.
 */
export async function copyIn(owner: pg.Client, copy: string): Promise<void> {
  await owner.query('begin');
  await owner.query('set local session_replication_role = replica');
  const guards = await triggersOf(owner);
  for (const { table, name } of guards) await owner.query(`alter table ${table} disable trigger ${name}`);
  for (const part of copy.split(END).slice(0, -1)) {
    const end = part.indexOf('\n') + 1;
    await copyTable(owner, JSON.parse(part.slice(0, end)), part.slice(end));
  }
  await owner.query('delete from audit_due');
  for (const { table, name, mode } of guards)
    await owner.query(`alter table ${table} ${MODE[mode] ?? 'disable'} trigger ${name}`);
  await owner.query('commit');
}

async function copyTable(
  owner: pg.Client,
  { table, parent, columns }: TableHead,
  rows: string,
): Promise<void> {
  const run = table.slice((parent ?? '').length + 1);
  if (parent !== null) await owner.query('select open_partition($1, $2)', [parent, run]);
  await pipeline(
    Readable.from(rows === '' ? [] : [rows]),
    owner.query(from(`copy ${table} (${columns.join()}) from stdin`)),
  );
  if (parent !== null) await owner.query('select seal_partition($1, $2)', [parent, run]);
}

async function triggersOf(owner: pg.Client): Promise<readonly Trigger[]> {
  const { rows } = await owner.query<Trigger>(
    `select tgrelid::regclass::text as table, quote_ident(tgname) as name, tgenabled as mode
       from pg_trigger join pg_class c on c.oid = tgrelid
      where not tgisinternal and c.relnamespace = 'public'::regnamespace`,
  );
  return rows;
}
