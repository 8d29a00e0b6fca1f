import type { Arm } from './decision.ts';
import type { KeyedHash } from './keyed-hash.ts';

export interface SampleCandidate {
  readonly customer: string;
  readonly arm: Extract<Arm, 'MODEL' | 'EXPLORATION'>;
  readonly score: number | null;
}

const SCORE_PARTS = 4;

/**
 * Draws the customers whom a reviewer looks at: a stratum per arm and quarter of its scores, each stratum in turn giving
 * its customer of the lowest keyed hash until the sample is full. The same key draws the same sample.
 */
export function drawSample(
  candidates: readonly SampleCandidate[],
  size: number,
  hash: KeyedHash,
): readonly string[] {
  const strata = (['MODEL', 'EXPLORATION'] as const).flatMap((arm) => {
    const byScore = candidates
      .filter((candidate) => candidate.arm === arm)
      .toSorted((a, b) => (b.score ?? 0) - (a.score ?? 0) || (a.customer < b.customer ? -1 : 1));
    return Array.from({ length: SCORE_PARTS }, (_, part) =>
      byScore
        .slice(
          Math.floor((part * byScore.length) / SCORE_PARTS),
          Math.floor(((part + 1) * byScore.length) / SCORE_PARTS),
        )
        .map(({ customer }) => customer)
        .toSorted((a, b) => hash.fraction(a) - hash.fraction(b)),
    );
  });
  const sample: string[] = [];
  for (let turn = 0; sample.length < Math.min(size, candidates.length); turn++) {
    for (const stratum of strata) {
      const customer = stratum[turn];
      if (customer !== undefined && sample.length < size) sample.push(customer);
    }
  }
  return sample;
}
