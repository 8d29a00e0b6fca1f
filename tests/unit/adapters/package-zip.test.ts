import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesOfFolder, filesOfZip } from '../../../src/adapters/package/package-files.ts';
import { PackageError } from '../../../src/domain/ports.ts';
import { PACKAGE } from '../../support/package-files.ts';
import { asZip64, type ZipEntry, zipFile } from '../../support/zip-builder.ts';

const entries = (changes: Partial<ZipEntry> = {}): ZipEntry[] =>
  Object.entries(PACKAGE).map(([name, content]) => ({ name, content, ...changes }));
const withModel = (changes: Partial<ZipEntry>): ZipEntry[] =>
  entries().map((entry) => (entry.name === 'model.onnx' ? { ...entry, ...changes } : entry));

async function ruleOf(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PackageError);
  return error instanceof PackageError ? error.message : '';
}

describe('a zip as other tools write it', () => {
  test.each<[string, Uint8Array]>([
    ['stored', zipFile(entries({ method: 0 }))],
    ['with sizes behind the files', zipFile(entries({ flags: 8 }))],
    [
      'with folders of its own',
      zipFile([{ name: 'a/', content: '' }, { name: 'a/b/', content: '' }, ...entries()]),
    ],
    ['in the format for large ones', asZip64(zipFile(entries()))],
    ['with a comment', Buffer.concat([zipFile(entries()).subarray(0, -2), Buffer.from('\x05\x00hello')])],
    ['with another zip in it', zipFile([...entries(), { name: 'more.zip', content: zipFile(entries()) }])],
  ])('is read: %s', async (_, zip) => {
    const { files } = await filesOfZip(zip);
    expect(
      Object.fromEntries([...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString()])),
    ).toEqual(PACKAGE);
  });
});

describe('a zip that could do harm', () => {
  const large = randomBytes(2 ** 20);
  test.each<[string, Uint8Array, RegExp]>([
    ['is encrypted', zipFile(withModel({ flags: 1 })), /model\.onnx, must not be encrypted/],
    ['is packed otherwise', zipFile(withModel({ method: 14 })), /model\.onnx, must be stored or deflated/],
    ['is damaged', zipFile(withModel({ claimedChecksum: 7 })), /model\.onnx, is damaged/],
    [
      'has a name in capitals',
      zipFile(withModel({ name: 'Model.ONNX' })),
      /model\.onnx, must be named in small/,
    ],
    [
      'has a name twice, once in capitals',
      zipFile([...entries(), { name: 'CARD.yaml', content: 'x' }]),
      /card\.yaml, must be named in small letters/,
    ],
    [
      'lists too much',
      zipFile(Array.from({ length: 101 }, (_, i) => ({ name: `${i}/`, content: '' }))),
      /more than 100 files and folders/,
    ],
    [
      'is too much in all',
      zipFile(['a', 'b', 'c'].map((name) => ({ name, content: large, claimedSize: 80 * 2 ** 20 }))),
      /more than 200 MiB/,
    ],
    ['has a path upwards inside a folder', zipFile([{ name: 'a/../../b', content: '' }]), /relative path/],
    ['has a folder that leads upwards', zipFile([{ name: '../', content: '' }]), /relative path/],
    ['has bytes behind it', Buffer.concat([zipFile(entries()), randomBytes(64)]), /not a zip/],
    ['has bytes before it', Buffer.concat([randomBytes(64), zipFile(entries())]), /not a zip/],
    ['was cut off', zipFile(entries()).subarray(0, -30), /not a zip/],
    ['is text', Buffer.from('hello'), /not a zip/],
    ['is nothing', new Uint8Array(), /not a zip/],
  ])('is refused where it %s', async (_, zip, rule) => {
    expect(await ruleOf(filesOfZip(zip))).toMatch(rule);
  });
});

test('a folder is refused where a name is in capitals', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'package-'));
  try {
    await writeFile(join(folder, 'Card.yaml'), '');
    expect(await ruleOf(filesOfFolder(folder))).toMatch(/card\.yaml, must be named in small letters/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
