import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendEntry } from '../../src/audit/append.ts';
import { sequence } from '../../src/audit/sequencer.ts';
import { parseNote } from '../../src/audit/signed-note.ts';
import { openAuditKey } from '../../src/audit-key.ts';
import { addWitnessed, verifyExportFolder } from '../../src/cli/audit-offline.ts';
import { exportAuditFolder } from '../../src/cli/export-audit-folder.ts';
import { loadSettings } from '../../src/config.ts';
import { exportAudit } from '../../src/jobs/export-audit.job.ts';
import { CLOCK, createAuditLog, entryOf, LOG, OTHER_KEY } from '../support/audit-log.ts';
import { exportVerdict } from '../support/export-verdict.ts';
import { diskFolder } from '../support/exported-log.ts';
import { ServiceHarness } from '../support/service-harness.ts';
import { witnessOf } from '../support/test-witness.ts';

const EXPORTED = { origin: LOG.origin, keys: [LOG.signer.verifier] };

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'waarom-export-'));
});
afterEach(() => rm(root, { recursive: true }));

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
      expect(await exportVerdict(root, EXPORTED)).toMatchObject({ fault: null, entries: 2 });
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
    await using log = await createAuditLog();
    const service = await log.service();
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
