import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendEntry } from '../../src/audit/append.ts';
import type { AuditTransaction } from '../../src/audit/audit-transaction.ts';
import { exportLog } from '../../src/audit/export.ts';
import type { ExportTarget } from '../../src/audit/export-folder.ts';
import { sequence, startSequencer } from '../../src/audit/sequencer.ts';
import { type NoteVerifier, parseNote } from '../../src/audit/signed-note.ts';
import { verifyLog } from '../../src/audit/verify.ts';
import { verifyExport } from '../../src/audit/verify-export.ts';
import { openAuditKey } from '../../src/audit-key.ts';
import { addWitnessed, verifyExportFolder } from '../../src/cli/audit-offline.ts';
import { exportAuditFolder } from '../../src/cli/export-audit-folder.ts';
import { loadSettings } from '../../src/config.ts';
import { exportAudit } from '../../src/jobs/export-audit.job.ts';
import { AuditSession, CLOCK, createAuditLog, entryOf, LOG, OTHER_KEY } from '../support/audit-log.ts';
import { diskFolder } from '../support/exported-log.ts';
import { hasPython, runVerifier } from '../support/python-verifier.ts';
import { ServiceHarness } from '../support/service-harness.ts';
import { witnessOf } from '../support/test-witness.ts';

const EXPORTED = { origin: LOG.origin, keys: [LOG.signer.verifier] };

let log: Awaited<ReturnType<typeof createAuditLog>>;
let service: AuditSession;
let root: string;

beforeEach(async () => {
  log = await createAuditLog();
  service = await log.service();
  root = await mkdtemp(join(tmpdir(), 'waarom-export-'));
});

