import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendEntry } from '../../src/audit/append.ts';
import type { AuditTransaction } from '../../src/audit/audit-transaction.ts';
import { type ExportedLog, exportLog } from '../../src/audit/export.ts';
import type { ExportTarget } from '../../src/audit/export-folder.ts';
import { sequence, startSequencer } from '../../src/audit/sequencer.ts';
import { verifyLog } from '../../src/audit/verify.ts';
import { AuditSession, CLOCK, createAuditLog, entryOf, LOG, OTHER_KEY } from '../support/audit-log.ts';
import { exportVerdict } from '../support/export-verdict.ts';
import { diskFolder } from '../support/exported-log.ts';

const EXPORTED: ExportedLog = { origin: LOG.origin, keys: [LOG.signer.verifier] };

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

const verdict = (path: string, keys = EXPORTED.keys) => exportVerdict(path, { keys });

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
