import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type App, openApp } from '../app.ts';
import type { Checkpoint } from '../audit/checkpoint.ts';
import { type LogFault, readCheckpoint } from '../audit/log-check.ts';
import { CheckpointMemory } from '../checkpoint-memory.ts';
import type { Settings } from '../config.ts';
import { howMany } from '../domain/how-many.ts';
import { type RecordFault, recordFaultText } from '../use-cases/verify-record/record-fault.ts';
import type { Outbox, RecordCounts } from '../use-cases/verify-record/record-walk.ts';
import { type RecordVerification, verifyRecord } from '../use-cases/verify-record/verify-record.ts';
import { ProgressBar } from './progress-bar.ts';

/**
 * `waarom audit verify`: walks from the newest checkpoint down to every decision and every byte of a model in the database, and
 * names the first thing that differs. `previous` is the file of a checkpoint that was kept from an earlier look.
 */
export async function verifyAuditRecord(
  settings: Settings,
  previous: string | null,
): Promise<{ readonly text: string; readonly intact: boolean }> {
  const bar = new ProgressBar(process.stderr);
  const app = await openApp(settings);
  try {
    const { origin, signer, formerKeys = [] } = app.auditLog;
    const remembered: Checkpoint[] = [];
    for (const [file, note] of await keptNotes(settings, previous)) {
      const read = readCheckpoint(note, 0, origin, [signer.verifier, ...formerKeys]);
      if ('part' in read)
        return {
          text: `BROKEN at the remembered checkpoint ${file} (${read.rule}): ${read.message}`,
          intact: false,
        };
      remembered.push(read);
    }
    const found = await app.services.db.transaction('REPEATABLE READ', (tx) =>
      verifyRecord(tx, {
        origin,
        verifier: signer.verifier,
        formerKeys,
        remembered,
        outbox: outboxOf(app),
        progress: (what, done, total) => bar.show(what, done, total),
      }),
    );
    bar.clear();
    return { text: verdictText(found, signer.verifier.text), intact: found.fault === null };
  } finally {
    bar.clear();
    await app.close();
  }
}

async function keptNotes(
  settings: Settings,
  previous: string | null,
): Promise<[file: string, note: string][]> {
  const memory = await CheckpointMemory.open(settings.dataDir);
  return [
    ...(memory.note === null ? [] : [[memory.file, memory.note] satisfies [string, string]]),
    ...(previous === null ? [] : [[previous, await readFile(previous, 'utf8')] satisfies [string, string]]),
  ];
}

/** The folder of the mail tool, where the settings have one. */
function outboxOf({ settings: { mail, outboxDir } }: App): Outbox | null {
  if (mail.gateway !== 'file') return null;
  return async (campaign, file) =>
    readFile(join(outboxDir, basename(campaign), basename(file))).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
}

function verdictText({ log, counts, fault }: RecordVerification, key: string): string {
  const seen = `${howMany(log.entries, 'entry', 'entries')} and ${howMany(log.checkpoints, 'checkpoint')} are as they were signed`;
  const staged =
    log.staged === 0 ? '' : `; still to be sequenced: ${howMany(log.staged, 'entry', 'entries')}`;
  const rows = countsText(counts);
  if (fault === null) {
    const root = `Root ${Buffer.from(log.root).toString('base64')}. The key is ${key}`;
    return `INTACT: ${seen}${staged}, and the record is as they say: ${rows}.\n${root}`;
  }
  return `BROKEN at ${faultText(fault)}\nBefore it ${seen}${staged}; ${rows}. The key is ${key}`;
}

function faultText(fault: LogFault | RecordFault): string {
  if ('table' in fault) return recordFaultText(fault);
  return `${fault.part} ${fault.index} (${fault.rule}): ${fault.message}`;
}

function countsText(counts: RecordCounts): string {
  const { decisions, snapshotRows, recipients, modelBytes, rows, erased } = counts;
  return (
    `${howMany(decisions, 'decision')}, ${howMany(snapshotRows, 'frozen row')}, ${howMany(recipients, 'recipient')}, ` +
    `${howMany(modelBytes, 'byte')} of models, ${howMany(rows, 'other row')}; ${howMany(erased, 'row')} ERASED`
  );
}
