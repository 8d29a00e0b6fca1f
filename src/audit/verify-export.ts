import { cosignedAt, type Witness } from './cosignature.ts';
import type { ExportFolder } from './export-folder.ts';
import { bundleOf, ExportWalk, type SizedExport } from './export-walk.ts';
import {
  type ExportFault,
  type FoundCheckpoint,
  fault,
  readCheckpoint,
  readCheckpoints,
  splitView,
} from './exported-checkpoints.ts';
import type { NoteVerifier } from './signed-note.ts';
import { TILE_WIDTH, tilePath } from './tile.ts';

/** What an export is held against, beside its own checkpoints. */
export interface ExportExpectations {
  /** The log's verifier keys, all of one name: a checkpoint is right if one of them signed it. */
  readonly keys: readonly NoteVerifier[];
  /** Each must have cosigned some checkpoint. */
  readonly witnesses: readonly Witness[];
  /** A checkpoint that was kept from an earlier look, and its file. */
  readonly previous: { readonly file: string; readonly content: Uint8Array } | null;
  /** Another copy of the export. */
  readonly mirror: ExportFolder | null;
}

/** What verifyExport found. The export is right when `fault` is null. */
export interface ExportVerification {
  /** Entries read, and checkpoints over them that are right. */
  readonly entries: number;
  readonly checkpoints: number;
  /** The root over the entries read. */
  readonly root: Uint8Array;
  /** The largest checkpoint that each witness cosigned, and when, in seconds since 1970. */
  readonly witnessed: readonly { readonly name: string; readonly size: number; readonly seconds: number }[];
  readonly fault: ExportFault | null;
}

const NOTHING = { entries: 0, checkpoints: 0, root: Buffer.alloc(0), witnessed: [] };

/**
 * Verifies an exported log by itself: every checkpoint signed and of one log, one root a size, every entry hashed again into
 * the tree that every checkpoint signed, every tile of that tree. Two checkpoints over the beginnings of one sequence of
 * entries are consistent: that is checked, and needs no proofs. Names the first thing that differs.
 */
export async function verifyExport(
  folder: ExportFolder,
  expected: ExportExpectations,
): Promise<ExportVerification> {
  const { keys, previous, mirror } = expected;
  const own = await readCheckpoints(folder, keys);
  if ('rule' in own) return { ...NOTHING, fault: own };
  const remembered = previous === null ? [] : [readCheckpoint(previous.file, previous.content, keys)];
  const mirrored = mirror === null ? [] : await readCheckpoints(mirror, keys);
  if ('rule' in mirrored) return { ...NOTHING, fault: inMirror(mirrored) };
  const unread = remembered.find((one) => 'rule' in one);
  if (unread !== undefined) return { ...NOTHING, fault: unread };
  const others = [
    ...remembered.filter((one) => 'note' in one),
    ...mirrored.map((one) => ({ ...one, file: `mirror/${one.file}` })),
  ];
  const all = [...own, ...others].sort((a, b) => a.size - b.size);
  const log = { folder, size: sizeOf(own) };
  const copy = mirror === null ? null : { folder: mirror, size: sizeOf(mirrored) };
  const walk = new ExportWalk(
    log,
    all.filter(({ size }) => size <= log.size),
    copy,
  );
  const unreadable = await walk.run();
  const { entries, right, root } = walk;
  // The newest lies in the folder twice: under its size, and as `checkpoint`.
  const checkpoints = new Set(own.filter((one) => right.has(one)).map(({ size }) => size)).size;
  const { witnessed, unwitnessed } = witnessing(own, expected.witnesses);
  const found =
    splitView(all) ??
    whatDiffers(walk, log) ??
    unreadable ??
    rolledBack(others, log) ??
    (copy && (await mirrorFault(copy.folder, walk, keys))) ??
    unwitnessed;
  return { entries, checkpoints, root, witnessed, fault: found ?? null };
}