afterEach(async () => {
  await log[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

async function append(session: AuditSession, from: number, to: number): Promise<void> {
  await session.transaction(async (tx) => {
    for (let index = from; index < to; index++) await appendEntry(tx, entryOf({ subject: `${index}` }));
  });
}

/** Exports all there is; answers the size, or null where there was nothing more. */
async function exportAll(folder: ExportTarget, exported = EXPORTED): Promise<number | null> {
  let size: number | null = null;
  const next = () => service.transaction((tx: AuditTransaction) => exportLog(tx, folder, exported));
  for (let part = await next(); part !== undefined; part = await next()) size = part.size;
  return size;
}

/** What both verifiers say of an export. */
async function verdict(path: string, keys: readonly NoteVerifier[] = EXPORTED.keys) {
  const expected = { keys, witnesses: [], previous: null, mirror: null };
  const found = await verifyExport(diskFolder(path), expected);
  if (hasPython) {
    const { intact, said } = runVerifier([path, ...keys.flatMap(({ text }) => ['--key', text])]);
    expect({ intact, said }).toMatchObject({ intact: found.fault === null });
  }
  return found;
}

async function filesOf(path: string): Promise<string[]> {
  const found = await readdir(path, { recursive: true, withFileTypes: true });
  const files = found.filter((file) => file.isFile());
  return files.map((file) => join(file.parentPath, file.name).slice(path.length + 1)).sort();
}

describe('exportLog', () => {
  it('exports the log, then what is new, and nothing twice', async () => {
    const folder = diskFolder(root);
    expect(await exportAll(folder)).toBeNull();
    await service.sequence();
    expect(await exportAll(folder)).toBe(0);
    expect(await verdict(root)).toMatchObject({ fault: null, entries: 0, checkpoints: 1 });
    await append(service, 0, 300);
    await service.sequence(120);
    await service.sequence();
    expect(await exportAll(folder)).toBe(300);
    expect(await exportAll(folder)).toBeNull();
    const files = [
      'checkpoint',
      'checkpoints/0',
      'checkpoints/120',
      'checkpoints/300',
      'tile/0/000',
      'tile/0/001.p/44',
      'tile/1/000.p/1',
      'tile/entries/000',
      'tile/entries/001.p/44',
    ];
    expect(await filesOf(root)).toEqual(files);
    expect(await verdict(root)).toMatchObject({ fault: null, entries: 300, checkpoints: 3 });
    const { mtimeMs } = await stat(join(root, 'tile/0/000'));
    await append(service, 300, 600);
    await service.sequence();
    expect(await exportAll(folder)).toBe(600);
    expect(await verdict(root)).toMatchObject({ fault: null, entries: 600 });
    expect((await stat(join(root, 'tile/0/000'))).mtimeMs).toBe(mtimeMs);
    // A full tile has taken the place of its partial ones.
    expect(await filesOf(root)).not.toContain('tile/0/001.p/44');
  });

  it('exports a log of many parts as one of one part', async () => {
    await service.sequence();
    const folder = diskFolder(root);
    for (let size = 0; size < 1100; size += 100) {
      await append(service, size, size + 100);
      await service.sequence();
      if (size % 300 === 0) await exportAll(folder);
    }
    await exportAll(folder);
    const whole = join(root, 'whole');
    await exportAll(diskFolder(whole));
    expect(await verdict(root)).toMatchObject({ fault: null, entries: 1100, checkpoints: 12 });
    for (const file of await filesOf(whole)) {
      expect(await readFile(join(root, file)), file).toEqual(await readFile(join(whole, file)));
    }
  });

  it('can stop at every write: what is there verifies, and the next export goes on', async () => {
    await service.sequence();
    await append(service, 0, 300);
    await service.sequence();
    const before = join(root, 'before');
    await exportAll(diskFolder(before));
    await append(service, 300, 800);
    await service.sequence(100);
    await service.sequence(380);
    await service.sequence();
    let stopped = 0;
    for (let writes = 0; ; writes++) {
      const path = join(root, `stopped-${writes}`);
      await cp(before, path, { recursive: true });
      const finished = await exportAll(stoppingAfter(writes, diskFolder(path))).then(
        () => true,
        () => false,
      );
      expect((await verdict(path)).fault, `after ${writes} writes`).toBeNull();
      await exportAll(diskFolder(path));
      expect(await verdict(path)).toMatchObject({ fault: null, entries: 800, checkpoints: 5 });
      if (finished) break;
      stopped += 1;
    }
    // Four full files, four partial ones, three checkpoints and the newest again.
    expect(stopped).toBeGreaterThanOrEqual(12);
  }, 120_000);

  it('can stop at every write of the first export too', async () => {
    await append(service, 0, 300);
    await service.sequence(200);
    await service.sequence();
    for (let writes = 0; writes < 8; writes++) {
      const path = join(root, `stopped-${writes}`);
      await expect(exportAll(stoppingAfter(writes, diskFolder(path)))).rejects.toThrow('stopped');
      expect((await verdict(path)).fault).toMatchObject({ file: 'checkpoint', rule: 'MISSING' });
      await exportAll(diskFolder(path));
      expect(await verdict(path)).toMatchObject({ fault: null, entries: 300 });
    }
  });

  it('never writes over a file that is there with another content', async () => {
    await service.sequence();
    await append(service, 0, 300);
    await service.sequence();
    for (const file of ['tile/0/000', 'tile/entries/000', 'tile/1/000.p/1', 'checkpoints/300']) {
      const path = join(root, file.replaceAll('/', '-'));
      const folder = diskFolder(path);
      await folder.replace(file, Buffer.from('something else'));
      await expect(exportAll(folder)).rejects.toThrow(`${file} is there already, with another content`);
      expect((await readFile(join(path, file))).toString()).toBe('something else');
      expect(await filesOf(path)).not.toContain('checkpoint');
    }
  });

  it('exports while entries come in and are sequenced, also from two places at once', async () => {
    const writer = await log.service();
    const sequencing = await log.service();
    const other = await log.service();
    const folder = diskFolder(root);
    const sequencer = startSequencer({
      transaction: (work) => sequencing.transaction(work),
      log: LOG,
      clock: CLOCK,
      onError: (error) => expect.fail(String(error)),
      limit: 70,
      pause: 1,
    });
    const writing = (async () => {
      for (let index = 0; index < 1000; index += 10) await append(writer, index, index + 10);
    })();
    let ended = false;
    writing.finally(() => {
      ended = true;
    });
    while (!ended) {
      await Promise.all([
        service.transaction((tx) => exportLog(tx, folder, EXPORTED)),
        other.transaction((tx) => exportLog(tx, folder, EXPORTED)),
      ]);
    }
    await writing;
    await sequencer.stop();
    while ((await service.sequence()) > 0);
    await exportAll(folder);
    expect(await verdict(root)).toMatchObject({ fault: null, entries: 1000 });
  });

  it.each([
    [
      'an entry edited',
      'update audit_entry set bytes = $1 where index = 5',
      [Buffer.from('{}')],
      /entries are not those of its checkpoint of size 300/,
    ],
    ['an entry deleted', 'delete from audit_entry where index = 5', [], /entry 5 is missing/],
    ['the newest deleted', 'delete from audit_entry where index > 290', [], /entry 291 is missing/],
    [
      'a checkpoint forged',
      `update audit_checkpoint set note = 'x' where size = 300`,
      [],
      /not signed by a key/,
    ],
  ])(
    'exports nothing of a log that is not what was signed: %s',
    async (_, statement, parameters, message) => {
      await append(service, 0, 300);
      await service.sequence();
      const owner = await log.owner();
      await owner.query('alter table audit_entry disable trigger all');
      await owner.query('alter table audit_checkpoint disable trigger all');
      await owner.query('alter table audit_entry drop constraint audit_entry_leaf_check');
      await owner.query(statement, parameters);
      await expect(exportAll(diskFolder(root))).rejects.toThrow(message);
      expect(await filesOf(root)).not.toContain('checkpoint');
    },
  );

  it('exports nothing of a log that is not the one exported before', async () => {
    await append(service, 0, 300);
    await service.sequence();
    await exportAll(diskFolder(root));
    await using other = await createAuditLog();
    const session = await other.service();
    const exportOther = () => session.transaction((tx) => exportLog(tx, diskFolder(root), EXPORTED));
    const refused = 'the audit log does not have the checkpoint of size 300 that was exported';
    await expect(exportOther()).rejects.toThrow(refused);
    await append(session, 1000, 1400);
    await session.sequence(300);
    await expect(exportOther()).rejects.toThrow(refused);
    await session.sequence();
    await expect(exportOther()).rejects.toThrow(refused);
    expect(await verdict(root)).toMatchObject({ fault: null, entries: 300 });
  });

  it('goes on after a change of keys, and the log too', async () => {
    await append(service, 0, 10);
    await service.sequence();
    await append(service, 10, 20);
    const rotated = { origin: LOG.origin, signer: OTHER_KEY, formerKeys: [LOG.signer.verifier] };
    const forgetful = { origin: LOG.origin, signer: OTHER_KEY };
    await expect(service.sequence(100, forgetful)).rejects.toThrow('the checkpoint of size 10 is not one of');
    expect(await service.transaction((tx) => sequence(tx, rotated, CLOCK))).toBe(10);
    const { verifier } = OTHER_KEY;
    const formerKeys = [LOG.signer.verifier];
    expect((await verifyLog(service, LOG.origin, verifier, { formerKeys })).fault).toBeNull();
    expect((await verifyLog(service, LOG.origin, verifier)).fault).toMatchObject({ rule: 'UNSIGNED' });
    const keys = [verifier, ...formerKeys];
    await exportAll(diskFolder(root), { origin: LOG.origin, keys });
    expect(await verdict(root, keys)).toMatchObject({ fault: null, entries: 20 });
    expect((await verdict(root, [verifier])).fault).toMatchObject({
      file: 'checkpoints/10',
      rule: 'UNSIGNED',
    });
  });
});

describe('the job', () => {
  it('exports what is new, where an export is set', async () => {
    const harness = await ServiceHarness.start();
    try {
      const { db } = harness.services;
      const append = () => db.transaction((tx) => appendEntry(tx, entryOf({})));
      await append();
      await db.transaction((tx) => sequence(tx, LOG, CLOCK));
      expect(await exportAudit(harness.services)).toBe(0);
      const services = { ...harness.services, auditExport: { folder: diskFolder(root), log: EXPORTED } };
      expect(await exportAudit(services)).toBe(1);
      expect(await exportAudit(services)).toBe(0);
      await append();
      await db.transaction((tx) => sequence(tx, LOG, CLOCK));
      expect(await exportAudit(services)).toBe(1);
      expect(await verdict(root)).toMatchObject({ fault: null, entries: 2 });
    } finally {
      await harness.stop();
    }
  });
});

describe('the job that cannot export', () => {
  it('opens an incident, once, and goes on failing', async () => {
    const harness = await ServiceHarness.start();
    try {
      const { db } = harness.services;
      await db.transaction((tx) => appendEntry(tx, entryOf({})));
      await db.transaction((tx) => sequence(tx, LOG, CLOCK));
      const folder = diskFolder(root);
      await folder.replace('tile/0/000.p/1', Buffer.alloc(32));
      const services = { ...harness.services, auditExport: { folder, log: EXPORTED } };
      const incidents = () => db.query('select kind, summary from incident');
      const opened = [
        { kind: 'RECORD_BROKEN', summary: expect.stringContaining('tile/0/000.p/1 is there already') },
      ];
      for (let time = 0; time < 2; time++) {
        await expect(exportAudit(services)).rejects.toThrow('tile/0/000.p/1 is there already');
        expect(await incidents()).toEqual(opened);
      }
    } finally {
      await harness.stop();
    }
  });
});

describe('the commands', () => {
  it('export in every format, leave an entry of it, and verify without settings', async () => {
    const env = { DATABASE_URL: log.databaseUrl, DATA_DIR: join(root, 'data'), LOG_LEVEL: 'silent' };
    const settings = loadSettings({ ...env, AUDIT_ORIGIN: 'bank.example/waarom' }, root);
    const signer = await openAuditKey(settings.audit.keyFile, settings.audit.origin);
    const signed = { origin: LOG.origin, signer };
    await service.append(entryOf({ actor: '=cmd|calc', details: { reason: 'said "no", twice\nand left' } }));
    await service.append(entryOf({ subject: 'batch-1', refusal: { code: 'FORBIDDEN', rule: 'run.start' } }));
    await service.sequence(100, signed);
    const folder = join(root, 'export');
    expect(await exportAuditFolder(settings, folder, 'tiles')).toContain(
      'Entries 0 to 1 and 1 checkpoint were',
    );
    await service.sequence(100, signed);
    expect(await exportAuditFolder(settings, folder, 'jsonl')).toContain('has 3 entries.');
    await service.sequence(100, signed);
    expect(await exportAuditFolder(settings, folder, 'csv')).toContain('has 4 entries.');
    const lines = (await readFile(join(folder, 'audit.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { index: 0, entry: { actor: '=cmd|calc' } },
      {
        index: 1,
        summary:
          'o.one (OPERATOR) wanted to start run batch-1 of investing-retail and was refused: FORBIDDEN, run.start.',
      },
      { index: 2, entry: { action: 'audit.export', details: { format: 'tiles', entries: 2 } } },
    ]);
    const csv = await readFile(join(folder, 'audit.csv'), 'utf8');
    expect(csv.split('\r\n')).toHaveLength(6);
    expect(csv).toContain(`\r\n0,2026-11-16T09:30:00.125Z,'=cmd|calc,OPERATOR,run.start,`);

    const key = [signer.verifier.text];
    expect(await verifyExportFolder({ export: folder, key, witness: [] })).toEqual({
      intact: true,
      text: expect.stringMatching(/^INTACT: 2 entries and 1 checkpoint are/),
    });
    const witness = witnessOf('witness.example/w1', 1);
    const { text } = parseNote(await readFile(join(folder, 'checkpoints/2'), 'utf8'))!;
    const answer = join(root, 'answer');
    await writeFile(answer, witness.cosign(text, 1_795_000_000));
    const vkey = witness.witness.verifier.text;
    await expect(addWitnessed(folder, { size: 3, witness: vkey, file: answer })).rejects.toThrow(
      'no checkpoints/3',
    );
    await addWitnessed(folder, { size: 2, witness: vkey, file: answer });
    expect(await verifyExportFolder({ export: folder, key, witness: [vkey] })).toEqual({
      intact: true,
      text: expect.stringContaining('witness.example/w1 cosigned 2 entries at 2026-11-18T'),
    });
    const broken = await verifyExportFolder({ export: folder, key: [OTHER_KEY.verifier.text], witness: [] });
    expect(broken).toEqual({
      intact: false,
      text: expect.stringContaining('BROKEN at checkpoint (UNSIGNED)'),
    });
    await expect(verifyExportFolder({ export: folder, key: [], witness: [] })).rejects.toThrow('give --key');
    await expect(verifyExportFolder({ export: folder, key: ['x'], witness: [] })).rejects.toThrow(
      'no verifier key',
    );
  });
});

/** A folder in which nothing more can be written after a number of writes. */
function stoppingAfter(writes: number, folder: ExportTarget): ExportTarget {
  let left = writes;
  const guard = async (write: () => Promise<void>) => {
    if (left === 0) throw new Error('stopped');
    left -= 1;
    await write();
  };
  return {
    read: (path) => folder.read(path),
    list: (path) => folder.list(path),
    writeOnce: (path, content) => guard(() => folder.writeOnce(path, content)),
    replace: (path, content) => guard(() => folder.replace(path, content)),
    removePartials: (path) => guard(() => folder.removePartials(path)),
  };
}
