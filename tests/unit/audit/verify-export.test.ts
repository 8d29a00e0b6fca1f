import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { signCheckpoint } from '../../../src/audit/checkpoint.ts';
import { parseNote, parseVerifier } from '../../../src/audit/signed-note.ts';
import { verifyExport } from '../../../src/audit/verify-export.ts';
import { exportVerdict, type Held } from '../../support/export-verdict.ts';
import { ExportedLog, forgedAt, leafOf, ORIGIN, ROGUE, SIGNER } from '../../support/exported-log.ts';
import { witnessOf } from '../../support/test-witness.ts';
import { hasVectors, vectorPath } from './vectors.ts';

const SIZES = [0, 3, 100, 256, 600, 771];

/** What is wrong with an export, signed by SIGNER unless said otherwise. */
const verdict = async (path: string, held: Partial<Held> = {}) =>
  (await exportVerdict(path, { keys: [SIGNER.verifier], ...held })).fault;

describe('the verifier for auditors', () => {
  it('is of at most 200 lines', () => {
    const source = readFileSync(new URL('../../../docs/verifier/verify.py', import.meta.url), 'utf8');
    expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(200);
  });
});

describe('an export', () => {
  it.each([[[0]], [[1]], [[0, 255, 256]], [[257, 512]], [SIZES], [[70_000]]])(
    'with checkpoints of %j verifies',
    async (sizes) => {
      using log = ExportedLog.of(sizes);
      expect(await verdict(log.path)).toBeNull();
    },
  );

  it('verifies with a checkpoint kept from before, and with a mirror that is behind', async () => {
    using log = ExportedLog.of(SIZES);
    using mirror = ExportedLog.of(SIZES.slice(0, 4));
    for (const previous of ['checkpoints/0', 'checkpoints/100', 'checkpoint']) {
      expect(
        await verdict(log.path, { previous: `${mirror.path}/${previous}`, mirror: mirror.path }),
      ).toBeNull();
    }
  });

  it('verifies after a change of keys, with both', async () => {
    using log = ExportedLog.of(SIZES);
    using rotated = ExportedLog.of(SIZES, leafOf, ROGUE);
    for (const file of ['checkpoint', 'checkpoints/600', 'checkpoints/771'])
      log.write(file, rotated.read(file));
    expect(await verdict(log.path, { keys: [ROGUE.verifier, SIGNER.verifier] })).toBeNull();
    expect(await verdict(log.path, { keys: [ROGUE.verifier] })).toMatchObject({
      file: 'checkpoints/0',
      rule: 'UNSIGNED',
    });
    expect(await verdict(log.path)).toMatchObject({ file: 'checkpoint', rule: 'UNSIGNED' });
  });

  it('verifies where a crash left checkpoints, tiles and half-written files that `checkpoint` does not cover', async () => {
    using log = ExportedLog.of(SIZES);
    using before = ExportedLog.of(SIZES.slice(0, 4));
    log.write('checkpoint', before.read('checkpoint'));
    log.remove('checkpoints/600');
    log.write('tile/0/004.p/9', Buffer.alloc(288));
    log.write('tile/entries/.003.part', 'half');
    log.write('checkpoints/.999.part', 'half');
    expect(await verdict(log.path)).toBeNull();
  });

  it('verifies where full tiles replaced partial ones, and where storage kept those', async () => {
    using log = ExportedLog.of([700]);
    using longer = ExportedLog.of([700, 1024]);
    for (const kept of ['tile/0/002.p/188', 'tile/entries/002.p/188', 'tile/1/000.p/2'])
      longer.write(kept, log.read(kept));
    expect(await verdict(longer.path)).toBeNull();
    for (const kept of ['tile/0/002.p/188', 'tile/entries/002.p/188', 'tile/1/000.p/2']) {
      using tampered = longer.copy();
      tampered.flip(kept, 40);
      expect(await verdict(tampered.path)).toMatchObject({ file: kept, rule: 'TILE' });
    }
  });
});

