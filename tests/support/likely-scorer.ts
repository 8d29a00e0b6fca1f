import type { Scorer } from '../../src/domain/ports.ts';

/** What the small campaign's model does, in this process: for tests of which the scoring process is not the matter. */
export const likelyScorer: Scorer = {
  async open({ features }) {
    return {
      runtime: 'likely-scorer',
      async score(matrix, rows) {
        return Float64Array.from({ length: rows }, (_, row) => matrix[row * features.length] ?? Number.NaN);
      },
      async explain(reference, rows) {
        const width = features.length;
        const places = Array.from({ length: reference.length / width }, (_, row) => row * width);
        const baseline = places.reduce((sum, at) => sum + (reference[at] ?? Number.NaN), 0) / places.length;
        return Array.from({ length: rows.length / width }, (_, row) => ({
          method: 'COALITIONS',
          baseline,
          values: Float64Array.from({ length: width }, (_, feature) =>
            feature === 0 ? (rows[row * width] ?? Number.NaN) - baseline : 0,
          ),
          standardErrors: null,
        }));
      },
      cuts: async () => null,
      judge: async () => [],
      close: async () => {},
    };
  },
};
