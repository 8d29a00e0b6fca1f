import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileModelPackageReader } from '../../../src/adapters/package/model-package-reader.ts';
import { readTraining } from '../../../src/adapters/package/package-tables.ts';
import { digestOf } from '../../../src/audit/digest.ts';
import { packageDigest } from '../../../src/audit/package-digest.ts';
import { PackageError, type PackageFault } from '../../../src/domain/ports.ts';
import { PACKAGE, type PackageText } from '../../support/package-files.ts';
import { type ZipEntry, zipFile } from '../../support/zip-builder.ts';

const reader = new FileModelPackageReader();
const entries = (changes: Partial<PackageText> = {}, folder = ''): ZipEntry[] =>
  Object.entries({ ...PACKAGE, ...changes }).map(([name, content]) => ({ name: folder + name, content }));

async function faultsOf(attempt: Promise<unknown>): Promise<readonly PackageFault[]> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PackageError);
  return error instanceof PackageError ? error.faults : [];
}
const spoilt = (changes: Partial<PackageText>) => faultsOf(reader.fromZip(zipFile(entries(changes))));

describe('a zip', () => {
  test.each(['', 'uci/', './'])('is read, its files in the folder "%s"', async (folder) => {
    const pack = await reader.fromZip(
      zipFile([...entries({}, folder), { name: `${folder}expected.json`, content: '{}' }]),
    );
    expect(pack.card).toMatchObject({
      name: 'simple',
      version: '1',
      output: { name: 'probabilities', index: 1 },
    });
    expect(pack.card.features.map(({ recipe }) => recipe)).toEqual([
      { column: 'age' },
      { category: 'job', codes: { nurse: 0, constructor: 1 }, otherwise: -1, missing: -2 },
      { weighted: { a: 1, b: -1 }, clip: [-10, 10] },
    ]);
    expect(pack.reference).toHaveLength(50);
    expect(pack.reference[1]).toEqual([41, -1, -0.2]);
    expect(pack.ignored).toEqual([`${folder}expected.json`]);
    expect(Buffer.from(pack.files['model.onnx']).toString()).toBe('model');
  });

  test('may hold what a Mac puts into it', async () => {
    const litter = { name: '__MACOSX/uci/._card.yaml', content: 'x' };
    expect((await reader.fromZip(zipFile([...entries({}, 'uci/'), litter]))).ignored).toEqual([litter.name]);
  });

  test.each<[string, ZipEntry[], RegExp]>([
    ['a path upwards', [{ name: '../card.yaml', content: '' }], /relative path/],
    ['an absolute path', [{ name: '/etc/passwd', content: '' }], /absolute path/],
    ['a drive', [{ name: 'C:\\card.yaml', content: '' }], /absolute path/],
    ['a link', [{ name: 'notes', content: '/etc/passwd', mode: 0o120777 }], /not a link/],
    ['too many files', Array.from({ length: 21 }, (_, i) => ({ name: `${i}`, content: '' })), /more than 20/],
    ['a file twice', [{ name: 'card.yaml', content: 'x' }], /twice/],
    ['a bomb', [{ name: 'notes', content: Buffer.alloc(2 ** 21) }], /compressed more than 200 times/],
    ['too much', [{ name: 'notes', content: Buffer.alloc(1000), claimedSize: 201 * 2 ** 20 }], /200/],
  ])('is refused with %s', async (_, extra, rule) => {
    const faults = await faultsOf(reader.fromZip(zipFile([...entries(), ...extra])));
    expect(faults.map((fault) => fault.rule)).toEqual([expect.stringMatching(rule)]);
  });

  test('is refused where a file is larger than the zip says', async () => {
    const lie = entries().map((entry) =>
      entry.name === 'model.onnx' ? { ...entry, claimedSize: 2 } : entry,
    );
    expect(await faultsOf(reader.fromZip(zipFile(lie)))).toMatchObject([
      { rule: expect.stringContaining('not a zip that can be read') },
    ]);
  });

  test('ends in a package or a PackageError whatever its bytes are', async () => {
    const sound = zipFile(entries());
    const edit = fc.record({ at: fc.nat(sound.length - 1), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(edit, { maxLength: 5 }),
        fc.option(fc.nat(sound.length)),
        async (edits, length) => {
          const mutant = Uint8Array.from(sound).slice(0, length ?? undefined);
          for (const { at, value } of edits) mutant[at] = value;
          try {
            expect((await reader.fromZip(mutant)).card.format).toBe('model-package/1');
          } catch (error) {
            expect(error).toBeInstanceOf(PackageError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'package-'));
    for (const [name, content] of Object.entries(PACKAGE)) await writeFile(join(folder, name), content);
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('is read like a zip', async () => {
    await writeFile(join(folder, 'README.md'), 'read me');
    const { ignored, ...pack } = await reader.fromFolder(folder);
    const { ignored: _, ...zipped } = await reader.fromZip(zipFile(entries()));
    expect(ignored).toEqual(['README.md']);
    expect({ ...pack, files: null }).toEqual({ ...zipped, files: null });
  });

  test('is refused with a link, a folder in place of a file, or when it is not there', async () => {
    await rm(join(folder, 'card.yaml'));
    await symlink('/etc/passwd', join(folder, 'card.yaml'));
    expect(await faultsOf(reader.fromFolder(folder))).toMatchObject([
      { file: 'card.yaml', rule: 'must be a file, not a link' },
    ]);
    await rm(folder, { recursive: true });
    expect(await faultsOf(reader.fromFolder(folder))).toMatchObject([{ rule: 'there is no such folder' }]);
    await writeFile(folder, '');
    expect(await faultsOf(reader.fromFolder(folder))).toMatchObject([{ rule: 'there is no such folder' }]);
  });
});

describe('a package', () => {
  test('names everything that is wrong with it', async () => {
    const faults = await spoilt({
      'model.onnx': '',
      'card.yaml': PACKAGE['card.yaml']
        .replace('a builder', '""')
        .replace('index: 1', 'index: -1')
        .replace('version: "1"', 'version: 1'),
    });
    expect(faults.map(({ file, line, field }) => [file, line, field])).toEqual([
      ['model.onnx', null, null],
      ['card.yaml', 4, 'version'],
      ['card.yaml', 5, 'builder'],
      ['card.yaml', 6, 'output.index'],
    ]);
    const tables = await spoilt({ 'reference.csv': 'age,job\n1,2\n', 'training.csv': 'week,label\n' });
    expect(tables.map(({ file, line, field }) => [file, line, field])).toEqual([
      ['reference.csv', 1, 'growth'],
      ['training.csv', 1, 'age'],
    ]);
    const missing = await faultsOf(reader.fromZip(zipFile([{ name: 'README', content: '' }])));
    expect(missing.map(({ rule }) => rule)).toEqual(Array(4).fill('is missing'));
  });

  test.each<[string, string, number, string, RegExp]>([
    ['{ column: age }', '{ columns: age }', 9, 'features[0].recipe', /must name one of column, weighted/],
    ['{ column: age }', '{ column: age, ratio: [a, b] }', 9, 'features[0].recipe', /must name one of/],
    ['{ column: age }', '{ column: age, mising: 1 }', 9, 'features[0].recipe.mising', /not a known field/],
    ['{ column: age }', '{ column: age, missing: .inf }', 9, 'features[0].recipe.missing', /finite/],
    ['{ column: age }', '{ ratio: [a] }', 9, 'features[0].recipe.ratio', /./],
    ['{ column: age }', '{ fundChange: { days: 0 } }', 9, 'features[0].recipe.fundChange.days', /at least 1/],
    ['{ column: age }', '{ weighted: {} }', 9, 'features[0].recipe.weighted', /empty/],
    ['recipe: { column: age }, ', '', 9, 'features[0].recipe', /is missing/],
    ['nurse: 0', 'nurse: zero', 10, 'features[1].recipe.codes.nurse', /finite number/],
    ['otherwise: -1, ', '', 10, 'features[1].recipe.otherwise', /is missing/],
    ['clip: [-10, 10]', 'clip: [10, -10]', 11, 'features[2].recipe.clip', /lowest/],
    ['name: growth', 'name: age', 11, 'features[2].name', /there twice/],
    ['name: growth', 'name: week', 11, 'features[2].name', /training\.csv/],
    ['direction: 1', 'direction: 2', 11, 'features[2].direction', /-1, 0 or 1/],
    ['to: 2020-W40', 'to: 2020-W54', 7, 'trained.to', /ISO week/],
    ['to: 2020-W40', 'to: 2019-W40', 7, 'trained.to', /before from/],
    ['weaknesses: [is simple]', 'weaknesses: []', 14, 'weaknesses', /empty/],
    ['weaknesses: [is simple]', 'weakness: [is simple]', 14, 'weakness', /not a known field/],
  ])('with the card %s → %s is refused', async (from, to, line, field, rule) => {
    const faults = await spoilt({ 'card.yaml': PACKAGE['card.yaml'].replace(from, to) });
    expect(faults).toContainEqual({ file: 'card.yaml', line, field, rule: expect.stringMatching(rule) });
  });

  const reference = PACKAGE['reference.csv'];
  test.each<[keyof PackageText, string, number | null, string | null, RegExp]>([
    ['reference.csv', reference.replace('41,-1', '41,NaN'), 3, 'job', /finite number/],
    ['reference.csv', reference.replace('41,-1', '41,1e39'), 3, 'job', /finite number/],
    ['reference.csv', reference.replace('41,-1', '41,'), 3, 'job', /finite number/],
    ['reference.csv', reference.replace('41,-1', '41,0x1'), 3, 'job', /finite number/],
    ['reference.csv', reference.replace('41,-1', '41'), 3, null, /3 fields and has 2/],
    ['reference.csv', reference.replace('age,job', 'job,age'), 1, 'age', /differs at column 1/],
    ['reference.csv', `age,job,growth,x\n${reference}`, 1, null, /differs at column 4/],
    [
      'reference.csv',
      reference.split('\n').slice(0, 50).join('\n'),
      null,
      null,
      /50 to 1000 rows and has 49/,
    ],
    ['reference.csv', `${reference}${'1,2,3\n'.repeat(951)}`, null, null, /has 1001/],
    ['training.csv', PACKAGE['training.csv'].replace('2020-W53', '2021-W53'), 3, 'week', /ISO week/],
    ['training.csv', PACKAGE['training.csv'].replace('.5,1', '.5,2'), 3, 'label', /0 or 1/],
    ['training.csv', 'week,age,job,growth,label\n', null, null, /no rows/],
  ])('with a wrong %s is refused (%#)', async (file, content, line, field, rule) => {
    expect(await spoilt({ [file]: content })).toContainEqual({
      file,
      line,
      field,
      rule: expect.stringMatching(rule),
    });
  });

  test('with a card in another encoding is refused', async () => {
    const latin = {
      name: 'card.yaml',
      content: Buffer.from(PACKAGE['card.yaml'].replace('ranks', 'é'), 'latin1'),
    };
    const files = entries().map((entry) => (entry.name === 'card.yaml' ? latin : entry));
    expect(await faultsOf(reader.fromZip(zipFile(files)))).toMatchObject([
      { file: 'card.yaml', rule: 'must be UTF-8' },
    ]);
    expect(await spoilt({ 'card.yaml': 'text' })).toMatchObject([{ rule: 'must be a map of fields' }]);
  });

  test('does not repeat the values of a wrong file', async () => {
    const faults = await spoilt({ 'reference.csv': reference.replaceAll('41,', 'secret,') });
    expect(faults).toHaveLength(20);
    expect(JSON.stringify(faults)).not.toContain('secret');
  });
});

describe('readTraining', () => {
  test('gives weeks, features and labels; a byte order mark, CRLF and quoted names are fine', async () => {
    const bytes = Buffer.from(
      `\uFEFF${PACKAGE['training.csv'].replace('age', '"age"').replaceAll('\n', '\r\n')}`,
    );
    expect(await readTraining(bytes, ['age', 'job', 'growth'])).toEqual({
      faults: [],
      table: {
        rows: 2,
        weeks: ['2020-W01', '2020-W53'],
        matrix: Float32Array.of(30, 0, 1.5, 41, 1, 0.5),
        labels: Uint8Array.of(0, 1),
      },
    });
  });

  test('reads a table of many slices row for row, and lets others have their turn', async () => {
    const rows = Array.from(
      { length: 30_000 },
      (_, row) => `2020-W${10 + (row % 40)},${row},${row / 8},${row % 2}`,
    );
    let turns = 0;
    const clock = setInterval(() => turns++, 0);
    const { table, faults } = await readTraining(Buffer.from(`week,a,b,label\n${rows.join('\n')}`), [
      'a',
      'b',
    ]);
    clearInterval(clock);
    expect(turns).toBeGreaterThan(5);
    expect(faults).toEqual([]);
    expect(table.rows).toBe(30_000);
    expect([...table.weeks.entries()].every(([row, week]) => week === `2020-W${10 + (row % 40)}`)).toBe(true);
    expect(table.labels.every((label, row) => label === row % 2)).toBe(true);
    expect(table.matrix.every((value, at) => value === (at % 2 === 0 ? at / 2 : (at - 1) / 16))).toBe(true);
    const [fault] = (await readTraining(Buffer.from(`week,a,b,label\n${rows.join('\n')},\n`), ['a', 'b']))
      .faults;
    expect(fault).toEqual({
      file: 'training.csv',
      line: 30_001,
      field: null,
      rule: 'must have 4 fields and has 5',
    });
  });

  test('refuses a byte order mark and nothing behind it', async () => {
    const { faults } = await readTraining(Buffer.from('\uFEFF'), ['a']);
    expect(faults).toMatchObject([{ line: 1, rule: 'has no header' }]);
  });

  test('refuses a line without an end before it takes it apart', async () => {
    const endless = Buffer.alloc(6_000_000, ',1');
    const { faults } = await readTraining(Buffer.concat([Buffer.from('week,a,label\n'), endless]), ['a']);
    expect(faults).toEqual([{ file: 'training.csv', line: 2, field: null, rule: 'is longer than 1 MiB' }]);
  });

  test('refuses more cells than a sample needs', async () => {
    const row = `2020-W10,${'1,'.repeat(2000)}1\n`;
    const names = Array.from({ length: 2000 }, (_, column) => `f${column}`);
    const { faults } = await readTraining(
      Buffer.from(`week,${names.join()},label\n${row.repeat(10_001)}`),
      names,
    );
    expect(faults).toEqual([
      { file: 'training.csv', line: 9992, field: null, rule: 'is too much: deliver a sample of the rows' },
    ]);
  });
});

describe('packageDigest', () => {
  test('is that of the listing, sorted by name, and changes with every name and file', () => {
    const digests = { 'b.csv': digestOf('b'), 'a.onnx': digestOf('a') };
    const hex = (text: string) => digestOf(text).slice('sha256:'.length);
    expect(packageDigest(digests)).toBe(digestOf(`a.onnx\0${hex('a')}\nb.csv\0${hex('b')}\n`));
    expect(packageDigest({ ...digests, 'b.csv': digestOf('c') })).not.toBe(packageDigest(digests));
    expect(() => packageDigest({ 'a\n': digestOf('a') })).toThrow();
    expect(() => packageDigest({ a: hex('a') })).toThrow();
  });
});

const MODELS = '../shared/models';

describe.skipIf(!existsSync(MODELS))('the packages of an outside builder', () => {
  test.each([
    ['uci-boosted-1', 9],
    ['uci-boosted-2', 7],
  ])('%s is read as folder and as zip', async (name, features) => {
    const pack = await reader.fromFolder(join(MODELS, name));
    expect(pack.card.features).toHaveLength(features);
    expect(pack.reference).toHaveLength(200);
    expect(pack.ignored).toEqual(['expected.json']);
    expect(pack.training.rows).toBe(41_188);
    const content = (file: string) => readFile(join(MODELS, name, file));
    const files = await Promise.all(
      Object.keys(pack.files).map(async (file) => ({ name: file, content: await content(file) })),
    );
    expect((await reader.fromZip(zipFile(files))).reference).toEqual(pack.reference);
  });
});
