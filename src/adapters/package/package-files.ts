import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { type Entry, fromBufferPromise } from 'yauzl';
import { PackageError } from '../../domain/ports.ts';

export const PACKAGE_FILES = ['model.onnx', 'card.yaml', 'training.csv', 'reference.csv'] as const;
export type PackageFileName = (typeof PACKAGE_FILES)[number];

/** The files of a delivered package that count, and the names of those that do not. */
export interface PackageFiles {
  readonly files: ReadonlyMap<PackageFileName, Uint8Array>;
  readonly ignored: readonly string[];
}

const MOST_BYTES = 200 * 2 ** 20;
const MOST_ENTRIES = 20;
/** Folders are entries of a zip too. */
const MOST_LISTED = 100;
const MOST_RATIO = 200;
const RATIO_MATTERS_FROM = 2 ** 20;

const isPackageFile = (name: string): name is PackageFileName =>
  PACKAGE_FILES.some((known) => known === name);

/**
 * Reads a zip, whose files may lie in one top folder; nothing is written to disk. Throws PackageError on paths that
 * leave the folder, links, encryption, damage, more than 20 files or 200 MiB, and ratios that only a bomb has.
 */
export async function filesOfZip(zip: Uint8Array): Promise<PackageFiles> {
  const archive = await unzipping(() =>
    fromBufferPromise(Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength), { validateEntrySizes: true }),
  );
  if (archive.entryCount > MOST_LISTED) refuse(null, `lists more than ${MOST_LISTED} files and folders`);
  const entries: Entry[] = [];
  let bytes = 0;
  await unzipping(async () => {
    for await (const entry of archive.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      refuseEntry(entry);
      bytes += entry.uncompressedSize;
      if (bytes > MOST_BYTES) refuse(null, 'holds more than 200 MiB');
      if (entries.push(entry) > MOST_ENTRIES) refuse(null, `holds more than ${MOST_ENTRIES} files`);
    }
  });
  const top = topFolder(entries.map(({ fileName }) => fileName).filter((name) => !isLitter(name)));
  const files = new Map<PackageFileName, Uint8Array>();
  const ignored: string[] = [];
  for (const entry of entries) {
    const name = entry.fileName.startsWith(top) ? entry.fileName.slice(top.length) : entry.fileName;
    if (!isPackageFile(name)) {
      refuseMisspelt(name);
      ignored.push(entry.fileName);
      continue;
    }
    if (files.has(name)) refuse(name, 'is in the zip twice');
    const content = await unzipping(async () => buffer(await archive.openReadStreamPromise(entry)));
    if (crc32(content) !== entry.crc32)
      refuse(name, 'is damaged: it is not what its checksum in the zip says');
    files.set(name, content);
  }
  return { files, ignored };
}

/** Reads a folder. Throws PackageError on links and on more than 20 entries or 200 MiB. */
export async function filesOfFolder(folder: string): Promise<PackageFiles> {
  const names = await namesIn(folder);
  if (names.length > MOST_ENTRIES) refuse(null, `the folder holds more than ${MOST_ENTRIES} files`);
  names.forEach(refuseMisspelt);
  const files = new Map<PackageFileName, Uint8Array>();
  let bytes = 0;
  for (const name of names.filter(isPackageFile)) {
    const content = await readPlainFile(join(folder, name), name, MOST_BYTES - bytes);
    bytes += content.length;
    files.set(name, content);
  }
  return { files, ignored: names.filter((name) => !isPackageFile(name)) };
}

/** A disk that does not tell capitals from small letters would take one file for the other. */
function refuseMisspelt(name: string): void {
  const meant = PACKAGE_FILES.find((known) => known === name.toLowerCase());
  if (meant !== undefined && meant !== name) refuse(meant, 'must be named in small letters');
}

function refuseEntry(entry: Entry): void {
  const { fileName, uncompressedSize, compressedSize } = entry;
  // The upper half are the file's mode bits where the zip was made on Unix; 0o120000 is a symbolic link.
  if (((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000)
    refuse(fileName, 'must be a file, not a link');
  if (entry.isEncrypted()) refuse(fileName, 'must not be encrypted');
  if (!entry.canDecodeFileData()) refuse(fileName, 'must be stored or deflated');
  if (uncompressedSize > RATIO_MATTERS_FROM && uncompressedSize > compressedSize * MOST_RATIO) {
    refuse(fileName, `is compressed more than ${MOST_RATIO} times`);
  }
}

/** The folder, with its slash, in which all files lie; empty when there is none. */
function topFolder(names: readonly string[]): string {
  const [first = ''] = names;
  const top = first.slice(0, first.indexOf('/') + 1);
  return names.every((name) => name.startsWith(top)) ? top : '';
}

function isLitter(name: string): boolean {
  return name.startsWith('__MACOSX/') || name.split('/').at(-1) === '.DS_Store';
}

async function unzipping<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PackageError || !(error instanceof Error)) throw error;
    return refuse(null, `is not a zip that can be read: ${error.message.slice(0, 200)}`);
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return refuse(null, 'there is no such folder');
    throw error;
  }
}

async function readPlainFile(path: string, name: string, most: number): Promise<Uint8Array> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const status = await file.stat();
    if (!status.isFile()) refuse(name, 'must be a file');
    if (status.size > most) refuse(name, 'makes the package larger than 200 MiB');
    return await file.readFile();
  } catch (error) {
    if (isSystemError(error, 'ELOOP')) return refuse(name, 'must be a file, not a link');
    throw error;
  }
}

function isSystemError(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

function refuse(file: string | null, rule: string): never {
  throw new PackageError([{ file: file ?? 'package', line: null, field: null, rule }]);
}
