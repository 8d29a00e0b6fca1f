import { describe, expect, it } from 'vitest';
import { bundleContent } from '../../../src/audit/tile.ts';
import { verifyExport } from '../../../src/audit/verify-export.ts';
import { exportVerdict } from '../../support/export-verdict.ts';
import { ExportedLog, forgedAt, leafOf, ROGUE, SIGNER } from '../../support/exported-log.ts';

const SIZES = [0, 3, 100, 256, 600, 771];

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
      using other = ExportedLog.of(SIZES, forgedAt(5), ROGUE);
      for (const size of SIZES) log.write(`checkpoints/${size}`, other.read(`checkpoints/${size}`));
      for (const file of ['checkpoint', 'tile/entries/000', 'tile/0/000', 'tile/1/000.p/3'])
        log.write(file, other.read(file));
    },
    { file: 'checkpoint', rule: 'UNSIGNED' },
  ],
  [
    'two histories of one size',
    (log) => {
      using other = ExportedLog.of(SIZES, forgedAt(5));
      log.write('checkpoint', other.read('checkpoint'));
    },
    { rule: 'SPLIT' },
  ],
  [
    'a newer history over an older checkpoint',
    (log) => {
      using other = ExportedLog.of(SIZES, forgedAt(5));
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
    const { fault } = await exportVerdict(log.path, { keys: [SIGNER.verifier] });
    expect(fault).toMatchObject(expected);
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
