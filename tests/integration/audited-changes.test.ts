import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { entryBytes } from '../../src/audit/entry.ts';
import { type AuditSession, createAuditLog, entryOf } from '../support/audit-log.ts';
import { changeRows } from '../support/state-change.ts';

/** What is changed without an entry, and why that is right; the migration says it too. */
const NOT_AUDITED = [
  'audit_checkpoint',
  'audit_due',
  'audit_entry',
  'audit_hash',
  'audit_staged',
  'migration',
  'model_judging',
];
const STAGE = 'insert into audit_staged (bytes) values ($1)';
const ENTRY = entryBytes(entryOf({}));
const REFUSED = 'refused: the transaction has no audit entry';
const OPT_OUT = `insert into opt_out (customer, recorded_on, recorded_by) values ($1, '2026-11-16', 'olga')`;

let log: Awaited<ReturnType<typeof createAuditLog>>;
let owner: AuditSession;
let service: AuditSession;
let customer: string;

beforeAll(async () => {
  log = await createAuditLog();
  [owner, service] = [await log.owner(), await log.service()];
});

afterAll(async () => {
  await log[Symbol.asyncDispose]();
});

beforeEach(() => {
  customer = randomUUID();
});

/** Runs statements in a transaction and answers whether it was let through; `stage` and `change` stand for their statements. */
async function run(session: AuditSession, ...statements: readonly string[]): Promise<string> {
  try {
    await session.query('begin');
    for (const statement of statements) {
      if (statement === 'stage') await session.query(STAGE, [ENTRY]);
      else if (statement === 'change') await session.query(OPT_OUT, [customer]);
      else if (statement === 'change again') await session.query(OPT_OUT, [`${customer}-`]);
      else await session.query(statement);
    }
    await session.query('commit');
    return 'done';
  } catch (error) {
    await session.query('rollback');
    return error instanceof Error && error.message.includes(REFUSED) ? 'refused' : String(error);
  }
}

describe('which tables', () => {
  it('is decided of every table: audited, always, or named as not', async () => {
    const rows = await owner.rows<{ name: string; guards: string[] | null }>(
      `select c.relname as name, array_agg(t.tgenabled::text) filter (where t.tgname = 'audited') as guards
         from pg_class c left join pg_trigger t on t.tgrelid = c.oid
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        group by c.relname`,
    );
    const unguarded = rows.filter(({ guards }) => guards?.join() !== 'A').map(({ name }) => name);
    expect(unguarded.sort()).toEqual(NOT_AUDITED);
  });

  it.each([
    'insert into %s default values',
    'update %s set %c = %c',
    'delete from %s',
    'truncate %s cascade',
  ])('are each guarded against: %s', async (statement) => {
    const tables = await owner.rows<{ name: string; column: string }>(
      `select c.relname as name, quote_ident(a.attname) as column from pg_class c
           join pg_trigger t on t.tgrelid = c.oid and t.tgname = 'audited'
           join pg_attribute a on a.attrelid = c.oid and a.attnum = 1
          where c.relkind in ('r', 'p') and not c.relispartition order by 1`,
    );
    expect(tables.length).toBeGreaterThan(20);
    for (const { name, column } of tables) {
      // A statement that meets no row is one that changes; an insert must be stopped before its constraints are asked.
      const sql = statement.startsWith('insert')
        ? `insert into ${name} (${column}) select ${column} from ${name} where false`
        : statement.replaceAll('%s', name).replaceAll('%c', column);
      expect([name, await run(owner, sql)]).toEqual([name, 'refused']);
    }
  });
});

