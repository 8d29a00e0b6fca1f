import { HASH_SIZE } from './tlog.ts';

// C2SP tlog-tiles: the tree cut into files of 256 hashes, and the entries into files of 256 of them.

/** Hashes, or entries, of a full tile. */
export const TILE_WIDTH = 256;

const MAX_LEVEL = 63;
const LENGTH_BYTES = 2;
const PATH = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*)(\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** One file of the tree. */
export interface Tile {
  /** 0 holds leaf hashes, each level above the roots of whole tiles of the one below; `entries` are the entries themselves. */
  readonly level: number | 'entries';
  /** The place within the level, from 0. */
  readonly index: number;
  /** How many hashes or entries, from 1 to 256; less than 256 is a partial tile. */
  readonly width: number;
}

/** Where a tile lies: `tile/<level>/<index>`, and `.p/<width>` behind a partial one. */
export function tilePath({ level, index, width }: Tile): string {
  const groups = [(index % 1000).toString().padStart(3, '0')];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${(rest % 1000).toString().padStart(3, '0')}`);
  }
  return `tile/${level}/${groups.join('/')}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** The tile that lies there; undefined when the path is not exactly one that tilePath writes. */
export function parseTilePath(path: string): Tile | undefined {
  const [, level = '', groups = '', last = '', width = `${TILE_WIDTH}`] = PATH.exec(path) ?? [];
  const tile: Tile = {
    level: level === 'entries' ? level : Number(level),
    index: Number(`${groups.replaceAll(/[x/]/g, '')}${last}`),
    width: Number(width),
  };
  const known =
    level !== '' && (tile.level === 'entries' || tile.level <= MAX_LEVEL) && tile.width <= TILE_WIDTH;
  // What is written otherwise (zeros before the index, a partial tile of full width) reads as another path.
  return known && Number.isSafeInteger(tile.index) && tilePath(tile) === path ? tile : undefined;
}

/** The tile at the right edge of a level of the tree of `size` entries; undefined where all tiles of the level are full. */
export function partialTile(level: number, size: number): Tile | undefined {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  const width = hashes % TILE_WIDTH;
  return width === 0 ? undefined : { level, index: Math.floor(hashes / TILE_WIDTH), width };
}

/** Whether bytes can be those of a tile of hashes of this width. */
export function isHashTile(bytes: Uint8Array, width: number): boolean {
  return bytes.length === HASH_SIZE * width;
}

/** The content of an entry bundle: before each entry its length, two bytes, big-endian. Throws RangeError on what does not fit. */
export function bundleContent(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length < 1 || entries.length > TILE_WIDTH)
    throw new RangeError('a bundle has 1 to 256 entries');
  return Buffer.concat(
    entries.flatMap((entry) => {
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );
}

/** The entries of a bundle, as parts of its bytes; undefined when they are not exactly 1 to 256 entries. */
export function parseBundle(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  const bundle = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries: Uint8Array[] = [];
  let offset = 0;
  while (offset + LENGTH_BYTES <= bundle.length && entries.length < TILE_WIDTH) {
    const start = offset + LENGTH_BYTES;
    offset = start + bundle.readUInt16BE(offset);
    if (offset > bundle.length) return undefined;
    entries.push(bundle.subarray(start, offset));
  }
  return offset === bundle.length && entries.length > 0 ? entries : undefined;
}
