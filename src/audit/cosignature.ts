import { verify } from 'node:crypto';
import {
  type NoteSignature,
  type NoteVerifier,
  parseKey,
  parseNote,
  type SignedNote,
} from './signed-note.ts';

// C2SP tlog-cosignature, Ed25519: what a witness adds to a checkpoint after it saw that the log only grew.

const COSIGNATURE_V1 = 0x04;
const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;

/** Whoever watches the log from outside, by the key that cosigns. */
export interface Witness {
  readonly verifier: NoteVerifier;
}

/** Reads a witness's verifier key (`name+id+base64`, signature type 4); undefined when the text is not exactly one. */
export function parseWitness(text: string): Witness | undefined {
  const verifier = parseKey(text, COSIGNATURE_V1);
  return verifier && { verifier };
}

/** What a witness signs: the instant, in seconds since 1970, and the text of the checkpoint. */
export function cosignedText(text: string, seconds: number): string {
  return `cosignature/v1\ntime ${seconds}\n${text}`;
}

/**
 * When the witness cosigned the checkpoint, in seconds since 1970, the last time of several; null when it did not.
 * Undefined when one of its cosignatures does not verify: that spoils the note, whatever else it carries.
 */
export function cosignedAt(note: SignedNote, witness: Witness): number | null | undefined {
  const { name, keyId } = witness.verifier;
  const own = note.signatures.filter((signature) => signature.name === name && signature.keyId === keyId);
  const times = own.map((signature) => timeOf(signature, note.text, witness));
  if (times.includes(undefined)) return undefined;
  return times.reduce<number | null>((last, time) => Math.max(last ?? 0, time ?? 0), null);
}

/**
 * Adds what a witness answered, signature lines, to a checkpoint; returns the whole note. Undefined when the note would not
 * be one, or the witness did not cosign it. The text and the signatures that are there stay as they are.
 */
export function addCosignature(note: string, lines: string, witness: Witness): string | undefined {
  const before = parseNote(note);
  const added = lines.endsWith('\n') ? lines : `${lines}\n`;
  const after = parseNote(`${note}${added}`);
  if (before === undefined || after?.text !== before.text) return undefined;
  const cosigned = cosignedAt(
    { ...after, signatures: after.signatures.slice(before.signatures.length) },
    witness,
  );
  return typeof cosigned === 'number' ? `${note}${added}` : undefined;
}

function timeOf({ signature }: NoteSignature, text: string, { verifier }: Witness): number | undefined {
  if (signature.length !== TIME_BYTES + SIGNATURE_BYTES) return undefined;
  const seconds = Number(Buffer.from(signature.subarray(0, TIME_BYTES)).readBigUInt64BE());
  if (!Number.isSafeInteger(seconds)) return undefined;
  const signed = Buffer.from(cosignedText(text, seconds));
  return verify(null, signed, verifier.key, signature.subarray(TIME_BYTES)) ? seconds : undefined;
}
