import type { FeatureOverride } from './campaign.ts';
import { Histogram } from './drift.ts';
import { canDrift, type FeatureDistribution, referenceHistogram } from './drift-check.ts';
import type { CardFeature } from './model-card.ts';
import type { IsoDate } from './week.ts';

/** Counts how the features of a week's eligible are spread over the tenths of the model's reference sample. */
export class FeatureSpread {
  readonly #reference: readonly Histogram[];
  readonly #week: readonly Histogram[];

  /** @param reference rows of features, in the order of the card */
  constructor(
    private readonly features: readonly CardFeature[],
    reference: readonly (readonly number[])[],
  ) {
    this.#reference = features.map((_, place) => referenceHistogram(reference, place));
    this.#week = this.#reference.map(({ edges }) => new Histogram(edges));
  }

  /** Counts the first rows of a row-major matrix. */
  add(matrix: Float32Array, rows: number): void {
    const width = this.#week.length;
    for (const [place, histogram] of this.#week.entries())
      for (let row = 0; row < rows; row++) histogram.add(matrix[row * width + place] ?? Number.NaN);
  }

  /** Of the features that can drift. */
  distributions(overrides: readonly FeatureOverride[], asOf: IsoDate): readonly FeatureDistribution[] {
    return this.features.flatMap((feature, place) => {
      const [week, reference] = [this.#week[place], this.#reference[place]];
      if (week === undefined || reference === undefined || !canDrift(feature, overrides, asOf)) return [];
      return { feature, edges: week.edges, counts: week.counts, reference: reference.counts };
    });
  }
}
