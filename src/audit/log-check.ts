import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { type AuditEntry, parseEntry } from './entry.ts';
import { isSignedBy, type NoteVerifier, parseNote } from './signed-note.ts';
import { Frontier, leafHash, sameHash, storedHashCount } from './tlog.ts';

/** What is wrong with a part of the log. */
export type LogRule =
  | 'MISSING'
  | 'UNREADABLE'
  | 'LEAF'
  | 'COLUMNS'
  | 'HASH'
  | 'UNSIGNED'
  | 'ORIGIN'
  | 'SIZE'
  | 'ROOT'
  | 'BEYOND'
  | 'SPLIT'
  | 'ROLLED_BACK'
  | 'DATED';

/**
 * By how much an entry may be dated before one that precedes it, and after the checkpoint that covers it first: for acts
 * that waited for each other and for clocks that differ. Whoever runs several processes keeps their clocks closer.
 */
export const DATE_TOLERANCE_MS = 15 * 60 * 1000;

/** The first thing in a log that is not as it was recorded. */
export interface LogFault {
  readonly part: 'entry' | 'hash' | 'checkpoint';
  /** The index of the entry, the place of the hash or the size of the checkpoint. */
  readonly index: number;
  readonly rule: LogRule;
  readonly message: string;
}

/** An entry as it is kept. */
export interface KeptEntry {
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly leaf: Uint8Array;
}

/** Builds the tree again, entry by entry, beside a log that claims to be that tree. */
export class LogCheck {
  private readonly tree = Frontier.empty();
  private newestDate = Number.NEGATIVE_INFINITY;
  private newestOfAll = 0;
  private misdated: LogFault | null = null;

  constructor(
    private readonly origin: string,
    private readonly keys: readonly NoteVerifier[],
  ) {}

  /** How many entries were found right. */
  get size(): number {
    return this.tree.size;
  }

  get root(): Uint8Array {
    return this.tree.root();
  }

  /**
   * The first entry whose date is not one of its place (see DATE_TOLERANCE_MS), null when there is none. It is told apart: a clock
   * that went wrong leaves it too, and must not hide what else is wrong.
   */
  get dated(): LogFault | null {
    return this.misdated;
  }

  /** Takes the next entry; answers what it says and the hashes that the log must have stored for it, or what is wrong. */
  entry(kept: KeptEntry): LogFault | { readonly entry: AuditEntry; readonly hashes: readonly Uint8Array[] } {
    const index = this.tree.size;
    if (kept.index !== index) return fault('entry', index, 'MISSING', `the next one is entry ${kept.index}`);
    const leaf = leafHash(kept.bytes);
    if (!sameHash(leaf, kept.leaf)) return fault('entry', index, 'LEAF', 'its bytes do not hash to its leaf');
    const entry = parseEntry(kept.bytes);
    if (entry === undefined)
      return fault('entry', index, 'UNREADABLE', 'its bytes are not those of an entry');
    this.date(index, Date.parse(entry.at));
    return { entry, hashes: this.tree.append(leaf) };
  }

  private date(index: number, at: number): void {
    if (at < this.newestDate - DATE_TOLERANCE_MS) {
      this.misdated ??= fault('entry', index, 'DATED', `it is dated before entry ${this.newestOfAll}`);
    }
    if (at <= this.newestDate) return;
    this.newestDate = at;
    this.newestOfAll = index;
  }

  /** Takes the instant at which the tree as it is now was signed. */
  signedAt(instant: Date): void {
    if (this.newestDate <= instant.getTime() + DATE_TOLERANCE_MS) return;
    const { size } = this.tree;
    this.misdated ??= fault(
      'entry',
      this.newestOfAll,
      'DATED',
      `it is dated after the checkpoint of size ${size}`,
    );
  }

  /** Compares the tree as it is now with a checkpoint that somebody remembered. */
  remembered(checkpoint: Checkpoint): LogFault | undefined {
    if (checkpoint.size !== this.tree.size || sameHash(checkpoint.root, this.root)) return undefined;
    return fault('checkpoint', checkpoint.size, 'SPLIT', 'the one remembered has another root at this size');
  }

  /** Compares the hashes stored for the last entry taken with those computed. */
  hashes(computed: readonly Uint8Array[], stored: ReadonlyMap<number, Uint8Array>): LogFault | undefined {
    const first = storedHashCount(this.tree.size - 1);
    for (const [offset, hash] of computed.entries()) {
      const place = first + offset;
      const found = stored.get(place);
      if (found === undefined) return fault('hash', place, 'MISSING', `of entry ${this.tree.size - 1}`);
      if (!sameHash(found, hash)) {
        return fault('hash', place, 'HASH', `not the one that entry ${this.tree.size - 1} completes`);
      }
    }
    return undefined;
  }

  /** Takes the checkpoint that is kept for the tree as it is now. */
  checkpoint(root: Uint8Array, note: string): LogFault | undefined {
    const size = this.tree.size;
    const said = readCheckpoint(note, size, this.origin, this.keys);
    if ('part' in said) return said;
    if (said.size !== size)
      return fault('checkpoint', size, 'SIZE', `what was signed is of size ${said.size}`);
    if (!sameHash(said.root, this.root) || !sameHash(root, this.root)) {
      return fault('checkpoint', size, 'ROOT', 'the entries before it are not those that were signed');
    }
    return undefined;
  }
}

/** Reads a note as a checkpoint of a log, which one of its keys signed; what is wrong with it where it is none. `index` is where it stood. */
export function readCheckpoint(
  note: string,
  index: number,
  origin: string,
  keys: readonly NoteVerifier[],
): Checkpoint | LogFault {
  const signed = parseNote(note);
  const said = parseCheckpoint(signed?.text ?? '');
  if (signed === undefined || said === undefined) {
    return fault('checkpoint', index, 'UNREADABLE', 'the note is not a checkpoint');
  }
  if (!keys.some((key) => isSignedBy(signed, key))) {
    return fault(
      'checkpoint',
      index,
      'UNSIGNED',
      `not signed by ${keys.map(({ text }) => text).join(' or ')}`,
    );
  }
  if (said.origin !== origin) return fault('checkpoint', index, 'ORIGIN', 'it is of another log');
  return said;
}

/** A fault; `message` is for a person and names no value. */
export function fault(part: LogFault['part'], index: number, rule: LogRule, message: string): LogFault {
  return { part, index, rule, message };
}
