import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FileModelPackageReader } from '../../../src/adapters/package/model-package-reader.ts';
import { ThreadedPackageReader } from '../../../src/adapters/package/threaded-package-reader.ts';
import { PackageError } from '../../../src/domain/ports.ts';
import { PACKAGE } from '../../support/package-files.ts';
import { zipFile } from '../../support/zip-builder.ts';

const zip = zipFile(Object.entries(PACKAGE).map(([name, content]) => ({ name, content })));
const reader = new ThreadedPackageReader();
const failure = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a package that is read in a thread of its own', () => {
  test('is what it is otherwise: from a zip, from a folder, from its files', async () => {
    const pack = await new FileModelPackageReader().fromZip(zip);
    const bytes = (name: keyof typeof pack.files) => new Uint8Array(pack.files[name]);
    const files = {
      'model.onnx': bytes('model.onnx'),
      'card.yaml': bytes('card.yaml'),
      'training.csv': bytes('training.csv'),
      'reference.csv': bytes('reference.csv'),
    };
    const folder = await mkdtemp(join(tmpdir(), 'waarom-package-'));
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const read = [await reader.fromZip(zip), await reader.fromFolder(folder), await reader.fromFiles(files)];
    await rm(folder, { recursive: true });
    for (const one of read) expect(one).toEqual({ ...pack, files });
  });

  test('is refused with the same faults', async () => {
    const spoilt = zipFile([{ name: 'card.yaml', content: 'format: 1\n' }]);
    const faults = await failure(new FileModelPackageReader().fromZip(spoilt));
    const found = await failure(reader.fromZip(spoilt));
    expect(found).toBeInstanceOf(PackageError);
    expect(found).toEqual(faults);
  });

  test('is given up where it takes too long or too much memory', async () => {
    const impatient = new ThreadedPackageReader({ milliseconds: 1, heapMebibytes: 256 });
    expect(await failure(impatient.fromZip(zip))).toMatchObject({
      faults: [{ rule: 'takes longer to read than a package may: deliver a smaller one' }],
    });
    const narrow = new ThreadedPackageReader({ milliseconds: 60_000, heapMebibytes: 32 });
    const card = `format: [${'[],'.repeat(80_000)}]\n`;
    expect(await failure(narrow.fromZip(zipFile([{ name: 'card.yaml', content: card }])))).toMatchObject({
      faults: [{ rule: 'takes more memory to read than a package may: deliver a smaller one' }],
    });
  });
});
