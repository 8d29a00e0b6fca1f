import { createWriteStream } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openApp } from '../app.ts';
import { appendEntry } from '../audit/append.ts';
import { CSV, type EntryLines, JSON_LINES } from '../audit/entry-lines.ts';
import { entriesBetween } from '../audit/export.ts';
import { newestCheckpoint } from '../audit/log-reads.ts';
import type { Settings } from '../config.ts';
import { howMany } from '../domain/how-many.ts';
import { exportFolderOf } from '../gateways.ts';
import { exportAuditLog } from '../use-cases/export-audit-log.ts';
import type { Services } from '../use-cases/services.ts';

export const EXPORT_FORMATS = ['tiles', 'jsonl', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const LINES: Readonly<Record<Exclude<ExportFormat, 'tiles'>, EntryLines>> = { jsonl: JSON_LINES, csv: CSV };
const BLOCK = 2048;

/** `waarom audit export`: exports what is signed of the audit log into a folder, and leaves an entry of it. */
export async function exportAuditFolder(
  settings: Settings,
  folder: string,
  format: ExportFormat,
): Promise<string> {
  const app = await openApp(settings);
  try {
    const { origin, signer, formerKeys = [] } = app.auditLog;
    const keys = [signer.verifier, ...formerKeys];
    if (format !== 'tiles') {
      const { file, entries } = await writeLines(app.services, folder, format);
      await recordExport(app.services, format, entries);
      return `${file} has ${howMany(entries, 'entry', 'entries')}.`;
    }
    const added = await exportAuditLog(app.services.db, exportFolderOf(folder), { origin, keys });
    if (added.checkpoints === 0) return `${folder} has all of the audit log that is signed.`;
    await recordExport(app.services, format, added.size);
    return [
      `Entries ${added.from} to ${added.size - 1} and ${howMany(added.checkpoints, 'checkpoint')} were added to ${folder}.`,
      `Verify: waarom audit verify --export ${folder}${keys.map(({ text }) => ` --key ${text}`).join('')}`,
    ].join('\n');
  } finally {
    await app.close();
  }
}

/** Every signed entry, a line each, in `audit.jsonl` or `audit.csv`; there is the whole file or the one before. */
async function writeLines(
  { db }: Services,
  folder: string,
  format: Exclude<ExportFormat, 'tiles'>,
): Promise<{ readonly file: string; readonly entries: number }> {
  const { head, line } = LINES[format];
  const entries = (await newestCheckpoint(db))?.size ?? 0;
  async function* lines() {
    yield head;
    for (let first = 0; first < entries; first += BLOCK) {
      const block = await entriesBetween(db, first, Math.min(first + BLOCK, entries));
      yield block.map((bytes, place) => line(first + place, bytes)).join('');
    }
  }
  const file = join(folder, `audit.${format}`);
  await mkdir(folder, { recursive: true });
  await pipeline(Readable.from(lines()), createWriteStream(`${file}.part`));
  await rename(`${file}.part`, file);
  return { file, entries };
}

async function recordExport({ db, clock }: Services, format: ExportFormat, entries: number): Promise<void> {
  await db.transaction((tx) =>
    appendEntry(tx, {
      at: clock.now().toISOString(),
      actor: 'command-line',
      role: 'OPERATOR',
      action: 'audit.export',
      campaign: null,
      subject: null,
      digest: null,
      requestId: null,
      refusal: null,
      details: { format, entries },
    }),
  );
}
