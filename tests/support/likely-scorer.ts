import type { Scorer } from '../../src/domain/ports.ts';

/** What the small campaign's model does, in this process: for tests of which the scoring process is not the matter. */
export const likelyScorer: Scorer = {
  async open({ features }) {
    return {
      runtime: 'likely-scorer',
      async score(matrix, rows) {
        return Float64Array.from({ length: rows }, (_, row) => matrix[row * features.length] ?? Number.NaN);
      },
      close: async () => {},
    };
  },
};
