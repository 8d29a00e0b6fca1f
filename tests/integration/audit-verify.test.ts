import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signCheckpoint } from '../../src/audit/checkpoint.ts';
import { entryBytes } from '../../src/audit/entry.ts';
import { readEntries } from '../../src/audit/log-reads.ts';
import { Frontier, leafHash } from '../../src/audit/tlog.ts';
import { verifyLog } from '../../src/audit/verify.ts';
import { type AuditSession, createAuditLog, entryOf, LOG, OTHER_KEY } from '../support/audit-log.ts';

const EDITED = entryBytes(entryOf({ actor: 'nobody', subject: '5' }));

/** Ten entries in three batches: checkpoints of size 4, 8 and 10. */
async function tenEntries(service: AuditSession): Promise<void> {
  for (let index = 0; index < 10; index++) await service.append(entryOf({ subject: `${index}` }));
  for (let batch = 0; batch < 3; batch++) await service.sequence(4);
}

/** What an owner of the database can do, and an administrator anyway. */
async function disarm(owner: AuditSession): Promise<void> {
  for (const table of ['audit_entry', 'audit_hash', 'audit_checkpoint', 'audit_staged']) {
    await owner.query(`alter table ${table} disable trigger all`);
  }
  await owner.query('alter table audit_entry drop constraint audit_entry_leaf_check');
}

async function insertForged(owner: AuditSession, index: number): Promise<void> {
  await owner.query(
    `insert into audit_entry (index, bytes, leaf, at, actor, role, action, campaign, subject)
     values ($1, $2, $3, '2026-11-16T09:30:00.125Z', 'nobody', 'OPERATOR', 'run.start', 'investing-retail', '5')`,
    [index, EDITED, leafHash(EDITED)],
  );
}

/** Writes the tree and every root again over the entries as they are now; answers what the newest checkpoint would say. */
async function rebuild(owner: AuditSession, signer = LOG.signer): Promise<string> {
  const rows = await owner.rows<{ leaf: Buffer }>('select leaf from audit_entry order by index');
  const tree = Frontier.empty();
  await owner.query('delete from audit_hash');
  let place = 0;
  for (const { leaf } of rows) {
    for (const hash of tree.append(leaf)) {
      await owner.query('insert into audit_hash values ($1, $2)', [place++, hash]);
    }
    await owner.query('update audit_checkpoint set root = $1 where size = $2', [tree.root(), tree.size]);
  }
  return signCheckpoint({ origin: LOG.origin, size: tree.size, root: tree.root() }, signer);
}

async function note(owner: AuditSession, text: string, size: number): Promise<void> {
  await owner.query('update audit_checkpoint set note = $1 where size = $2', [text, size]);
}

const ATTACKS: readonly (readonly [string, (owner: AuditSession) => Promise<unknown>, object])[] = [
  [
    'an edited entry',
    (owner) => owner.query('update audit_entry set bytes = $1 where index = 5', [EDITED]),
    { part: 'entry', index: 5, rule: 'LEAF' },
  ],
  [
    'an edited entry with its leaf to match',
    (owner) =>
      owner.query('update audit_entry set bytes = $1, leaf = $2 where index = 5', [EDITED, leafHash(EDITED)]),
    { part: 'hash', index: 8, rule: 'HASH' },
  ],
  [
    'an edited entry with the whole tree to match',
    async (owner) => {
      const leaf = leafHash(EDITED);
      await owner.query(`update audit_entry set bytes = $1, leaf = $2, actor = 'nobody' where index = 5`, [
        EDITED,
        leaf,
      ]);
      await rebuild(owner);
    },
    { part: 'checkpoint', index: 8, rule: 'ROOT' },
  ],
  [
    'a deleted entry',
    (owner) => owner.query('delete from audit_entry where index = 5'),
    { part: 'entry', index: 5, rule: 'MISSING' },
  ],
  [
    'the first entry deleted',
    (owner) => owner.query('delete from audit_entry where index = 0'),
    { part: 'entry', index: 0, rule: 'MISSING' },
  ],
  [
    'the newest entries deleted',
    (owner) => owner.query('delete from audit_entry where index > 7'),
    { part: 'entry', index: 8, rule: 'MISSING' },
  ],
  [
    'all entries deleted',
    (owner) => owner.query('delete from audit_entry'),
    { part: 'entry', index: 0, rule: 'MISSING' },
  ],
  [
    'a deleted entry and the others moved up',
    async (owner) => {
      await owner.query('delete from audit_entry where index = 5');
      for (const index of [6, 7, 8, 9]) {
        await owner.query('update audit_entry set index = index - 1 where index = $1', [index]);
      }
    },
    { part: 'hash', index: 8, rule: 'HASH' },
  ],
  [
    'two swapped entries',
    async (owner) => {
      for (const [from, to] of [
        [2, 99],
        [6, 2],
        [99, 6],
      ]) {
        await owner.query('update audit_entry set index = $2 where index = $1', [from, to]);
      }
    },
    { part: 'hash', index: 3, rule: 'HASH' },
  ],
  [
    'an old entry replayed at the end',
    (owner) =>
      owner.query(
        `insert into audit_entry
         select 10, bytes, leaf, at, actor, role, action, campaign, subject, digest from audit_entry where index = 3`,
      ),
    { part: 'hash', index: 18, rule: 'MISSING' },
  ],
  [
    'a forged entry at the end with its tree',
    async (owner) => {
      await insertForged(owner, 10);
      await rebuild(owner);
    },
    { part: 'entry', index: 10, rule: 'BEYOND' },
  ],
  [
    'a hash changed in the tree',
    (owner) => owner.query('update audit_hash set hash = sha256(hash) where index = 6'),
    { part: 'hash', index: 6, rule: 'HASH' },
  ],
  [
    'a hash deleted from the tree',
    (owner) => owner.query('delete from audit_hash where index = 6'),
    { part: 'hash', index: 6, rule: 'MISSING' },
  ],
  [
    'a hash too many',
    (owner) => owner.query(`insert into audit_hash values (18, sha256(''))`),
    { part: 'hash', index: 18, rule: 'BEYOND' },
  ],
  [
    'a checkpoint signed by another key',
    async (owner) => {
      await owner.query('delete from audit_entry where index = 9');
      await owner.query('delete from audit_checkpoint where size = 10');
      await owner.query(`insert into audit_checkpoint values (9, sha256(''), '', now())`);
      await note(owner, await rebuild(owner, OTHER_KEY), 9);
    },
    { part: 'checkpoint', index: 9, rule: 'UNSIGNED' },
  ],
  [
    'a checkpoint with a changed text',
    (owner) =>
      owner.query(`update audit_checkpoint set note = replace(note, E'\\n8\\n', E'\\n9\\n') where size = 8`),
    { part: 'checkpoint', index: 8, rule: 'UNSIGNED' },
  ],
  [
    'a checkpoint that is no note',
    (owner) => note(owner, 'hello', 8),
    { part: 'checkpoint', index: 8, rule: 'UNREADABLE' },
  ],
  [
    'an old checkpoint in the place of a newer one',
    (owner) =>
      owner.query(
        'update audit_checkpoint set note = (select note from audit_checkpoint where size = 4) where size = 8',
      ),
    { part: 'checkpoint', index: 8, rule: 'SIZE' },
  ],
  [
    'a checkpoint of another log with the same key',
    (owner) => {
      const other = { origin: 'other.example', size: 8, root: new Uint8Array(32) };
      return note(owner, signCheckpoint(other, LOG.signer), 8);
    },
    { part: 'checkpoint', index: 8, rule: 'ORIGIN' },
  ],
  [
    'a root beside the note that is not the signed one',
    (owner) => owner.query('update audit_checkpoint set root = sha256(root) where size = 4'),
    { part: 'checkpoint', index: 4, rule: 'ROOT' },
  ],
  [
    'a column by which an entry is not found any more',
    (owner) => owner.query(`update audit_entry set actor = 'nobody' where index = 5`),
    { part: 'entry', index: 5, rule: 'COLUMNS' },
  ],
];

