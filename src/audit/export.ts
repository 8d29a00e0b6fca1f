import {
  type AuditTransaction,
  bytesIn,
  numberIn,
  type Row,
  selectRows,
  textIn,
} from './audit-transaction.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { CHECKPOINT, CHECKPOINTS, ExportError, type ExportTarget, readHashTile } from './export-folder.ts';
import type { NoteVerifier } from './signed-note.ts';
import { bundleContent, TILE_WIDTH, type Tile, tilePath } from './tile.ts';
import { type HashTile, TileTree } from './tile-tree.ts';
import { sameHash } from './tlog.ts';

/** Whose checkpoints are exported: the log's name and every key that signed some, the present one among them. */
export interface ExportedLog {
  readonly origin: string;
  readonly keys: readonly NoteVerifier[];
}

/** What one call of exportLog added: the entries [from, size), and checkpoints. */
export interface ExportedPart {
  readonly from: number;
  readonly size: number;
  readonly checkpoints: number;
}

/** Held by the transaction that exports: files have no lock of their own. */
const EXPORTING = 4_019_181_812;
/** Entries a read: a multiple of TILE_WIDTH. */
const BLOCK = 2048;
/** Entries a call, roughly: what a crash can undo, and what checkpoints are held in memory for. */
const PART = 64 * 1024;

interface TileFile {
  readonly tile: Tile;
  readonly content: Uint8Array;
}

interface SignedHead extends Checkpoint {
  readonly note: string;
}

/**
 * Exports the next part of the log, up to a signed checkpoint, and answers what was added; undefined when everything is
 * exported. To be called in a transaction of its own (READ COMMITTED), until nothing is left; the sequencer goes on beside it.
 *
 * Entries, tiles, every checkpoint and then `checkpoint` are written, in this order: it says how far the export is, and after
 * a crash the same files are written again. Everything is hashed on the way: throws ExportError where the log is not what its
 * checkpoints say, or not the one that was exported before.
 */
export async function exportLog(
  db: AuditTransaction,
  folder: ExportTarget,
  log: ExportedLog,
): Promise<ExportedPart | undefined> {
  await db.query('select pg_advisory_xact_lock($1)', [EXPORTING]);
  const done = await exportedHead(folder, log);
  const from = done?.size ?? 0;
  const heads = await headsAfter(db, done, log);
  const newest = heads.at(-1);
  if (newest === undefined) return undefined;
  const tree = await TileTree.read(from - (from % TILE_WIDTH), (tile) => exportedTile(folder, tile));
  const last = await exportEntries(
    db,
    folder,
    tree,
    done === undefined ? heads : [done, ...heads],
    newest.size,
  );
  await writeTiles(folder, [
    ...tree.partials().map(fileOf),
    ...(last.length > 0 ? [bundleFile(tree.size, last)] : []),
  ]);
  // The newest first: whichever of them stand there after a crash, the tiles of the largest do too.
  for (const { size, note } of heads.toReversed()) {
    await folder.writeOnce(`${CHECKPOINTS}/${size}`, Buffer.from(note));
  }
  await folder.replace(CHECKPOINT, Buffer.from(newest.note));
  return { from, size: newest.size, checkpoints: heads.length };
}

/** Exports the entries from where the tree ends up to `size`, in full tiles; answers those of the last, partial bundle. */
async function exportEntries(
  db: AuditTransaction,
  folder: ExportTarget,
  tree: TileTree,
  heads: readonly SignedHead[],
  size: number,
): Promise<readonly Uint8Array[]> {
  const waiting = heads.values();
  let due = waiting.next();
  const judge = () => {
    for (; due.value?.size === tree.size; due = waiting.next()) {
      if (sameHash(due.value.root, tree.root())) continue;
      throw new ExportError(`the audit log's entries are not those of its checkpoint of size ${tree.size}`);
    }
  };
  let bundle: Uint8Array[] = [];
  judge();
  while (tree.size < size) {
    const files: TileFile[] = [];
    for (const entry of await entriesBetween(db, tree.size, Math.min(tree.size + BLOCK, size))) {
      bundle.push(entry);
      const full = tree.append(entry);
      judge();
      if (full.length === 0) continue;
      files.push(bundleFile(tree.size, bundle), ...full.map(fileOf));
      bundle = [];
    }
    await writeTiles(folder, files);
  }
  return bundle;
}