describe('held against what was kept', () => {
  it('a log set back is found out, and so is one that was rewritten with its own key', async () => {
    using yesterday = ExportedLog.of(SIZES.slice(0, 4));
    using today = ExportedLog.of(SIZES);
    using rewritten = ExportedLog.of(SIZES, forgedAt(5));
    const previous = `${today.path}/checkpoint`;
    expect(await verdict(yesterday.path)).toBeNull();
    expect(await verdict(yesterday.path, { previous })).toMatchObject({
      file: previous,
      rule: 'ROLLED_BACK',
    });
    expect(await verdict(yesterday.path, { mirror: today.path })).toMatchObject({ rule: 'ROLLED_BACK' });
    expect(await verdict(rewritten.path)).toBeNull();
    expect(await verdict(rewritten.path, { previous })).toMatchObject({ rule: 'SPLIT' });
    const earlier = `${yesterday.path}/checkpoints/100`;
    rewritten.remove('checkpoints/100');
    expect(await verdict(rewritten.path, { previous: earlier })).toMatchObject({
      file: earlier,
      rule: 'ROOT',
    });
  });

  it('a previous checkpoint must be one of this log', async () => {
    using log = ExportedLog.of(SIZES);
    using other = ExportedLog.of(SIZES, leafOf, ROGUE);
    const previous = `${other.path}/checkpoint`;
    expect(await verdict(log.path, { previous })).toMatchObject({ file: previous, rule: 'UNSIGNED' });
  });

  it('a mirror names the first leaf of which it has another, whichever of the two was changed', async () => {
    using log = ExportedLog.of(SIZES);
    using forged = log.copy();
    using source = ExportedLog.of(SIZES, forgedAt(300));
    for (const file of ['tile/entries/001', 'tile/0/001', 'tile/1/000.p/3'])
      forged.write(file, source.read(file));
    expect(await verdict(forged.path, { mirror: log.path })).toMatchObject({
      file: 'tile/entries/001',
      leaf: 300,
      rule: 'ROOT',
    });
    expect(await verdict(log.path, { mirror: forged.path })).toMatchObject({
      file: 'mirror/tile/entries/001',
      leaf: 300,
      rule: 'MIRROR',
    });
    using rotten = log.copy();
    rotten.flip('tile/0/001', 7);
    expect(await verdict(log.path, { mirror: rotten.path })).toMatchObject({
      file: 'mirror/tile/0/001',
      rule: 'TILE',
    });
  });

  it('a mirror with another history of the same size is a split view', async () => {
    using log = ExportedLog.of(SIZES);
    using other = ExportedLog.of([771], forgedAt(5));
    expect(await verdict(log.path, { mirror: other.path })).toMatchObject({ rule: 'SPLIT' });
  });
});

describe('witnesses', () => {
  const witness = witnessOf('witness.example/w1', 1);
  const expected = { keys: [SIGNER.verifier], witnesses: [witness.witness], previous: null, mirror: null };

  it('must each have cosigned a checkpoint; the largest is named, with its time', async () => {
    using log = ExportedLog.of(SIZES);
    expect((await verifyExport(log.folder, expected)).fault).toMatchObject({ rule: 'COSIGNATURE' });
    for (const [size, seconds] of [
      [100, 1_795_000_000],
      [600, 1_795_000_900],
    ] as const) {
      const note = log.read(`checkpoints/${size}`).toString();
      const id = witness.witness.verifier.keyId.toString(16).padStart(8, '0');
      log.write(`checkpoints/${size}.${id}`, `${note}${witness.cosign(parseNote(note)!.text, seconds)}`);
    }
    expect(await verifyExport(log.folder, expected)).toMatchObject({
      fault: null,
      witnessed: [{ name: 'witness.example/w1', size: 600, seconds: 1_795_000_900 }],
    });
    expect(await verdict(log.path)).toBeNull();
  });

  it('spoil the export with a cosignature that does not verify', async () => {
    using log = ExportedLog.of(SIZES);
    const root = Buffer.alloc(32);
    const other = parseNote(signCheckpoint({ origin: ORIGIN, size: 100, root }, SIGNER))!.text;
    log.write('checkpoints/100', `${log.read('checkpoints/100')}${witness.cosign(other, 5)}`);
    const { fault } = await verifyExport(log.folder, expected);
    expect(fault).toMatchObject({ file: 'checkpoints/100', rule: 'COSIGNATURE' });
  });
});

describe.skipIf(!hasVectors)('exports that others made', () => {
  const forged = (folder: string) => vectorPath('own/forged-tile', folder);
  const read = (text: string) => [parseVerifier(text) ?? expect.fail('no key')];
  const keys = read('audit.example/test+ea3161d5+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs');

  it('verify, and forged tiles are found where they are', async () => {
    expect(await verdict(forged('good'), { keys })).toBeNull();
    expect(await verdict(forged('forged-level0'), { keys })).toMatchObject({
      file: 'tile/0/000',
      rule: 'ROOT',
    });
    expect(await verdict(forged('forged-level0-and-1'), { keys })).toMatchObject({
      file: 'checkpoint',
      rule: 'ROOT',
    });
    for (const folder of ['forged-level0', 'forged-level0-and-1']) {
      const found = await verdict(forged(folder), { keys, mirror: forged('good') });
      expect(found).toMatchObject({ file: 'tile/entries/000', leaf: 5, rule: 'ROOT' });
    }
  });

  it('verify: the test log of another implementation', async () => {
    const key = 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx';
    expect(await verdict(vectorPath('tessera-testlog/testdata/log'), { keys: read(key) })).toBeNull();
  });
});