describe('a log of ten entries', () => {
  let log: Awaited<ReturnType<typeof createAuditLog>>;
  let owner: AuditSession;

  beforeAll(async () => {
    log = await createAuditLog();
    owner = await log.owner();
    await tenEntries(await log.service());
  });

  afterAll(async () => {
    await log[Symbol.asyncDispose]();
  });

  it('is right', async () => {
    expect(await owner.verify()).toMatchObject({ entries: 10, checkpoints: 3, fault: null });
  });

  it.each(ATTACKS)('with %s is not, and verifying says where', async (_, attack, fault) => {
    await owner.query('begin');
    try {
      await disarm(owner);
      await attack(owner);
      expect(await verifyLog(owner, LOG.origin, LOG.signer.verifier)).toMatchObject({ fault });
    } finally {
      await owner.query('rollback');
    }
  });

  it('is not right by another key', async () => {
    const { fault } = await verifyLog(owner, LOG.origin, OTHER_KEY.verifier);
    expect(fault).toMatchObject({ part: 'checkpoint', index: 4, rule: 'UNSIGNED' });
  });
});

it.each([
  ['not canonical', '{"at":"2026-11-16T09:30:00.125Z","actor":"a","action":"b"}'],
  [
    'a null character',
    Buffer.from(entryBytes(entryOf({})))
      .toString()
      .replace('o.one', '\\u0000'),
  ],
  [
    'a day that does not exist',
    Buffer.from(entryBytes(entryOf({})))
      .toString()
      .replace('-11-16', '-02-30'),
  ],
  ['no text', '\u00ff\u00fe'],
])('names what was staged past appendEntry and goes on: %s', async (_, text) => {
  await using log = await createAuditLog();
  const service = await log.service();
  await service.append(entryOf({}));
  await service.query('insert into audit_staged (bytes) values ($1)', [Buffer.from(text, 'latin1')]);
  await service.append(entryOf({ subject: 'after' }));
  expect(await service.sequence()).toBe(3);
  expect((await service.verify()).fault).toMatchObject({ part: 'entry', index: 1, rule: 'UNREADABLE' });
  const after = { campaign: null, actor: null, actions: null, subject: 'after', from: null, to: null };
  expect(await readEntries(service, after, null, 10)).toMatchObject([{ index: 2 }]);
});

it('holds for a log that is longer than it reads at once', async () => {
  await using log = await createAuditLog();
  const service = await log.service();
  await service.query(
    `insert into audit_staged (bytes)
     select convert_to(replace(convert_from($1, 'UTF8'), '"subject":null', '"subject":"' || n || '"'), 'UTF8')
       from generate_series(1, 4500) n`,
    [entryBytes(entryOf({}))],
  );
  while ((await service.sequence(700)) > 0);
  expect(await service.verify()).toMatchObject({ entries: 4500, checkpoints: 7, staged: 0, fault: null });
});
