import { randomBytes } from 'node:crypto';
import { keyFileText } from './adapters/identity/key-file.ts';
import {
  type NoteSigner,
  type NoteVerifier,
  parseSigner,
  parseVerifier,
  signerOf,
} from './audit/signed-note.ts';
import { SettingsError } from './config.ts';

/**
 * The key that signs the audit log's checkpoints, out of its file; made there when there is none, for its owner alone to read.
 * Throws SettingsError when the file holds no key or the key of another origin.
 */
export async function openAuditKey(file: string, origin: string): Promise<NoteSigner> {
  const text = await keyFileText(file, () => signerOf(origin, randomBytes(32)).text);
  const signer = parseSigner(text.trim());
  if (signer === undefined) return wrong('AUDIT_KEY_FILE', `must hold a signing key, and ${file} does not`);
  const { name } = signer.verifier;
  if (name !== origin) return wrong('AUDIT_ORIGIN', `is ${origin}, and ${file} holds the key of ${name}`);
  return signer;
}

/** The keys that signed the log's checkpoints before. Throws SettingsError on a text that is no verifier key, and on one of another origin. */
export function formerAuditKeys(texts: readonly string[], origin: string): readonly NoteVerifier[] {
  return texts.map((text) => {
    const key = parseVerifier(text);
    return key?.name === origin
      ? key
      : wrong('AUDIT_FORMER_KEYS', `must be verifier keys of ${origin} alone`);
  });
}

function wrong(setting: string, rule: string): never {
  throw new SettingsError([{ setting, rule }]);
}
