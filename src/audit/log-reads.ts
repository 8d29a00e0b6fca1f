import {
  type AuditTransaction,
  bytesIn,
  instantIn,
  numberIn,
  type Row,
  selectRows,
  textIn,
} from './audit-transaction.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { type AuditEntry, parseEntry } from './entry.ts';
import { parseNote } from './signed-note.ts';
import type { HashReader } from './tlog.ts';

/** Which entries to read; what is null is not asked. `from` is inclusive, `to` is not. */
export interface EntryFilter {
  readonly campaign: string | null;
  readonly actor: string | null;
  readonly actions: readonly string[] | null;
  readonly subject: string | null;
  readonly from: Date | null;
  readonly to: Date | null;
}

/** An entry with its place in the log and its leaf hash. */
export interface LoggedEntry {
  readonly index: number;
  readonly leaf: Uint8Array;
  readonly entry: AuditEntry;
}

/** A checkpoint as it is kept; `note` is what was signed. */
export interface LoggedCheckpoint extends Checkpoint {
  readonly note: string;
  readonly at: Date;
}

/** At most `limit` entries, newest first, from before index `before` (null: from the newest). */
export async function readEntries(
  db: AuditTransaction,
  filter: EntryFilter,
  before: number | null,
  limit: number,
): Promise<readonly LoggedEntry[]> {
  const { where, parameters } = conditions(filter, before);
  const rows = await selectRows(
    db,
    `select e.index::float8, e.bytes, e.leaf from audit_entry e where ${where} order by e.index desc limit $${parameters.length + 1}`,
    [...parameters, limit],
  );
  return rows.map(loggedEntry);
}

/** How many entries there are of that kind. */
export async function countEntries(db: AuditTransaction, filter: EntryFilter): Promise<number> {
  const { where, parameters } = conditions(filter, null);
  const [row = {}] = await selectRows(
    db,
    `select count(*)::float8 as entries from audit_entry e where ${where}`,
    parameters,
  );
  return numberIn(row, 'entries');
}

/** The newest signed tree head; undefined before the sequencer signed its first. */
export async function newestCheckpoint(db: AuditTransaction): Promise<LoggedCheckpoint | undefined> {
  const [row] = await selectRows(db, 'select note, at from audit_checkpoint order by size desc limit 1');
  if (row === undefined) return undefined;
  const note = textIn(row, 'note');
  const checkpoint = parseCheckpoint(parseNote(note)?.text ?? '');
  if (checkpoint === undefined) throw new Error('audit log: the newest checkpoint is not readable');
  return { ...checkpoint, note, at: instantIn(row, 'at') };
}

/** Reads the stored hashes of the log. Throws when one is missing. */
export function hashReader(db: AuditTransaction): HashReader {
  return async (indexes) => {
    const rows = await selectRows(
      db,
      'select index::float8, hash from audit_hash where index = any($1::bigint[])',
      [[...indexes]],
    );
    const hashes = new Map(rows.map((row) => [numberIn(row, 'index'), bytesIn(row, 'hash')]));
    return indexes.map((index) => {
      const hash = hashes.get(index);
      if (hash === undefined) throw new Error(`audit log: the stored hash ${index} is missing`);
      return hash;
    });
  };
}

/** Only what is asked stands in the text: plans are made once for it, whatever the values. */
function conditions(filter: EntryFilter, before: number | null) {
  const asked: readonly (readonly [condition: string, value: unknown])[] = [
    ['e.index < ', before],
    ['e.campaign = ', filter.campaign],
    ['e.actor = ', filter.actor],
    ['e.action = any', filter.actions],
    ['e.subject = ', filter.subject],
    ['e.at >= ', filter.from?.toISOString() ?? null],
    ['e.at < ', filter.to?.toISOString() ?? null],
  ];
  const present = asked.filter(([, value]) => value !== null);
  const where = present.map(([condition], place) => `${condition}($${place + 1})`).join(' and ');
  return { where: where === '' ? 'true' : where, parameters: present.map(([, value]) => value) };
}

function loggedEntry(row: Row): LoggedEntry {
  const index = numberIn(row, 'index');
  const entry = parseEntry(bytesIn(row, 'bytes'));
  if (entry === undefined) throw new Error(`audit log: entry ${index} is not readable`);
  return { index, leaf: bytesIn(row, 'leaf'), entry };
}
