import { readFile } from 'node:fs/promises';
import { addCosignature, parseWitness, type Witness } from '../audit/cosignature.ts';
import {
  type DecisionProofFault,
  type ProvenDecision,
  verifyDecisionProof,
} from '../audit/decision-proof.ts';
import { CHECKPOINTS, ExportError } from '../audit/export-folder.ts';
import { type NoteVerifier, parseVerifier } from '../audit/signed-note.ts';
import { type ExportVerification, verifyExport } from '../audit/verify-export.ts';
import { howMany } from '../domain/how-many.ts';
import { exportFolderOf } from '../gateways.ts';

// What can be done with what was handed out, an exported audit log or the proof of a decision, alone: without settings, database or network.

/** What the command line says of an export to be verified: folders, files and verifier keys. */
export interface OfflineOptions {
  readonly export: string;
  readonly key: readonly string[];
  readonly witness: readonly string[];
  readonly previous?: string;
  readonly mirror?: string;
}

/** `waarom audit verify --export`: verifies an exported log and says what was found. Throws ExportError on what is no key. */
export async function verifyExportFolder(
  options: OfflineOptions,
): Promise<{ readonly text: string; readonly intact: boolean }> {
  const { previous, mirror } = options;
  const found = await verifyExport(exportFolderOf(options.export), {
    keys: keysIn(options.key),
    witnesses: options.witness.map(witnessIn),
    previous: previous === undefined ? null : { file: previous, content: await readFile(previous) },
    mirror: mirror === undefined ? null : exportFolderOf(mirror),
  });
  return { text: textOf(found), intact: found.fault === null };
}

/** `waarom audit verify --proof`: verifies the proof of one decision and says what it proves. Throws ExportError on what is no key. */
export async function verifyProofFile(
  file: string,
  keys: readonly string[],
): Promise<{ readonly text: string; readonly intact: boolean }> {
  const found = verifyDecisionProof(await readFile(file), keysIn(keys));
  return { text: proofText(file, found), intact: !('rule' in found) };
}

/** `waarom audit cosign`: puts a checkpoint with what a witness answered to it beside the checkpoint. Throws ExportError. */
export async function addWitnessed(
  folder: string,
  { size, witness: key, file }: { readonly size: number; readonly witness: string; readonly file: string },
): Promise<string> {
  const witness = witnessIn(key);
  const target = exportFolderOf(folder);
  const path = `${CHECKPOINTS}/${size}`;
  const note = await target.read(path);
  if (note === undefined) throw new ExportError(`there is no ${path} in ${folder}`);
  const cosigned = addCosignature(Buffer.from(note).toString(), await readFile(file, 'utf8'), witness);
  if (cosigned === undefined)
    throw new ExportError(`${file} holds no cosignature of ${path} by ${witness.verifier.name}`);
  const kept = `${path}.${witness.verifier.keyId.toString(16).padStart(8, '0')}`;
  await target.writeOnce(kept, Buffer.from(cosigned));
  return `${kept} holds the checkpoint as ${witness.verifier.name} cosigned it.`;
}

function textOf({ entries, checkpoints, root, witnessed, fault }: ExportVerification): string {
  if (fault !== null) {
    const where = fault.leaf === null ? fault.file : `${fault.file}, entry ${fault.leaf}`;
    return `BROKEN at ${where} (${fault.rule}): ${fault.message}`;
  }
  return [
    `INTACT: ${howMany(entries, 'entry', 'entries')} and ${howMany(checkpoints, 'checkpoint')} are as they were signed.`,
    `Root ${Buffer.from(root).toString('base64')}. Keep a copy of the checkpoint for the next time (--previous).`,
    ...witnessed.map(
      ({ name, size, seconds }) =>
        `${name} cosigned ${howMany(size, 'entry', 'entries')} at ${new Date(1000 * seconds).toISOString()}.`,
    ),
  ].join('\n');
}

function proofText(file: string, found: ProvenDecision | DecisionProofFault): string {
  if ('rule' in found) return `BROKEN at ${file} (${found.rule}): ${found.message}`;
  const { campaign, week, runId, recordedAt, leaf, checkpoint, signedBy } = found;
  return [
    `PROVEN: ${leaf}`,
    `was decided for ${campaign}, week ${week}, in run ${runId}, and recorded at ${recordedAt}:`,
    `it is in the log ${checkpoint.origin} as signed at ${howMany(checkpoint.size, 'entry', 'entries')} by ${signedBy}.`,
  ].join('\n');
}

function keysIn(texts: readonly string[]): readonly NoteVerifier[] {
  const keys = texts.map(verifierIn);
  if (new Set(keys.map(({ name }) => name)).size !== 1) {
    throw new ExportError('give --key, the verifier key of the log, and only keys of one log');
  }
  return keys;
}

function verifierIn(text: string): NoteVerifier {
  const key = parseVerifier(text);
  if (key === undefined) throw new ExportError(`${text} is no verifier key (name+id+key)`);
  return key;
}

function witnessIn(text: string): Witness {
  const witness = parseWitness(text);
  if (witness === undefined)
    throw new ExportError(`${text} is no verifier key of a witness (name+id+key, type 4)`);
  return witness;
}
