import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';

// C2SP signed-note with Ed25519 keys, as golang.org/x/mod/sumdb/note reads and writes them.

const ED25519 = 0x01;
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const PRIVATE = 'PRIVATE+KEY+';
const MAX_SIGNATURES = 100;

/** Knows whether a note was signed by a key. */
export interface NoteVerifier {
  readonly name: string;
  readonly keyId: number;
  /** `name+id+base64`: what an auditor is given. */
  readonly text: string;
  readonly key: KeyObject;
}

/** Signs notes. `text` is the secret `PRIVATE+KEY+name+id+base64`. */
export interface NoteSigner {
  readonly text: string;
  readonly key: KeyObject;
  readonly verifier: NoteVerifier;
}

export interface NoteSignature {
  readonly name: string;
  readonly keyId: number;
  readonly signature: Uint8Array;
}

/** A text, ending in a newline, and who signed it. */
export interface SignedNote {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** The signer of a name with an Ed25519 seed (32 bytes). Throws RangeError on a name that a note cannot carry. */
export function signerOf(name: string, seed: Uint8Array): NoteSigner {
  if (!isName(name))
    throw new RangeError('a key name is not empty and has no spaces, control characters or "+"');
  if (seed.length !== 32) throw new RangeError('an Ed25519 seed has 32 bytes');
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const raw = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');
  const verifier = verifierOf(name, raw, ED25519);
  const secret = Buffer.concat([Buffer.of(ED25519), seed]).toString('base64');
  return { text: `${PRIVATE}${name}+${hex(verifier.keyId)}+${secret}`, key, verifier };
}

/** Reads a private key; undefined when the text is not exactly one. */
export function parseSigner(text: string): NoteSigner | undefined {
  const parts = text.startsWith(PRIVATE) ? keyParts(text.slice(PRIVATE.length), ED25519) : undefined;
  if (parts === undefined) return undefined;
  const signer = signerOf(parts.name, parts.bytes);
  return signer.text === text ? signer : undefined;
}

/** Reads a verifier key; undefined when the text is not exactly one. */
export function parseVerifier(text: string): NoteVerifier | undefined {
  return parseKey(text, ED25519);
}

/** Reads a verifier key of an algorithm that signs with Ed25519 keys; undefined when the text is not exactly one. */
export function parseKey(text: string, algorithm: number): NoteVerifier | undefined {
  const parts = keyParts(text, algorithm);
  if (parts === undefined) return undefined;
  const verifier = verifierOf(parts.name, parts.bytes, algorithm);
  return verifier.text === text ? verifier : undefined;
}

/** Signs a text; returns the whole note. Throws RangeError on a text that a note cannot carry. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  if (!isNoteText(text)) throw new RangeError('a note is lines of text, each ended by a newline');
  const lines = signers.map(({ key, verifier }) => {
    const signature = sign(null, Buffer.from(text), key);
    return `— ${verifier.name} ${Buffer.concat([idBytes(verifier.keyId), signature]).toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/** Takes a note apart; undefined when it is not well formed. Nothing is verified. */
export function parseNote(note: string): SignedNote | undefined {
  const split = note.lastIndexOf('\n\n');
  const text = note.slice(0, split + 1);
  const lines = note.slice(split + 2).split('\n');
  if (split < 0 || !isNoteText(text) || lines.pop() !== '') return undefined;
  if (lines.length === 0 || lines.length > MAX_SIGNATURES) return undefined;
  const signatures = lines.map(parseSignature);
  return signatures.every((signature) => signature !== undefined) ? { text, signatures } : undefined;
}

/** Whether a key signed the note. A signature of that key that does not verify spoils the note, whatever else it carries. */
export function isSignedBy(note: SignedNote, verifier: NoteVerifier): boolean {
  const own = note.signatures.filter(({ name, keyId }) => name === verifier.name && keyId === verifier.keyId);
  const text = Buffer.from(note.text);
  return own.length > 0 && own.every(({ signature }) => verify(null, text, verifier.key, signature));
}

function verifierOf(name: string, raw: Uint8Array, algorithm: number): NoteVerifier {
  const encoded = Buffer.concat([Buffer.of(algorithm), raw]);
  const keyId = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), encoded]), 'buffer').readUInt32BE();
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(raw).toString('base64url') };
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return { name, keyId, text: `${name}+${hex(keyId)}+${encoded.toString('base64')}`, key };
}

function keyParts(
  text: string,
  algorithm: number,
): { readonly name: string; readonly bytes: Uint8Array } | undefined {
  const [, name = '', base64 = ''] = /^([^+]+)\+[0-9a-f]{8}\+(.+)$/u.exec(text) ?? [];
  const bytes = decodeBase64(base64);
  if (!isName(name) || bytes?.length !== 33 || bytes[0] !== algorithm) return undefined;
  return { name, bytes: bytes.subarray(1) };
}

function parseSignature(line: string): NoteSignature | undefined {
  const [dash, name = '', base64 = '', ...rest] = line.split(' ');
  const bytes = decodeBase64(base64);
  if (dash !== '—' || rest.length > 0 || !isName(name) || bytes === undefined || bytes.length < 5)
    return undefined;
  return { name, keyId: bytes.readUInt32BE(), signature: bytes.subarray(4) };
}

/** Strict: other spellings of the same bytes are refused. */
function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function isName(name: string): boolean {
  return name.isWellFormed() && /^[^\p{White_Space}\p{Cc}+]+$/u.test(name);
}

function isNoteText(text: string): boolean {
  return text.isWellFormed() && text.endsWith('\n') && !/[^\P{Cc}\n]/u.test(text);
}

function idBytes(keyId: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(keyId);
  return bytes;
}

function hex(keyId: number): string {
  return keyId.toString(16).padStart(8, '0');
}
