import { isHashTile, TILE_WIDTH, type Tile, tilePath } from './tile.ts';
import { HASH_SIZE } from './tlog.ts';

/** The newest checkpoint of an export; the one file that is ever written anew, and the last of every export. */
export const CHECKPOINT = 'checkpoint';
/** The folder of every checkpoint, named by its size, and of those that a witness cosigned, named `<size>.<key id>`. */
export const CHECKPOINTS = 'checkpoints';

/** A folder of an exported log, to be read. Paths are relative, with slashes. */
export interface ExportFolder {
  /** The content of a file; undefined when there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** The names in a folder, none when it is not there; hidden ones are left out: they were being written. */
  list(path: string): Promise<readonly string[]>;
}

/** A folder that an export is written to: a reader sees each file whole or not at all, and in the order of writing. */
export interface ExportTarget extends ExportFolder {
  /** Writes a file for ever. Nothing happens where it is there with this content; throws ExportError where with another. */
  writeOnce(path: string, content: Uint8Array): Promise<void>;
  /** Writes a file in the place of the one that is there. */
  replace(path: string, content: Uint8Array): Promise<void>;
  /** Removes the partial tiles of a full one, where the storage lets go of them. */
  removePartials(fullTilePath: string): Promise<void>;
}

/** An export that cannot go on without contradicting what was exported. */
export class ExportError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ExportError';
  }
}

/** A tile of hashes out of an export; of a partial tile that its full one has replaced, the beginning of that. */
export async function readHashTile(folder: ExportFolder, tile: Tile): Promise<Uint8Array | undefined> {
  const exact = await folder.read(tilePath(tile));
  if (exact !== undefined || tile.width === TILE_WIDTH) return exact;
  const full = await folder.read(tilePath({ ...tile, width: TILE_WIDTH }));
  return full !== undefined && isHashTile(full, TILE_WIDTH) ? full.subarray(0, HASH_SIZE * tile.width) : full;
}
