import type { ModelPackage } from '../../domain/model-card.ts';
import type { PackageFault } from '../../domain/ports.ts';
import { type PlacedWeeks, placeWeeks, weeksOfRows } from '../../domain/training-table.ts';

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
    readonly weeks: PlacedWeeks;
    readonly matrix: Float32Array;
    readonly labels: Uint8Array;
  };
  readonly buffers: readonly ArrayBuffer[];
}

/** What came of reading a package. */
export type ReadPackage = { readonly found: PackedPackage } | { readonly faults: readonly PackageFault[] };

export function packed({ card, files, reference, ignored, training }: ModelPackage): PackedPackage {
  const weeks = placeWeeks(training.weeks);
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
    training: { rows: training.rows, weeks, matrix, labels },
    buffers: [...Object.values(own), weeks.places, matrix, labels].map(({ buffer }) => buffer),
  };
}

export function unpacked({ training, buffers: _, ...rest }: PackedPackage): ModelPackage {
  return { ...rest, training: { ...training, weeks: weeksOfRows(training.weeks) } };
}
