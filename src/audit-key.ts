import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
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
  const text = (await textOf(file)) ?? (await create(file, origin));
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
      : wrong('AUDIT_FORMER_KEYS', `must be verifier keys of ${origin}, and ${text} is none`);
  });
}

function wrong(setting: string, rule: string): never {
  throw new SettingsError([{ setting, rule }]);
}

async function create(file: string, origin: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${signerOf(origin, randomBytes(32)).text}\n`, { mode: 0o600 });
  // A link fails where the file is there already: of two starts at once, both use the key of the first.
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
  return readFile(file, 'utf8');
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}
