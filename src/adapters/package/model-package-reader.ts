import type { ModelCard, ModelPackage } from '../../domain/model-card.ts';
import { type ModelPackageReader, PackageError, type PackageFault } from '../../domain/ports.ts';
import { readCard } from './card-file.ts';
import { filesOfFolder, filesOfZip, PACKAGE_FILES, type PackageFiles } from './package-files.ts';
import { readReference, readTraining } from './package-tables.ts';

/** Reads model packages as zip or folder (feed.md §2). The model itself is not opened: that is the scorer's. */
export class FileModelPackageReader implements ModelPackageReader {
  /** Throws PackageError with every fault found. */
  async fromZip(zip: Uint8Array): Promise<ModelPackage> {
    return readPackage(await filesOfZip(zip));
  }

  /** Throws PackageError with every fault found. */
  async fromFolder(folder: string): Promise<ModelPackage> {
    return readPackage(await filesOfFolder(folder));
  }

  /** Throws PackageError with every fault found. */
  async fromFiles(files: ModelPackage['files']): Promise<ModelPackage> {
    return readPackage({ files: new Map(PACKAGE_FILES.map((name) => [name, files[name]])), ignored: [] });
  }
}

async function readPackage({ files, ignored }: PackageFiles): Promise<ModelPackage> {
  const faults: PackageFault[] = [];
  for (const file of PACKAGE_FILES) {
    const rule = files.has(file) ? 'is empty' : 'is missing';
    if ((files.get(file)?.length ?? 0) === 0) faults.push({ file, line: null, field: null, rule });
  }
  const content = (name: (typeof PACKAGE_FILES)[number]): Uint8Array => files.get(name) ?? new Uint8Array();
  const card = content('card.yaml').length > 0 ? cardOf(content('card.yaml'), faults) : undefined;
  const features = card?.features.map(({ name }) => name) ?? [];
  const present = (name: (typeof PACKAGE_FILES)[number]): boolean =>
    features.length > 0 && content(name).length > 0;
  const reference = present('reference.csv')
    ? await readReference(content('reference.csv'), features)
    : undefined;
  const training = present('training.csv')
    ? await readTraining(content('training.csv'), features)
    : undefined;
  faults.push(...(reference?.faults ?? []), ...(training?.faults ?? []));
  if (faults.length > 0 || card === undefined || reference === undefined || training === undefined)
    throw new PackageError(faults);
  return {
    card,
    files: {
      'model.onnx': content('model.onnx'),
      'card.yaml': content('card.yaml'),
      'training.csv': content('training.csv'),
      'reference.csv': content('reference.csv'),
    },
    reference: reference.rows,
    training: training.table,
    ignored,
  };
}

function cardOf(bytes: Uint8Array, faults: PackageFault[]): ModelCard | undefined {
  try {
    return readCard(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof PackageError) faults.push(...error.faults);
    else if (error instanceof TypeError) {
      faults.push({ file: 'card.yaml', line: null, field: null, rule: 'must be UTF-8' });
    } else throw error;
    return undefined;
  }
}
