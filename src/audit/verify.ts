import {
  type AuditTransaction,
  bytesIn,
  instantIn,
  numberIn,
  type Row,
  selectRows,
  textIn,
} from './audit-transaction.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { AuditEntry } from './entry.ts';
import { fault, LogCheck, type LogFault } from './log-check.ts';
import type { NoteVerifier } from './signed-note.ts';
import { storedHashCount } from './tlog.ts';

/** What `verifyLog` found. The log is right when `fault` is null. */
export interface LogVerification {
  /** Entries and checkpoints found right before the fault. */
  readonly entries: number;
  readonly checkpoints: number;
  /** Entries committed and not yet in the log. */
  readonly staged: number;
  /** The root over the entries found right. */
  readonly root: Uint8Array;
  readonly fault: LogFault | null;
  /** The first entry whose date is not one of its place; the log may be right all the same. */
  readonly dated: LogFault | null;
}

export interface VerifyOptions {
  /** Checkpoints of this log that were kept elsewhere: it must hold what they say. */
  readonly remembered?: readonly Checkpoint[];
  /** Keys that signed before the present one: checkpoints of theirs are right too. */
  readonly formerKeys?: readonly NoteVerifier[];
  /** Told of each entry found right, in order. */
  readonly onEntry?: (index: number, entry: AuditEntry) => void;
}

const BLOCK = 2000;

/**
 * Verifies the whole log in the database against the verifier key: indexes contiguous from 0, bytes that hash to
 * their leaves, search columns that say what the bytes say, stored hashes, and every checkpoint signed and over the
 * entries before it. Stops at the first thing that differs. Call it in a REPEATABLE READ transaction: the sequencer
 * goes on beside it.
 */
export async function verifyLog(
  db: AuditTransaction,
  origin: string,
  verifier: NoteVerifier,
  options: VerifyOptions = {},
): Promise<LogVerification> {
  const check = new LogCheck(origin, [verifier, ...(options.formerKeys ?? [])]);
  const counts = { checkpoints: 0 };
  const found = await firstFault(db, check, counts, options);
  const [row = {}] = await selectRows(db, 'select count(*)::float8 as staged from audit_staged');
  return {
    entries: check.size,
    checkpoints: counts.checkpoints,
    staged: numberIn(row, 'staged'),
    root: check.root,
    fault: found ?? null,
    dated: check.dated,
  };
}

async function firstFault(
  db: AuditTransaction,
  check: LogCheck,
  counts: { checkpoints: number },
  { remembered = [], onEntry = () => {} }: VerifyOptions,
): Promise<LogFault | undefined> {
  const compare = () => remembered.map((one) => check.remembered(one)).find((found) => found !== undefined);
  let wrong = checkCheckpoint(check, await checkpointsIn(db, -1, 0), counts) ?? compare();
  while (wrong === undefined) {
    const first = check.size;
    const entries = await entriesFrom(db, first);
    if (entries.length === 0) return (await faultAtEnd(db, first)) ?? rolledBack(first, remembered);
    const stored = await hashesIn(db, first, first + entries.length);
    const checkpoints = await checkpointsIn(db, first, first + entries.length);
    for (const row of entries) {
      wrong ??=
        checkEntry(check, row, stored, onEntry) ?? checkCheckpoint(check, checkpoints, counts) ?? compare();
    }
  }
  return wrong;
}

function checkEntry(
  check: LogCheck,
  row: Row,
  stored: ReadonlyMap<number, Uint8Array>,
  onEntry: (index: number, entry: AuditEntry) => void,
): LogFault | undefined {
  const index = numberIn(row, 'index');
  const result = check.entry({ index, bytes: bytesIn(row, 'bytes'), leaf: bytesIn(row, 'leaf') });
  if ('part' in result) return result;
  const wrong = check.hashes(result.hashes, stored);
  if (wrong !== undefined) return wrong;
  if (!columnsSay(row, result.entry))
    return fault('entry', index, 'COLUMNS', 'it is found under what its bytes do not say');
  onEntry(index, result.entry);
  return undefined;
}

function columnsSay(row: Row, entry: AuditEntry): boolean {
  const { at, ...columns } = entry;
  return (
    row.at instanceof Date &&
    row.at.toISOString() === at &&
    (['actor', 'role', 'action', 'campaign', 'subject', 'digest'] as const).every(
      (column) => row[column] === columns[column],
    )
  );
}

function checkCheckpoint(
  check: LogCheck,
  checkpoints: ReadonlyMap<number, Row>,
  counts: { checkpoints: number },
): LogFault | undefined {
  const row = checkpoints.get(check.size);
  if (row === undefined) return undefined;
  const found = check.checkpoint(bytesIn(row, 'root'), textIn(row, 'note'));
  if (found !== undefined) return found;
  counts.checkpoints += 1;
  check.signedAt(instantIn(row, 'at'));
  return undefined;
}

function rolledBack(size: number, remembered: readonly Checkpoint[]): LogFault | undefined {
  const later = remembered.find((checkpoint) => checkpoint.size > size);
  return (
    later &&
    fault('checkpoint', later.size, 'ROLLED_BACK', `it is remembered, and the log ends before entry ${size}`)
  );
}

/** The log must end where its newest checkpoint says, neither earlier nor later. */
async function faultAtEnd(db: AuditTransaction, size: number): Promise<LogFault | undefined> {
  const [row = {}] = await selectRows(
    db,
    `select coalesce((select max(size) from audit_checkpoint), 0)::float8 as signed,
            coalesce((select max(h.index) + 1 from audit_hash h), 0)::float8 as hashes`,
  );
  const signed = numberIn(row, 'signed');
  if (signed > size) return fault('entry', size, 'MISSING', `a checkpoint of size ${signed} was signed`);
  if (signed < size) return fault('entry', signed, 'BEYOND', `the newest checkpoint is of size ${signed}`);
  const hashes = storedHashCount(size);
  return numberIn(row, 'hashes') > hashes
    ? fault('hash', hashes, 'BEYOND', `${size} entries have ${hashes} stored hashes`)
    : undefined;
}

function entriesFrom(db: AuditTransaction, first: number): Promise<readonly Row[]> {
  return selectRows(
    db,
    `select e.index::float8, e.bytes, e.leaf, e.at, e.actor, e.role, e.action, e.campaign, e.subject, e.digest
       from audit_entry e where e.index >= $1 order by e.index limit $2`,
    [first, BLOCK],
  );
}

async function hashesIn(
  db: AuditTransaction,
  first: number,
  end: number,
): Promise<ReadonlyMap<number, Uint8Array>> {
  const rows = await selectRows(
    db,
    'select h.index::float8, h.hash from audit_hash h where h.index >= $1 and h.index < $2',
    [storedHashCount(first), storedHashCount(end)],
  );
  return new Map(rows.map((row) => [numberIn(row, 'index'), bytesIn(row, 'hash')]));
}

async function checkpointsIn(
  db: AuditTransaction,
  after: number,
  until: number,
): Promise<ReadonlyMap<number, Row>> {
  const rows = await selectRows(
    db,
    'select size::float8, root, note, at from audit_checkpoint where size > $1 and size <= $2',
    [after, until],
  );
  return new Map(rows.map((row) => [numberIn(row, 'size'), row]));
}