/** How far the folder's export is; undefined when there is none. */
async function exportedHead(folder: ExportTarget, log: ExportedLog): Promise<SignedHead | undefined> {
  const content = await folder.read(CHECKPOINT);
  return content && openHead(Buffer.from(content).toString(), log, 'the exported checkpoint');
}

/** The checkpoints after the exported one, in the order of their sizes: those of the next part. */
async function headsAfter(
  db: AuditTransaction,
  done: SignedHead | undefined,
  log: ExportedLog,
): Promise<readonly SignedHead[]> {
  const from = done?.size ?? 0;
  const rows = await selectRows(
    db,
    `select c.size::float8, c.note from audit_checkpoint c
      where c.size >= $1
        and c.size <= greatest($2::bigint, (select min(n.size) from audit_checkpoint n where n.size > $1))
      order by c.size`,
    [from, from + PART],
  );
  const heads = rows.map((checkpoint) => headIn(checkpoint, log));
  if (done === undefined) return heads;
  const [same, ...later] = heads;
  if (same?.size === from && sameHash(same.root, done.root)) return later;
  throw new ExportError(`the audit log does not have the checkpoint of size ${from} that was exported`);
}

function headIn(row: Row, log: ExportedLog): SignedHead {
  const size = numberIn(row, 'size');
  const head = openHead(textIn(row, 'note'), log, `the audit log's checkpoint of size ${size}`);
  if (head.size === size) return head;
  throw new ExportError(`the audit log's checkpoint of size ${size} says ${head.size}`);
}

function openHead(note: string, { origin, keys }: ExportedLog, what: string): SignedHead {
  const checkpoint = openCheckpoint(note, ...keys);
  if (checkpoint?.origin === origin) return { ...checkpoint, note };
  throw new ExportError(`${what} is not signed by a key of ${origin}`);
}

/** The bytes of the entries [from, to). Throws ExportError where one is missing. */
export async function entriesBetween(
  db: AuditTransaction,
  from: number,
  to: number,
): Promise<readonly Uint8Array[]> {
  const rows = await selectRows(
    db,
    'select e.index::float8, e.bytes from audit_entry e where e.index >= $1 and e.index < $2 order by e.index',
    [from, to],
  );
  rows.forEach((row, place) => {
    if (numberIn(row, 'index') !== from + place) throw missing(from + place);
  });
  if (rows.length < to - from) throw missing(from + rows.length);
  return rows.map((row) => bytesIn(row, 'bytes'));
}

function missing(index: number): ExportError {
  return new ExportError(`the audit log's entry ${index} is missing`);
}

async function exportedTile(folder: ExportTarget, tile: Tile): Promise<Uint8Array> {
  const hashes = await readHashTile(folder, tile);
  if (hashes !== undefined) return hashes;
  throw new ExportError(`${tilePath(tile)} is missing from the export`);
}

function fileOf({ tile, hashes }: HashTile): TileFile {
  return { tile, content: hashes };
}

/** The bundle of the last entries before `end`. */
function bundleFile(end: number, entries: readonly Uint8Array[]): TileFile {
  const index = Math.floor((end - 1) / TILE_WIDTH);
  return { tile: { level: 'entries', index, width: entries.length }, content: bundleContent(entries) };
}

/** Writes files beside each other. Nothing is being written any more when it ends, also where it throws. */
async function writeTiles(folder: ExportTarget, files: readonly TileFile[]): Promise<void> {
  const written = await Promise.allSettled(
    files.map(async ({ tile, content }) => {
      await folder.writeOnce(tilePath(tile), content);
      if (tile.width === TILE_WIDTH) await folder.removePartials(tilePath(tile));
    }),
  );
  const failed = written.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
