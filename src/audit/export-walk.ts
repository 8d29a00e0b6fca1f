import { type ExportFolder, readHashTile } from './export-folder.ts';
import { type ExportFault, type FoundCheckpoint, fault } from './exported-checkpoints.ts';
import { bundleContent, isHashTile, parseBundle, TILE_WIDTH, type Tile, tilePath } from './tile.ts';
import { type HashTile, TileTree } from './tile-tree.ts';
import { HASH_SIZE, sameHash } from './tlog.ts';

/** A tile whose stored hash is not the one that the entries have. */
export interface TileDifference {
  /** The lowest level has the leaves, 0. */
  readonly level: number;
  /** The place of the first such hash in its level: it stands for the entries from place × 256^level on. */
  readonly place: number;
  readonly fault: ExportFault;
}

/** An export and how many entries its newest checkpoint covers. */
export interface SizedExport {
  readonly folder: ExportFolder;
  readonly size: number;
}

/** Builds the tree again out of an export's entries, and collects what the folder says otherwise. */
export class ExportWalk {
  readonly differences: TileDifference[] = [];
  /** The checkpoints over these entries, the largest size of them that precedes `wrong`, and the first that is not. */
  readonly right = new Set<FoundCheckpoint>();
  rightUpTo = 0;
  wrong: FoundCheckpoint | null = null;
  /** The first entry of which the mirror has another, with its bundle. */
  mirrored: { readonly file: string; readonly leaf: number } | null = null;

  private readonly tree = TileTree.empty();
  private judged = 0;
  private readonly listed = new Map<string, ReadonlySet<string>>();

  /** @param checkpoints over at most the export's entries, smallest first */
  constructor(
    private readonly log: SizedExport,
    private readonly checkpoints: readonly FoundCheckpoint[],
    private readonly mirror: SizedExport | null,
  ) {}

  /** How many entries were read. */
  get entries(): number {
    return this.tree.size;
  }

  get root(): Uint8Array {
    return this.tree.root();
  }

  /** Reads every entry and compares every tile and checkpoint; answers what could not be read. */
  async run(): Promise<ExportFault | undefined> {
    this.judge();
    for (let first = 0; first < this.log.size; first += TILE_WIDTH) {
      const bundle = bundleOf(first, this.log.size);
      const entries = await readEntries(this.log.folder, bundle);
      if ('rule' in entries) return entries;
      await this.compareMirror(bundle, entries);
      const full = entries.flatMap((entry) => this.take(entry));
      for (const tile of full) await this.compareTile(tile);
      await this.compareReplaced(bundle, (width) => bundleContent(entries.slice(0, width)));
    }
    for (const partial of this.tree.partials()) await this.compareTile(partial);
    return undefined;
  }

  private take(entry: Uint8Array): readonly HashTile[] {
    const full = this.tree.append(entry);
    this.judge();
    return full;
  }

  private judge(): void {
    for (let next = this.due(); next !== undefined; next = this.due()) {
      this.judged += 1;
      if (!sameHash(next.root, this.tree.root())) this.wrong ??= next;
      else this.right.add(next);
      if (this.wrong === null) this.rightUpTo = next.size;
    }
  }

  private due(): FoundCheckpoint | undefined {
    const next = this.checkpoints[this.judged];
    return next?.size === this.tree.size ? next : undefined;
  }

  private async compareTile({ tile, hashes }: HashTile): Promise<void> {
    const differs = (rule: 'MISSING' | 'UNREADABLE' | 'TILE', message: string, at = 0) =>
      this.differences.push({
        level: tile.level,
        place: tile.index * TILE_WIDTH + at,
        fault: fault(tilePath(tile), rule, message),
      });
    const stored = await readHashTile(this.log.folder, tile);
    if (stored === undefined) differs('MISSING', 'it is not there');
    else if (!isHashTile(stored, tile.width)) differs('UNREADABLE', `it has ${stored.length} bytes`);
    else if (!sameHash(stored, hashes)) {
      const at = Math.floor(hashes.findIndex((byte, place) => byte !== stored[place]) / HASH_SIZE);
      differs('TILE', `its hash ${at} is not that of the entries`, at);
    }
    await this.compareReplaced(tile, (width) => hashes.subarray(0, HASH_SIZE * width));
  }

  /** Partial tiles stay where storage keeps everything; each must be the beginning of what replaced it. */
  private async compareReplaced(tile: Tile, beginning: (width: number) => Uint8Array): Promise<void> {
    const folder = `${tilePath({ ...tile, width: TILE_WIDTH })}.p`;
    if (!(await this.isThere(folder))) return;
    for (const name of await this.log.folder.list(folder)) {
      const width = Number(name);
      // Wider ones are of an export that was not finished: no checkpoint covers them yet.
      if (!(width >= 1 && width < tile.width)) continue;
      const stored = await this.log.folder.read(`${folder}/${name}`);
      if (stored !== undefined && sameHash(stored, beginning(width))) continue;
      const [level, place] = [tile.level === 'entries' ? 0 : tile.level, tile.index * TILE_WIDTH];
      const wrong = fault(
        `${folder}/${name}`,
        'TILE',
        'it is not the beginning of the tile that replaced it',
      );
      this.differences.push({ level, place, fault: wrong });
    }
  }

  /** Looks at a thousand tiles at once: few have partial ones beside them. */
  private async isThere(path: string): Promise<boolean> {
    const end = path.lastIndexOf('/');
    const parent = path.slice(0, end);
    const names = this.listed.get(parent) ?? new Set(await this.log.folder.list(parent));
    this.listed.set(parent, names);
    return names.has(path.slice(end + 1));
  }

  private async compareMirror({ index }: Tile, entries: readonly Uint8Array[]): Promise<void> {
    const first = index * TILE_WIDTH;
    if (this.mirror === null || this.mirrored !== null || first >= this.mirror.size) return;
    const bundle = bundleOf(first, this.mirror.size);
    const others = await readEntries(this.mirror.folder, bundle);
    // What is wrong with the mirror alone is found by verifying it.
    if ('rule' in others) return;
    const at = entries.findIndex((entry, place) => {
      const other = others[place];
      return other !== undefined && !sameHash(entry, other);
    });
    if (at >= 0) this.mirrored = { file: tilePath(bundleOf(first, this.log.size)), leaf: first + at };
  }
}

/** Where the bundle of an entry lies, in a log of `size` entries. */
export function bundleOf(leaf: number, size: number): Tile {
  const index = Math.floor(leaf / TILE_WIDTH);
  return { level: 'entries', index, width: Math.min(TILE_WIDTH, size - index * TILE_WIDTH) };
}

/** The entries of a bundle; of a partial one that a full one has replaced, the first of that. */
async function readEntries(folder: ExportFolder, bundle: Tile): Promise<readonly Uint8Array[] | ExportFault> {
  for (const tile of [bundle, { ...bundle, width: TILE_WIDTH }]) {
    const content = await folder.read(tilePath(tile));
    if (content === undefined) continue;
    const entries = parseBundle(content);
    if (entries?.length === tile.width) return entries.slice(0, bundle.width);
    return fault(
      tilePath(tile),
      'UNREADABLE',
      `it does not hold ${tile.width} entries, each behind its length`,
    );
  }
  return fault(tilePath(bundle), 'MISSING', `the newest checkpoint covers its ${bundle.width} entries`);
}
