import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ModelPackage } from '../../domain/model-card.ts';
import { type ModelPackageReader, PackageError } from '../../domain/ports.ts';
import { type PackageSource, type ReadPackage, unpacked } from './packed-package.ts';

/** What reading a package may take. */
export interface ReadingLimits {
  readonly milliseconds: number;
  /** Of the thread's heap; the bytes of the files and the numbers of the tables are bounded by their own rules. */
  readonly heapMebibytes: number;
}

const LIMITS: ReadingLimits = { milliseconds: 60_000, heapMebibytes: 1024 };

/**
 * Reads each package in a thread of its own, so that whatever is in it keeps nobody waiting, and ends the thread that takes too
 * long or too much memory. Throws PackageError with every fault found.
 */
export class ThreadedPackageReader implements ModelPackageReader {
  readonly #limits: ReadingLimits;

  constructor(limits: ReadingLimits = LIMITS) {
    this.#limits = limits;
  }

  fromZip(zip: Uint8Array): Promise<ModelPackage> {
    return this.#read({ kind: 'zip', zip });
  }

  fromFolder(folder: string): Promise<ModelPackage> {
    return this.#read({ kind: 'folder', folder });
  }

  fromFiles(files: ModelPackage['files']): Promise<ModelPackage> {
    return this.#read({ kind: 'files', files });
  }

  async #read(source: PackageSource): Promise<ModelPackage> {
    const { milliseconds, heapMebibytes } = this.#limits;
    const { promise, resolve, reject } = Promise.withResolvers<ReadPackage>();
    const thread = new Worker(join(import.meta.dirname, `package-thread${extname(import.meta.filename)}`), {
      workerData: source,
      resourceLimits: { maxOldGenerationSizeMb: heapMebibytes },
      // Nothing of the service's environment, and nothing of what it was started with.
      env: {},
      execArgv: [],
    });
    thread.once('message', resolve);
    thread.once('error', (error) => reject(isOutOfMemory(error) ? tooMuch('more memory') : error));
    thread.once('exit', (code) => reject(new Error(`the reading of a package ended with ${code}`)));
    const timer = setTimeout(() => reject(tooMuch('longer')), milliseconds);
    try {
      const read = await promise;
      if ('faults' in read) throw new PackageError(read.faults);
      return unpacked(read.found);
    } finally {
      clearTimeout(timer);
      await thread.terminate();
    }
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

function tooMuch(what: string): PackageError {
  const rule = `takes ${what} to read than a package may: deliver a smaller one`;
  return new PackageError([{ file: 'package', line: null, field: null, rule }]);
}
