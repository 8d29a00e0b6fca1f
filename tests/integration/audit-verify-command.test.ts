import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import { appendEntry } from '../../src/audit/append.ts';
import { signCheckpoint } from '../../src/audit/checkpoint.ts';
import { newestCheckpoint } from '../../src/audit/log-reads.ts';
import { verifyAuditRecord } from '../../src/cli/verify-audit-record.ts';
import { loadSettings, type Settings } from '../../src/config.ts';
import { recallCheckpoint, sequencing } from '../../src/sequencing.ts';
import { entryOf, LOG, OTHER_KEY } from '../support/audit-log.ts';
import { SmallRecord, tamper } from '../support/small-record.ts';
import { truncateLog } from '../support/tampered-log.ts';

let record: SmallRecord;
let settings: Settings;
/** Where the service remembers the newest checkpoint. */
let memory: string;
let newest: { readonly note: string; readonly size: number };

beforeAll(async () => {
  record = await SmallRecord.start();
  const { harness } = record;
  const keyFile = join(harness.folder, 'audit.key');
  await writeFile(keyFile, `${LOG.signer.text}\n`, { mode: 0o600 });
  settings = loadSettings(
    {
      DATABASE_URL: harness.database.databaseUrl,
      DATA_DIR: join(harness.folder, 'data'),
      INBOX_DIR: join(harness.folder, 'inbox'),
      OUTBOX_DIR: join(harness.folder, 'outbox'),
      AUDIT_ORIGIN: LOG.origin,
      AUDIT_KEY_FILE: keyFile,
      LOG_LEVEL: 'silent',
    },
    harness.folder,
  );
  memory = join(settings.dataDir, 'audit', 'checkpoint');
  const found = await newestCheckpoint(record.owner.manager);
  if (found === undefined) throw new Error('the record has no checkpoint');
  newest = found;
}, 60_000);

afterAll(async () => {
  await record.stop();
});

async function remember(note: string): Promise<void> {
  await mkdir(join(settings.dataDir, 'audit'), { recursive: true });
  await writeFile(memory, note);
}

async function inApp<T>(work: (app: App) => Promise<T>): Promise<T> {
  const app = await openApp(settings);
  return work(app).finally(() => app.close());
}

it('says INTACT, how much it saw, the root and the key', async () => {
  const { text, intact } = await verifyAuditRecord(settings, null);
  expect(intact).toBe(true);
  expect(text).toMatch(/^INTACT: \d+ entries and 3 checkpoints are as they were signed/);
  expect(text).toContain('55 decisions, 55 frozen rows');
  expect(text).toContain('0 rows ERASED');
  expect(text).toContain(LOG.signer.verifier.text);
});

it('holds the log against a checkpoint that was kept', async () => {
  const file = join(record.harness.folder, 'kept');
  await writeFile(file, newest.note);
  expect(await verifyAuditRecord(settings, file)).toMatchObject({ intact: true });
  const other = { origin: LOG.origin, size: newest.size, root: new Uint8Array(32) };
  await writeFile(file, signCheckpoint(other, LOG.signer));
  const split = await verifyAuditRecord(settings, file);
  expect(split.intact).toBe(false);
  expect(split.text).toMatch(new RegExp(`^BROKEN at checkpoint ${newest.size} \\(SPLIT\\)`));
  await writeFile(file, signCheckpoint({ ...other, size: newest.size + 5 }, LOG.signer));
  expect((await verifyAuditRecord(settings, file)).text).toMatch(
    new RegExp(`^BROKEN at checkpoint ${newest.size + 5} \\(ROLLED_BACK\\)`),
  );
});

it.each([
  [
    'another key',
    () => signCheckpoint({ origin: LOG.origin, size: 1, root: new Uint8Array(32) }, OTHER_KEY),
    'UNSIGNED',
  ],
  [
    'another origin',
    () => signCheckpoint({ origin: 'other', size: 1, root: new Uint8Array(32) }, LOG.signer),
    'ORIGIN',
  ],
  ['nobody', () => 'hello', 'UNREADABLE'],
])('does not take a kept checkpoint of %s', async (_, note, rule) => {
  const file = join(record.harness.folder, 'kept');
  await writeFile(file, note());
  const { text, intact } = await verifyAuditRecord(settings, file);
  expect(intact).toBe(false);
  expect(text).toContain(`BROKEN at the remembered checkpoint ${file} (${rule})`);
});

it('names the row where the record is not as the log says, and the entry', async () => {
  const statement = `update campaign set paused = true`;
  const undo = `update campaign set paused = false`;
  const change = (sql: string) =>
    record.owner.transaction((tx) => tamper(tx, ['campaign'], () => tx.query(sql)));
  await change(statement);
  const { text, intact } = await verifyAuditRecord(settings, null);
  await change(undo);
  expect(intact).toBe(false);
  expect(text).toMatch(/^BROKEN at campaign small, paused \(DIFFERS\): .*; entry \d+ says otherwise/);
});

it('remembers what it signed, outside the database', async () => {
  const before = newest.size;
  await inApp(async (app) => {
    const sequencer = sequencing(app, await recallCheckpoint(app));
    await app.services.db.transaction((tx) =>
      appendEntry(tx, entryOf({ action: 'audit.read', campaign: null, at: new Date().toISOString() })),
    );
    await expect
      .poll(() => readFile(memory, 'utf8').catch(() => ''), { timeout: 10_000 })
      .toContain(`\n${before + 1}\n`);
    await sequencer.stop();
  });
  expect(await verifyAuditRecord(settings, null)).toMatchObject({ intact: true });
});

it('does not start on a database that was set back, and verifying says so', async () => {
  const kept = await readFile(memory, 'utf8');
  const other = { origin: LOG.origin, size: newest.size + 100, root: new Uint8Array(32) };
  await remember(signCheckpoint(other, LOG.signer));
  await inApp(async (app) => {
    await expect(recallCheckpoint(app)).rejects.toThrow(
      `The audit log ends at ${newest.size + 1} entries, and ${newest.size + 100} were signed`,
    );
  });
  expect((await verifyAuditRecord(settings, null)).text).toContain('(ROLLED_BACK)');
  await remember(signCheckpoint({ ...other, size: 3 }, LOG.signer));
  await inApp(async (app) => {
    await expect(recallCheckpoint(app)).rejects.toThrow('The audit log is another one');
  });
  await remember(signCheckpoint({ ...other, size: 3 }, OTHER_KEY));
  await inApp(async (app) => {
    await expect(recallCheckpoint(app)).rejects.toThrow('not signed by');
  });
  await remember(kept);
  await inApp(recallCheckpoint);
});

it('does not sign on a log that was set back under the running service', async () => {
  await inApp(async (app) => {
    const recalled = await recallCheckpoint(app);
    const errors: string[] = [];
    const told = {
      ...app,
      logger: Object.assign(Object.create(app.logger), {
        error: (what: { err: Error }) => errors.push(what.err.message),
      }),
    };
    const tables = ['audit_entry', 'audit_hash', 'audit_checkpoint'];
    await record.owner.transaction((tx) => tamper(tx, tables, () => truncateLog(tx, newest.size)));
    await app.services.db.transaction((tx) =>
      appendEntry(tx, entryOf({ action: 'audit.read', campaign: null })),
    );
    const sequencer = sequencing(told, recalled);
    await expect.poll(() => errors[0], { timeout: 10_000 }).toContain(`ends at ${newest.size} entries`);
    await sequencer.stop();
  });
  expect(await newestCheckpoint(record.owner.manager)).toMatchObject({ size: newest.size });
});
