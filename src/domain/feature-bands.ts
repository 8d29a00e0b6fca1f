import { bandOf } from './band-of.ts';
import { cutsOf, type TreeEnsemble } from './tree-ensemble.ts';

/** Between which cuts of the trees the references are. Trees cannot tell apart what is in the same band. */
export class FeatureBands {
  readonly #cuts: readonly Float32Array[];
  /** Per reference the band of each feature. */
  readonly #references: readonly Int32Array[];

  constructor(ensemble: TreeEnsemble, references: readonly Float32Array[]) {
    this.#cuts = cutsOf(ensemble, references[0]?.length ?? 0);
    this.#references = references.map((reference) => this.of(reference));
  }

  /** The band of each feature of a row. */
  of(row: Float32Array): Int32Array {
    return Int32Array.from(row, (value, feature) => bandOf(value, this.#cuts[feature] ?? new Float32Array()));
  }

  /** The features by which trees may tell a row of these bands from one of the references from `from` to before `to`. */
  apart(bands: Int32Array, from: number, to: number): readonly number[] {
    const references = this.#references.slice(from, to);
    return Array.from(bands.keys()).filter((feature) =>
      references.some((reference) => reference[feature] !== bands[feature]),
    );
  }

  /** Which of some features, by bit mask, tell a row of these bands from a reference. */
  maskApart(bands: Int32Array, reference: number, features: readonly number[]): number {
    const theirs = this.#references[reference];
    let mask = 0;
    for (let bit = 0; bit < features.length; bit++) {
      const feature = features[bit] ?? 0;
      if (theirs?.[feature] !== bands[feature]) mask |= 1 << bit;
    }
    return mask;
  }
}