/** Where the entries are not what was signed: the leaf where tiles or the mirror know it; else a tile that is not of the tree. */
function whatDiffers(
  { wrong, rightUpTo, mirrored, differences }: ExportWalk,
  { size }: SizedExport,
): ExportFault | undefined {
  const tiles = differences.toSorted((a, b) => startOf(a) - startOf(b) || a.level - b.level);
  if (wrong === null) return tiles[0]?.fault;
  const signed = `${wrong.file} signed other entries`;
  if (mirrored !== null && mirrored.leaf >= rightUpTo && mirrored.leaf < wrong.size) {
    return fault(mirrored.file, 'ROOT', `${signed}, and the mirror has another`, mirrored.leaf);
  }
  const at = tiles.find(
    (one) => one.fault.rule === 'TILE' && startOf(one) >= rightUpTo && startOf(one) < wrong.size,
  );
  if (at === undefined) {
    return fault(
      wrong.file,
      'ROOT',
      `entries ${rightUpTo} to ${wrong.size - 1} are not those that it signed`,
    );
  }
  const known = `${signed}, and ${at.fault.file} has another hash for`;
  if (at.level === 0) return fault(tilePath(bundleOf(at.place, size)), 'LEAF', `${known} this one`, at.place);
  const tile = { level: at.level - 1, index: at.place, width: TILE_WIDTH };
  return fault(tilePath(tile), 'ROOT', `${known} this tile`);
}

function startOf({ level, place }: { readonly level: number; readonly place: number }): number {
  return place * TILE_WIDTH ** level;
}

function rolledBack(others: readonly FoundCheckpoint[], { size }: SizedExport): ExportFault | undefined {
  const later = others.find((one) => one.size > size);
  const message = `it signed ${later?.size} entries and the export ends at ${size}: the log was set back`;
  return later && fault(later.file, 'ROLLED_BACK', message);
}

/** What is wrong with the mirror, once the export itself is right. */
async function mirrorFault(
  mirror: ExportFolder,
  { mirrored }: ExportWalk,
  keys: readonly NoteVerifier[],
): Promise<ExportFault | undefined> {
  if (mirrored !== null) {
    const message = 'the mirror has another entry than the one that was signed';
    return fault(`mirror/${mirrored.file}`, 'MIRROR', message, mirrored.leaf);
  }
  const found = await verifyExport(mirror, { keys, witnesses: [], previous: null, mirror: null });
  return found.fault === null ? undefined : inMirror(found.fault);
}

function inMirror(found: ExportFault): ExportFault {
  return { ...found, file: `mirror/${found.file}` };
}

function witnessing(own: readonly FoundCheckpoint[], witnesses: readonly Witness[]) {
  const seen = own.flatMap((checkpoint) =>
    witnesses.map((witness) => ({ checkpoint, witness, seconds: cosignedAt(checkpoint.note, witness) })),
  );
  const forged = seen.find(({ seconds }) => seconds === undefined);
  const latest = witnesses.map((witness) => ({
    witness,
    last: seen.findLast((one) => one.witness === witness && typeof one.seconds === 'number'),
  }));
  const witnessed = latest.flatMap(({ witness, last }) =>
    last === undefined
      ? []
      : [{ name: witness.verifier.name, size: last.checkpoint.size, seconds: last.seconds ?? 0 }],
  );
  const absent = latest.find(({ last }) => last === undefined)?.witness.verifier.name;
  const unwitnessed = forged
    ? fault(
        forged.checkpoint.file,
        'COSIGNATURE',
        `a cosignature of ${forged.witness.verifier.name} does not verify`,
      )
    : absent && fault('checkpoints', 'COSIGNATURE', `${absent} cosigned none of them`);
  return { witnessed, unwitnessed: unwitnessed || undefined };
}

function sizeOf(found: readonly FoundCheckpoint[]): number {
  return found.at(-1)?.size ?? 0;
}
