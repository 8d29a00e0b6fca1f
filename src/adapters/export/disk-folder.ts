import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What storage answers that keeps what was written, whoever asks. */
const KEPT = new Set(['EPERM', 'EACCES', 'EROFS']);

/** A folder on disk that an audit log is exported to (ExportTarget) or read from (ExportFolder). */
export class DiskFolder {
  constructor(
    readonly root: string,
    /** Makes the error of a file that is there with another content. */
    private readonly conflict: (message: string) => Error,
  ) {}

  read(path: string): Promise<Uint8Array | undefined> {
    return unlessMissing(readFile(join(this.root, path)), undefined);
  }

  async list(path: string): Promise<readonly string[]> {
    const names = await unlessMissing<readonly string[]>(readdir(join(this.root, path)), []);
    return names.filter((name) => !name.startsWith('.'));
  }

  /** Whoever writes holds the log's export lock: between the look and the rename nobody else writes. */
  async writeOnce(path: string, content: Uint8Array): Promise<void> {
    const there = await this.read(path);
    if (there === undefined) return this.replace(path, content);
    if (Buffer.compare(there, content) !== 0) {
      throw this.conflict(`${join(this.root, path)} is there already, with another content`);
    }
  }

  /** Written under a hidden name, brought to the disk and then renamed: after a crash there is the old file or the new one. */
  async replace(path: string, content: Uint8Array): Promise<void> {
    const target = join(this.root, path);
    const folder = dirname(target);
    const draft = join(folder, `.${basename(target)}.part`);
    await mkdir(folder, { recursive: true });
    const file = await open(draft, 'w');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, target);
    await synchronise(folder);
  }

  async removePartials(fullTilePath: string): Promise<void> {
    try {
      await rm(join(this.root, `${fullTilePath}.p`), { recursive: true, force: true });
    } catch (error) {
      if (!KEPT.has(codeOf(error))) throw error;
    }
  }
}

async function synchronise(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unlessMissing<T>(reading: Promise<T>, otherwise: T): Promise<T> {
  return reading.catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return otherwise;
    throw error;
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
