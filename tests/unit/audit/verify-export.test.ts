import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { signCheckpoint } from '../../../src/audit/checkpoint.ts';
import { parseNote, parseVerifier, signerOf } from '../../../src/audit/signed-note.ts';
import { bundleContent } from '../../../src/audit/tile.ts';
import { type ExportExpectations, verifyExport } from '../../../src/audit/verify-export.ts';
import { diskFolder, ExportedLog, leafOf, ORIGIN, SIGNER } from '../../support/exported-log.ts';
import { hasPython, runVerifier } from '../../support/python-verifier.ts';
import { witnessOf } from '../../support/test-witness.ts';
import { hasVectors, vectorPath } from './vectors.ts';

const SIZES = [0, 3, 100, 256, 600, 771];
const ROGUE = signerOf(ORIGIN, new Uint8Array(32).fill(8));
const forgedLeaf = (index: number) => (index === 5 ? Buffer.from('forged') : leafOf(index));
const forgedAt = (at: number) => (index: number) => (index === at ? Buffer.from('forged') : leafOf(index));

interface Held {
  readonly keys?: ExportExpectations['keys'];
  readonly previous?: string;
  readonly mirror?: string;
}

/** What our verifier says of an export, and the verifier for auditors where there is Python: they must agree. */
async function verdict(path: string, { keys = [SIGNER.verifier], previous, mirror }: Held = {}) {
  const { fault, entries, checkpoints } = await verifyExport(diskFolder(path), {
    keys,
    witnesses: [],
    previous: previous === undefined ? null : { file: previous, content: readFileSync(previous) },
    mirror: mirror === undefined ? null : diskFolder(mirror),
  });
  if (hasPython) {
    const given = { previous, mirror };
    const options = Object.entries(given).flatMap(([name, value]) => (value ? [`--${name}`, value] : []));
    const other = runVerifier([path, ...keys.flatMap(({ text }) => ['--key', text]), ...options]);
    expect(other).toMatchObject({
      intact: fault === null,
      said: expect.stringMatching(fault === null ? /^INTACT: / : /^BROKEN (?!.*Traceback)/),
    });
    if (fault === null) expect(other.said).toContain(`${entries} entries under ${checkpoints} checkpoints`);
  }
  return fault;
}

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

