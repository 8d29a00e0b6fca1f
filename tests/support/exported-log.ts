import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DiskFolder } from '../../src/adapters/export/disk-folder.ts';
import { signCheckpoint } from '../../src/audit/checkpoint.ts';
import { ExportError, type ExportTarget } from '../../src/audit/export-folder.ts';
import { type NoteSigner, signerOf } from '../../src/audit/signed-note.ts';
import { bundleContent, parseBundle, tilePath } from '../../src/audit/tile.ts';
import { TileTree } from '../../src/audit/tile-tree.ts';

export const ORIGIN = 'audit.example/test';
export const SIGNER = signerOf(ORIGIN, new Uint8Array(32).fill(7));
/** Signs under the same name, and is not the log's. */
export const ROGUE = signerOf(ORIGIN, new Uint8Array(32).fill(8));

export function diskFolder(path: string): ExportTarget {
  return new DiskFolder(path, (message) => new ExportError(message));
}

export const leafOf = (index: number): Buffer => Buffer.from(`leaf ${index}`);
/** The same entries but for one. */
export const forgedAt = (at: number) => (index: number) =>
  index === at ? Buffer.from('forged') : leafOf(index);

/** An export on disk, made without a database, that a test may tamper with. */
export class ExportedLog {
  readonly path = mkdtempSync(join(tmpdir(), 'waarom-export-'));
  readonly folder = diskFolder(this.path);

  /** @param sizes of the checkpoints, smallest first */
  static of(
    sizes: readonly number[],
    entryAt: (index: number) => Uint8Array = leafOf,
    signer: NoteSigner = SIGNER,
    origin = ORIGIN,
  ): ExportedLog {
    const log = new ExportedLog();
    const tree = TileTree.empty();
    let bundle: Uint8Array[] = [];
    for (const size of sizes) {
      while (tree.size < size) {
        bundle.push(entryAt(tree.size));
        for (const { tile, hashes } of tree.append(bundle.at(-1)!)) {
          log.write(tilePath(tile), hashes);
          if (tile.level > 0) continue;
          log.write(tilePath({ ...tile, level: 'entries' }), bundleContent(bundle));
          bundle = [];
        }
      }
      const note = signCheckpoint({ origin, size, root: tree.root() }, signer);
      for (const file of [`checkpoints/${size}`, 'checkpoint']) log.write(file, note);
    }
    for (const { tile, hashes } of tree.partials()) log.write(tilePath(tile), hashes);
    const index = Math.floor(tree.size / 256);
    const width = bundle.length;
    if (width > 0) log.write(tilePath({ level: 'entries', index, width }), bundleContent(bundle));
    return log;
  }

  read(file: string): Buffer {
    return readFileSync(join(this.path, file));
  }

  write(file: string, content: Uint8Array | string): void {
    mkdirSync(dirname(join(this.path, file)), { recursive: true });
    writeFileSync(join(this.path, file), content);
  }

  remove(file: string): void {
    rmSync(join(this.path, file), { recursive: true });
  }

  flip(file: string, byte: number): void {
    const content = this.read(file);
    content[byte]! ^= 1;
    this.write(file, content);
  }

  /** Writes another entry into a bundle. */
  forge(file: string, place: number, entry: Uint8Array): void {
    const entries = [...parseBundle(this.read(file))!];
    entries[place] = entry;
    this.write(file, bundleContent(entries));
  }

  copy(): ExportedLog {
    const log = new ExportedLog();
    cpSync(this.path, log.path, { recursive: true });
    return log;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
