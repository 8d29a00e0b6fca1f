import { isSignedBy, type NoteSigner, type NoteVerifier, parseNote, signNote } from './signed-note.ts';
import { HASH_SIZE } from './tlog.ts';

/** What a signed tree head says (C2SP tlog-checkpoint): this log had this root at this size. */
export interface Checkpoint {
  /** The log's own name, the same for ever. */
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** Signs a checkpoint; returns the whole note. Throws RangeError on an origin that a note cannot carry. */
export function signCheckpoint(checkpoint: Checkpoint, signer: NoteSigner): string {
  const { origin, size, root } = checkpoint;
  if (origin === '' || origin.includes('\n')) throw new RangeError('an origin is one line of text');
  return signNote(`${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`, [signer]);
}

/** Reads the text of a checkpoint; undefined when it is not one. Extension lines are allowed and ignored. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const [origin = '', digits = '', base64 = '', ...rest] = text.split('\n');
  const size = Number(digits);
  const root = Buffer.from(base64, 'base64');
  if (origin === '' || !/^(0|[1-9]\d*)$/.test(digits) || !Number.isSafeInteger(size)) return undefined;
  if (root.length !== HASH_SIZE || root.toString('base64') !== base64) return undefined;
  return rest.pop() === '' && !rest.includes('') ? { origin, size, root } : undefined;
}

/** The checkpoint of a note that one of the keys signed; undefined when it is another's, altered or no checkpoint. */
export function openCheckpoint(note: string, ...keys: readonly NoteVerifier[]): Checkpoint | undefined {
  const signed = parseNote(note);
  return signed !== undefined && keys.some((key) => isSignedBy(signed, key))
    ? parseCheckpoint(signed.text)
    : undefined;
}
