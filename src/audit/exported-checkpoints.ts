import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { CHECKPOINT, CHECKPOINTS, type ExportFolder } from './export-folder.ts';
import { isSignedBy, type NoteVerifier, parseNote, type SignedNote } from './signed-note.ts';
import { sameHash } from './tlog.ts';

/** What is wrong with a file of an export. */
export type ExportRule =
  | 'MISSING'
  | 'UNREADABLE'
  | 'UNSIGNED'
  | 'ORIGIN'
  | 'SIZE'
  | 'SPLIT'
  | 'ROOT'
  | 'LEAF'
  | 'TILE'
  | 'MIRROR'
  | 'ROLLED_BACK'
  | 'COSIGNATURE';

/** The first thing in an export that is not as it was signed. */
export interface ExportFault {
  /** The path within the export, or of the file that it was held against. */
  readonly file: string;
  /** The index of the entry where one is known. */
  readonly leaf: number | null;
  readonly rule: ExportRule;
  readonly message: string;
}

/** A checkpoint and where it was found. */
export interface FoundCheckpoint extends Checkpoint {
  readonly file: string;
  readonly note: SignedNote;
}

const NAME = /^(0|[1-9]\d*)(?:\.[0-9a-f]{8})?$/;

/** Every checkpoint of an export, smallest first, each signed by one of the keys under whose name the log goes; or what is wrong. */
export async function readCheckpoints(
  folder: ExportFolder,
  keys: readonly NoteVerifier[],
): Promise<readonly FoundCheckpoint[] | ExportFault> {
  const newest = await folder.read(CHECKPOINT);
  if (newest === undefined) return fault(CHECKPOINT, 'MISSING', 'an export that was finished has one');
  const read = openCheckpoints(keys);
  const found = [read(CHECKPOINT, newest)];
  for (const name of await folder.list(CHECKPOINTS)) {
    const file = `${CHECKPOINTS}/${name}`;
    const size = Number(NAME.exec(name)?.[1]);
    const checkpoint = read(file, (await folder.read(file)) ?? Buffer.alloc(0));
    const right = 'rule' in checkpoint || checkpoint.size === size;
    found.push(right ? checkpoint : fault(file, 'SIZE', `what was signed is of size ${checkpoint.size}`));
  }
  const wrong = found.find((one) => 'rule' in one);
  return wrong ?? found.filter((one) => 'note' in one).sort((a, b) => a.size - b.size);
}

/** Reads one checkpoint. */
export function readCheckpoint(
  file: string,
  content: Uint8Array,
  keys: readonly NoteVerifier[],
): FoundCheckpoint | ExportFault {
  return openCheckpoints(keys)(file, content);
}

/** The first two that say different things of one size: two histories were signed. `found` is sorted by size. */
export function splitView(found: readonly FoundCheckpoint[]): ExportFault | undefined {
  for (const [place, one] of found.entries()) {
    const before = found[place - 1];
    if (before === undefined || before.size !== one.size || sameHash(before.root, one.root)) continue;
    const message = `${before.file} has another root at size ${one.size}: two histories were signed`;
    return fault(one.file, 'SPLIT', message);
  }
  return undefined;
}

/** A fault; `message` is for a person. */
export function fault(
  file: string,
  rule: ExportRule,
  message: string,
  leaf: number | null = null,
): ExportFault {
  return { file, leaf, rule, message };
}

/** A reader that verifies a note once: `checkpoint` is mostly one of `checkpoints/` again. */
function openCheckpoints(keys: readonly NoteVerifier[]) {
  const verified = new Set<string>();
  return (file: string, content: Uint8Array): FoundCheckpoint | ExportFault => {
    const text = Buffer.from(content).toString();
    const note = parseNote(text);
    const checkpoint = parseCheckpoint(note?.text ?? '');
    if (note === undefined || checkpoint === undefined || Buffer.compare(Buffer.from(text), content) !== 0) {
      return fault(file, 'UNREADABLE', 'it is not a checkpoint');
    }
    if (!verified.has(text) && !keys.some((key) => isSignedBy(note, key))) {
      return fault(file, 'UNSIGNED', `not signed by ${keys.map((key) => key.text).join(' or ')}`);
    }
    verified.add(text);
    if (!keys.some((key) => key.name === checkpoint.origin)) {
      return fault(file, 'ORIGIN', `it is of another log, ${checkpoint.origin}`);
    }
    return { ...checkpoint, file, note };
  };
}
