import { merkleRoot, writeLeafHashOf } from './merkle.ts';
import { partialTile, TILE_WIDTH, type Tile } from './tile.ts';
import { emptyRoot, HASH_SIZE } from './tlog.ts';

/** A tile of hashes with its content. */
export interface HashTile {
  readonly tile: Tile & { readonly level: number };
  readonly hashes: Uint8Array;
}

/** The right edge of the tree: the tiles that are not full, level by level. All that is needed to append and to know the root. */
export class TileTree {
  private constructor(
    private count: number,
    private readonly edge: Buffer[],
  ) {}

  static empty(): TileTree {
    return new TileTree(0, []);
  }

  /** The tree of `size` entries, out of the partial tiles of its right edge. */
  static async read(size: number, readTile: (tile: Tile) => Promise<Uint8Array>): Promise<TileTree> {
    const edge: Buffer[] = [];
    for (let level = 0; size >= TILE_WIDTH ** level; level++) {
      const tile = partialTile(level, size);
      const hashes = emptyTile();
      if (tile !== undefined) hashes.set(await readTile(tile));
      edge.push(hashes);
    }
    return new TileTree(size, edge);
  }

  /** How many entries it has. */
  get size(): number {
    return this.count;
  }

  /** Appends an entry's bytes; returns the tiles that it fills, lowest first. */
  append(entry: Uint8Array): readonly HashTile[] {
    const leaves = this.tileAt(0);
    const place = this.count % TILE_WIDTH;
    writeLeafHashOf(leaves, place, entry);
    this.count += 1;
    return place === TILE_WIDTH - 1 ? this.fill() : [];
  }

  /** The partial tiles of the right edge, lowest first. */
  partials(): readonly HashTile[] {
    return this.edge.flatMap((hashes, level) => {
      const tile = partialTile(level, this.count);
      if (tile === undefined) return [];
      return [{ tile: { ...tile, level }, hashes: Buffer.from(hashes.subarray(0, HASH_SIZE * tile.width)) }];
    });
  }

  /** RFC 6962 §2.1: what a level's partial tile leaves over is the last, incomplete node of the level above. */
  root(): Uint8Array {
    const root = this.partials().reduce<Uint8Array | undefined>(
      (below, { hashes }) => merkleRoot(below === undefined ? hashes : Buffer.concat([hashes, below])),
      undefined,
    );
    return root ?? emptyRoot();
  }

  private fill(): HashTile[] {
    const full: HashTile[] = [];
    for (let level = 0, nodes = this.count; nodes % TILE_WIDTH === 0; level++) {
      nodes /= TILE_WIDTH;
      const hashes = Buffer.from(this.tileAt(level));
      full.push({ tile: { level, index: nodes - 1, width: TILE_WIDTH }, hashes });
      this.tileAt(level + 1).set(merkleRoot(hashes), HASH_SIZE * ((nodes - 1) % TILE_WIDTH));
    }
    return full;
  }

  private tileAt(level: number): Buffer {
    const known = this.edge[level];
    if (known !== undefined) return known;
    const made = emptyTile();
    this.edge[level] = made;
    return made;
  }
}

function emptyTile(): Buffer {
  return Buffer.alloc(HASH_SIZE * TILE_WIDTH);
}
