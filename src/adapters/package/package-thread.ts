import { parentPort, workerData } from 'node:worker_threads';
import { PackageError } from '../../domain/ports.ts';
import { FileModelPackageReader } from './model-package-reader.ts';
import { type PackageSource, packed, type ReadPackage } from './packed-package.ts';

/** The thread that reads one package: from `workerData`, to one message of what was found. */
async function read(source: PackageSource): Promise<ReadPackage> {
  const reader = new FileModelPackageReader();
  try {
    if (source.kind === 'zip') return { found: packed(await reader.fromZip(source.zip)) };
    if (source.kind === 'folder') return { found: packed(await reader.fromFolder(source.folder)) };
    return { found: packed(await reader.fromFiles(source.files)) };
  } catch (error) {
    if (error instanceof PackageError) return { faults: error.faults };
    throw error;
  }
}

const answer = await read(workerData);
parentPort?.postMessage(answer, 'found' in answer ? answer.found.buffers : []);
