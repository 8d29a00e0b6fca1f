import { describe, expect, it } from 'vitest';
import { signCheckpoint } from '../../../src/audit/checkpoint.ts';
import { parseSigner } from '../../../src/audit/signed-note.ts';
import { bundleContent, parseBundle, tilePath } from '../../../src/audit/tile.ts';
import { TileTree } from '../../../src/audit/tile-tree.ts';
import { Frontier, leafHash } from '../../../src/audit/tlog.ts';
import { hasVectors, readVector } from './vectors.ts';

const KEY = 'PRIVATE+KEY+example.com/log/testdata+33d7b496+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg';
const entryOf = (index: number) => Buffer.from(`leaf ${index}`);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('TileTree', () => {
  it('has the roots of the log and the tiles that the specification defines, at every size around full tiles', () => {
    const tree = TileTree.empty();
    const frontier = Frontier.empty();
    const nodes: Uint8Array[][] = [];
    const full = new Map<string, Uint8Array>();
    const wrong: string[] = [];
    for (let size = 0; size < 256 * 257 + 3; size++) {
      // Every root up to here was compared already with the definition (tlog.test.ts).
      const looked = size < 600 || size % 509 === 0 || size % 256 < 2 || size > 256 * 256 - 3;
      if (looked && hex(tree.root()) !== hex(frontier.root())) wrong.push(`root ${size}`);
      for (const { tile, hashes } of looked ? tree.partials() : []) {
        const expected = nodes[tile.level]!.slice(tile.index * 256);
        if (hex(hashes) !== hex(Buffer.concat(expected)) || expected.length !== tile.width) {
          wrong.push(`${tilePath(tile)} of ${size}`);
        }
      }
      frontier.append(leafHash(entryOf(size))).forEach((hash, level) => {
        if (level % 8 > 0) return;
        nodes[level / 8] ??= [];
        nodes[level / 8]!.push(hash);
      });
      for (const { tile, hashes } of tree.append(entryOf(size))) full.set(tilePath(tile), hashes);
    }
    expect(wrong).toEqual([]);
    expect(full.size).toBe(257 + 1);
    for (const [path, hashes] of full) {
      const [, level = '', index = ''] = path.split('/');
      const expected = nodes[Number(level)]!.slice(Number(index) * 256, (Number(index) + 1) * 256);
      expect(hex(hashes)).toBe(hex(Buffer.concat(expected)));
    }
  });

  it('goes on from its tiles as if it had never stopped', async () => {
    const tree = TileTree.empty();
    for (const [from, to] of [
      [0, 1],
      [1, 255],
      [255, 256],
      [256, 700],
      [700, 66_000],
    ] as const) {
      const tiles = new Map(tree.partials().map(({ tile, hashes }) => [tilePath(tile), hashes]));
      const again = await TileTree.read(from, async (tile) => tiles.get(tilePath(tile))!);
      for (let index = from; index < to; index++) {
        const [one, other] = [tree.append(entryOf(index)), again.append(entryOf(index))];
        if (one.length > 0) expect(other).toEqual(one);
      }
      expect(again.size).toBe(to);
      expect(hex(again.root())).toBe(hex(tree.root()));
    }
  });
});

describe.skipIf(!hasVectors)('a log that others made', () => {
  it('is rebuilt byte for byte: 16 checkpoints, 15 tiles, 15 bundles', () => {
    const key = parseSigner(KEY) ?? expect.fail('no signer');
    const published = (path: string) => readVector('tessera-testlog/testdata/log', path);
    const entries = parseBundle(published('tile/entries/000.p/15')) ?? expect.fail('no bundle');
    expect(entries.map(String).slice(0, 5)).toEqual(['one', 'two', 'three', 'four', 'five']);
    const tree = TileTree.empty();
    for (let size = 0; size <= 15; size++) {
      const note = signCheckpoint({ origin: 'example.com/log/testdata', size, root: tree.root() }, key);
      expect(note).toBe(published(`checkpoint.${size}`).toString());
      if (size > 0) {
        const [partial] = tree.partials();
        expect(hex(partial!.hashes)).toBe(hex(published(tilePath(partial!.tile))));
        const bundle = tilePath({ level: 'entries', index: 0, width: size });
        expect(hex(bundleContent(entries.slice(0, size)))).toBe(hex(published(bundle)));
      }
      if (size < 15) tree.append(entries[size]!);
    }
  });
});
