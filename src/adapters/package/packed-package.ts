import type { ModelPackage } from '../../domain/model-card.ts';
import type { PackageFault } from '../../domain/ports.ts';

/** Where a package is to be read from. */
export type PackageSource =
  | { readonly kind: 'zip'; readonly zip: Uint8Array }
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'files'; readonly files: ModelPackage['files'] };

/** A package on its way from one thread to another: what is long is handed over, not copied. */
export interface PackedPackage {
  readonly card: ModelPackage['card'];
  readonly files: ModelPackage['files'];
  readonly reference: ModelPackage['reference'];
  readonly ignored: ModelPackage['ignored'];
  readonly training: {
    readonly rows: number;
    /** Each week once; `places` has that of each row. */
    readonly weeks: readonly string[];
    readonly places: Uint32Array;
    readonly matrix: Float32Array;
    readonly labels: Uint8Array;
  };
  readonly buffers: readonly ArrayBuffer[];
}

/** What came of reading a package. */
export type ReadPackage = { readonly found: PackedPackage } | { readonly faults: readonly PackageFault[] };

export function packed({ card, files, reference, ignored, training }: ModelPackage): PackedPackage {
  const weeks = new Map<string, number>();
  const places = Uint32Array.from(training.weeks, (week) => {
    const place = weeks.get(week) ?? weeks.size;
    weeks.set(week, place);
    return place;
  });
  // In memory of their own: what lies in a pool with others cannot be handed over.
  const own = {
    'model.onnx': new Uint8Array(files['model.onnx']),
    'card.yaml': new Uint8Array(files['card.yaml']),
    'training.csv': new Uint8Array(files['training.csv']),
    'reference.csv': new Uint8Array(files['reference.csv']),
  };
  const matrix = new Float32Array(training.matrix);
  const labels = new Uint8Array(training.labels);
  return {
    card,
    files: own,
    reference,
    ignored,
    training: { rows: training.rows, weeks: [...weeks.keys()], places, matrix, labels },
    buffers: [...Object.values(own), places, matrix, labels].map(({ buffer }) => buffer),
  };
}

export function unpacked({ training, buffers: _, ...rest }: PackedPackage): ModelPackage {
  const { rows, weeks, places, matrix, labels } = training;
  const named = Array.from(places, (place) => weeks[place] ?? '');
  return { ...rest, training: { rows, weeks: named, matrix, labels } };
}