const TAMPERING: readonly (readonly [string, (log: ExportedLog) => void, object])[] = [
  [
    'an entry changed',
    (log) => log.flip('tile/entries/000', 4),
    { file: 'tile/entries/000', leaf: 0, rule: 'LEAF' },
  ],
  [
    'an entry changed at the right edge',
    (log) => log.forge('tile/entries/003.p/3', 2, Buffer.from('x')),
    { file: 'tile/entries/003.p/3', leaf: 770, rule: 'LEAF' },
  ],
  [
    'an entry and its leaf hash changed',
    (log) => {
      using forged = ExportedLog.of(SIZES, forgedAt(300));
      for (const file of ['tile/entries/001', 'tile/0/001']) log.write(file, forged.read(file));
    },
    { file: 'tile/0/001', leaf: null, rule: 'ROOT' },
  ],
  [
    'an entry and all tiles over it changed',
    (log) => {
      using forged = ExportedLog.of(SIZES, forgedAt(300));
      for (const file of ['tile/entries/001', 'tile/0/001', 'tile/1/000.p/3'])
        log.write(file, forged.read(file));
    },
    { file: 'checkpoints/600', leaf: null, rule: 'ROOT' },
  ],
  [
    'two entries swapped',
    (log) => {
      log.forge('tile/entries/000', 7, leafOf(8));
      log.forge('tile/entries/000', 8, leafOf(7));
    },
    { file: 'tile/entries/000', leaf: 7, rule: 'LEAF' },
  ],
  [
    'an entry dropped',
    (log) => {
      log.write('tile/entries/001', bundleContent(Array.from({ length: 255 }, (_, at) => leafOf(256 + at))));
    },
    { file: 'tile/entries/001', rule: 'UNREADABLE' },
  ],
  [
    'a bundle cut short',
    (log) => log.write('tile/entries/002', log.read('tile/entries/002').subarray(0, -1)),
    { file: 'tile/entries/002', rule: 'UNREADABLE' },
  ],
  [
    'a bundle removed',
    (log) => log.remove('tile/entries/001'),
    { file: 'tile/entries/001', rule: 'MISSING' },
  ],
  [
    'the newest bundle removed',
    (log) => log.remove('tile/entries/003.p'),
    { file: 'tile/entries/003.p/3', rule: 'MISSING' },
  ],
  [
    'a bit turned in a leaf hash',
    (log) => log.flip('tile/0/001', 32 * 9),
    { file: 'tile/0/001', rule: 'TILE' },
  ],
  [
    'a bit turned in an inner hash',
    (log) => log.flip('tile/1/000.p/3', 95),
    { file: 'tile/1/000.p/3', rule: 'TILE' },
  ],
  [
    'a bit turned in the newest leaf hashes',
    (log) => log.flip('tile/0/003.p/3', 1),
    { file: 'tile/0/003.p/3', rule: 'TILE' },
  ],
  ['a tile removed', (log) => log.remove('tile/0/002'), { file: 'tile/0/002', rule: 'MISSING' }],
  [
    'a tile cut short',
    (log) => log.write('tile/0/002', log.read('tile/0/002').subarray(1)),
    { file: 'tile/0/002', rule: 'UNREADABLE' },
  ],
  [
    'the newest checkpoint removed',
    (log) => log.remove('checkpoint'),
    { file: 'checkpoint', rule: 'MISSING' },
  ],
  [
    'a bit turned in a checkpoint',
    (log) => log.flip('checkpoints/256', 0),
    { file: 'checkpoints/256', rule: 'UNSIGNED' },
  ],
  [
    'a signature spelt otherwise',
    (log) => {
      const text = log.read('checkpoints/256').toString();
      log.write(
        'checkpoints/256',
        text.replace(/(.)=\n$/, (_, last) => `${String.fromCharCode(last.charCodeAt(0) + 1)}=\n`),
      );
    },
    { file: 'checkpoints/256', rule: 'UNREADABLE' },
  ],
  [
    'a checkpoint that is no text',
    (log) => log.write('checkpoints/256', Buffer.of(0xff, 0xfe, 10, 10, 10)),
    { file: 'checkpoints/256', rule: 'UNREADABLE' },
  ],
  [
    'a checkpoint under another size',
    (log) => log.write('checkpoints/257', log.read('checkpoints/256')),
    { file: 'checkpoints/257', rule: 'SIZE' },
  ],
  [
    'a checkpoint of another origin',
    (log) => {
      using other = ExportedLog.of(SIZES, leafOf, SIGNER, 'audit.example/other');
      log.write('checkpoints/100', other.read('checkpoints/100'));
    },
    { file: 'checkpoints/100', rule: 'ORIGIN' },
  ],
  [
    'a checkpoint signed by another key',
    (log) => {
      using other = ExportedLog.of(SIZES, leafOf, ROGUE);
      log.write('checkpoints/100', other.read('checkpoints/100'));
    },
    { file: 'checkpoints/100', rule: 'UNSIGNED' },
  ],
  [
    'a whole log rewritten with a new key',
    (log) => {
      using other = ExportedLog.of(SIZES, forgedLeaf, ROGUE);
      for (const size of SIZES) log.write(`checkpoints/${size}`, other.read(`checkpoints/${size}`));
      for (const file of ['checkpoint', 'tile/entries/000', 'tile/0/000', 'tile/1/000.p/3'])
        log.write(file, other.read(file));
    },
    { file: 'checkpoint', rule: 'UNSIGNED' },
  ],
  [
    'two histories of one size',
    (log) => {
      using other = ExportedLog.of(SIZES, forgedLeaf);
      log.write('checkpoint', other.read('checkpoint'));
    },
    { rule: 'SPLIT' },
  ],
  [
    'a newer history over an older checkpoint',
    (log) => {
      using other = ExportedLog.of(SIZES, forgedLeaf);
      for (const size of [600, 771]) log.write(`checkpoints/${size}`, other.read(`checkpoints/${size}`));
      for (const file of ['checkpoint', 'tile/entries/000', 'tile/0/000', 'tile/1/000.p/3'])
        log.write(file, other.read(file));
    },
    { file: 'checkpoints/100', rule: 'ROOT' },
  ],
];

describe('a tampered export', () => {
  it.each(TAMPERING)('is found out: %s', async (_, tamper, expected) => {
    using log = ExportedLog.of(SIZES);
    tamper(log);
    expect(await verdict(log.path)).toMatchObject(expected);
  });

  it('is found out wherever a bit rots', async () => {
    using log = ExportedLog.of([3, 300]);
    const missed: string[] = [];
    for (const file of [
      'tile/entries/001.p/44',
      'tile/0/001.p/44',
      'tile/1/000.p/1',
      'checkpoints/3',
      'checkpoint',
    ]) {
      for (let byte = 0; byte < log.read(file).length; byte += 5) {
        log.flip(file, byte);
        const expected = { keys: [SIGNER.verifier], witnesses: [], previous: null, mirror: null };
        const { fault } = await verifyExport(log.folder, expected);
        if (fault === null) missed.push(`${file} ${byte}`);
        log.flip(file, byte);
      }
    }
    expect(missed).toEqual([]);
  });
});

describe('held against what was kept', () => {
  it('a log set back is found out, and so is one that was rewritten with its own key', async () => {
    using yesterday = ExportedLog.of(SIZES.slice(0, 4));
    using today = ExportedLog.of(SIZES);
    using rewritten = ExportedLog.of(SIZES, forgedLeaf);
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
    using other = ExportedLog.of([771], forgedLeaf);
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
