import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuditSession, createAuditLog, entryOf } from '../support/audit-log.ts';

const TABLES = ['audit_entry', 'audit_hash', 'audit_checkpoint'] as const;

let log: Awaited<ReturnType<typeof createAuditLog>>;
let owner: AuditSession;
let service: AuditSession;

beforeAll(async () => {
  log = await createAuditLog();
  [owner, service] = [await log.owner(), await log.service()];
  await service.append(entryOf({}), entryOf({}));
  await service.sequence();
  await service.append(entryOf({}));
});

afterAll(async () => {
  await log[Symbol.asyncDispose]();
});

describe('the service', () => {
  it.each(TABLES)('may only read %s', async (table) => {
    await service.query(`select * from ${table}`);
    for (const statement of [`delete from ${table}`, `truncate ${table}`]) {
      await expect(service.query(statement)).rejects.toThrow(`permission denied for table ${table}`);
    }
  });

  it.each([
    'update audit_entry set bytes = bytes',
    'update audit_hash set hash = hash',
    'update audit_checkpoint set note = note',
    `insert into audit_entry (index, bytes, leaf) values (9, '', '')`,
    `insert into audit_hash values (9, '')`,
    `insert into audit_checkpoint values (9, '', '', now())`,
    'update audit_staged set bytes = bytes',
    'delete from audit_staged',
    'truncate audit_staged',
    `insert into audit_staged (bytes, staged_at) values ('', now())`,
  ])('may not: %s', async (statement) => {
    await expect(service.query(statement)).rejects.toThrow('permission denied');
  });

  it('cannot take away a staged entry by the setting that the sequencer uses', async () => {
    await service.query(`set waarom.sequencing = 'on'`);
    await expect(service.query('delete from audit_staged')).rejects.toThrow('permission denied');
    await service.query('reset waarom.sequencing');
  });

  it('cannot log what was not staged, or elsewhere than next', async () => {
    const move = (ids: string, first: number, leaves: string) =>
      service.query(`select audit_sequence($1, $2, '[]', $3, '', sha256(''), '', now())`, [
        ids,
        first,
        Buffer.from(leaves, 'hex'),
      ]);
    const [{ id = '', leaf = '' } = {}] = await service.rows<{ id: string; leaf: string }>(
      `select id::text, encode(sha256('\\x00'::bytea || bytes), 'hex') as leaf from audit_staged`,
    );
    await expect(move(`{${id},999}`, 2, leaf)).rejects.toThrow('1 staged entries of 2');
    await expect(move('{999}', 2, '00'.repeat(32))).rejects.toThrow('0 staged entries of 1');
    await expect(move(`{${id},${id}}`, 2, leaf)).rejects.toThrow('1 staged entries of 2');
    await expect(move(`{${id}}`, 3, '00'.repeat(32))).rejects.toThrow('the next entry is not 3');
    await expect(move(`{${id}}`, 2, '00'.repeat(32))).rejects.toThrow('check constraint');
    expect(await service.verify()).toMatchObject({ entries: 2, staged: 1, fault: null });
  });
});

describe('the owner', () => {
  it.each([
    'update audit_entry set bytes = bytes',
    'update audit_hash set hash = hash',
    'update audit_checkpoint set note = note',
    'update audit_staged set bytes = bytes',
    ...[...TABLES, 'audit_staged'].flatMap((table) => [`delete from ${table}`, `truncate ${table}`]),
  ])('is kept from: %s', async (statement) => {
    await expect(owner.query(statement)).rejects.toThrow('the audit log only grows');
    await owner.query('set session_replication_role = replica');
    await expect(owner.query(statement)).rejects.toThrow('the audit log only grows');
    await owner.query('set session_replication_role = origin');
  });
});

describe('audit_staged', () => {
  it.each([
    ['nothing', 0],
    ['more than a tile can hold', 65_536],
  ])('refuses %s', async (_, length) => {
    const bytes = Buffer.alloc(length, 'x');
    await expect(service.query('insert into audit_staged (bytes) values ($1)', [bytes])).rejects.toThrow(
      'audit_staged_bytes_check',
    );
  });
});