describe('a change', () => {
  it.each([
    ['no entry', ['change'], 'refused'],
    ['an entry after it', ['change', 'stage'], 'done'],
    ['an entry before it', ['stage', 'change'], 'done'],
    ['one entry for two changes', ['change', 'stage', 'change again'], 'done'],
    ['an entry that was undone', ['change', 'savepoint s', 'stage', 'rollback to s'], 'refused'],
    ['an entry of a savepoint', ['change', 'savepoint s', 'stage', 'release s'], 'done'],
    [
      'one of two entries undone',
      ['stage', 'change', 'savepoint s', 'stage', 'rollback to s', 'change again'],
      'done',
    ],
    ['the change undone', ['savepoint s', 'change', 'rollback to s'], 'done'],
    [
      'the change undone, another made',
      ['savepoint s', 'change', 'rollback to s', 'change again'],
      'refused',
    ],
    [
      'a change kept of a savepoint, another undone',
      ['savepoint s', 'change', 'release s', 'savepoint t', 'change again', 'rollback to t'],
      'refused',
    ],
    ['the check called early', ['change', 'set constraints all immediate', 'stage'], 'refused'],
    [
      'a change after the check was called early',
      ['stage', 'change', 'set constraints all immediate', 'set constraints all deferred', 'change again'],
      'done',
    ],
    [
      'the entry undone after the check was called early',
      ['change', 'savepoint s', 'stage', 'set constraints all immediate', 'rollback to s'],
      'refused',
    ],
    [
      'nothing but settings',
      [`select set_config('waarom.sequencing', 'on', true)`, `set local timezone = 'UTC'`, 'change'],
      'refused',
    ],
  ])('with %s', async (_, statements, outcome) => {
    const { length: before } = await owner.rows('select from opt_out');
    expect(await run(service, ...statements)).toBe(outcome);
    const { length: after } = await owner.rows('select from opt_out');
    if (outcome === 'refused') expect(after).toBe(before);
    expect(await owner.rows('select from audit_due')).toEqual([]);
  });

  it('is not covered by the entry of another transaction, nor by one of the same session before', async () => {
    const other = await log.service();
    await other.query('begin');
    await other.query(STAGE, [ENTRY]);
    await service.append(entryOf({}));
    expect(await run(service, 'change')).toBe('refused');
    await other.query('commit');
    expect(await run(service, 'change')).toBe('refused');
    expect(await run(service, 'change', 'stage')).toBe('done');
  });

  it('needs its entry in a session that never staged, and in one that forgot what it staged', async () => {
    const fresh = await log.service();
    expect(await run(fresh, 'change')).toBe('refused');
    expect(await run(fresh, 'change', 'stage', 'discard sequences')).toBe('done');
  });

  it.each(['on', 'replica'])('needs its entry from the owner too, %s', async (how) => {
    if (how === 'replica') await owner.query('set session_replication_role = replica');
    expect(await run(owner, 'change')).toBe('refused');
    expect(await run(owner, 'delete from opt_out')).toBe('refused');
    expect(await run(owner, 'change', 'stage')).toBe('done');
    await owner.query('set session_replication_role = origin');
  });

  it('says what was changed', async () => {
    await expect(service.query(OPT_OUT, [customer])).rejects.toThrow(`insert of opt_out ${REFUSED}`);
  });
});

describe('the service', () => {
  it.each([
    `insert into audit_due values (pg_current_xact_id(), '')`,
    'delete from audit_due',
    'select * from audit_due',
    'set constraints entry_required deferred; truncate audit_due',
    `insert into audit_staged (bytes, xact) values ('x', '1')`,
    `select audit_guard('opt_out')`,
    'alter table opt_out disable trigger audited',
    `select setval('audit_staged_id_seq', 1)`,
    'set session_replication_role = replica',
  ])('may not: %s', async (statement) => {
    await expect(service.query(statement)).rejects.toThrow(/permission denied|must be owner/);
  });
});

describe('the rows of a run', () => {
  it.each(['decision', 'snapshot_row'])('need their entry when %s gets its partition', async (parent) => {
    const id = randomUUID();
    const partition = `${parent}_${id.replaceAll('-', '')}`;
    const open = `select open_partition('${parent}', '${id}')`;
    const seal = `select seal_partition('${parent}', '${id}')`;
    expect(await run(service, open)).toBe('refused');
    expect(await run(service, open, seal)).toBe('refused');
    expect(await run(service, open, 'stage')).toBe('done');
    expect(await run(service, seal)).toBe('refused');
    expect(await run(service, `copy ${partition} from '/dev/null'`)).toMatch('permission denied');
    expect(await run(owner, `copy ${partition} from '/dev/null'`)).toBe('refused');
    expect(await run(service, seal, 'stage')).toBe('done');
    for (const table of [parent, partition]) {
      expect([table, await run(owner, `update ${table} set row_no = row_no`)]).toEqual([table, 'refused']);
      expect([table, await run(owner, `delete from ${table}`)]).toEqual([table, 'refused']);
      expect([table, await run(owner, `truncate ${table}`)]).toEqual([table, 'refused']);
    }
  });
});

it('lets the sequencer do its work, and leaves nothing behind', async () => {
  await changeRows(owner, OPT_OUT, [customer]);
  expect(await service.sequence()).toBeGreaterThan(0);
  expect(await owner.rows('select from audit_due')).toEqual([]);
  expect((await service.verify()).fault).toBeNull();
});
