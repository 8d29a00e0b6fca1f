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

/**
 * The key that signs the audit log's checkpoints, out of its file; made there when there is none, for its owner alone to read.
 * Throws when the file holds no key or the key of another origin.
 */
export async function openAuditKey(file: string, origin: string): Promise<NoteSigner> {
  const text = (await textOf(file)) ?? (await create(file, origin));
  const signer = parseSigner(text.trim());
  if (signer === undefined) throw new Error(`${file} holds no signing key`);
  if (signer.verifier.name !== origin) {
    throw new Error(`${file} holds the key of ${signer.verifier.name}, and AUDIT_ORIGIN is ${origin}`);
  }
  return signer;
}

/** The keys that signed the log's checkpoints before. Throws on a text that is no verifier key, and on one of another origin. */
export function formerAuditKeys(texts: readonly string[], origin: string): readonly NoteVerifier[] {
  return texts.map((text) => {
    const key = parseVerifier(text);
    if (key?.name === origin) return key;
    throw new Error(`AUDIT_FORMER_KEYS: ${text} is not a verifier key of ${origin}`);
  });
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
