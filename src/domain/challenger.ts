import { Histogram, SCORE_EDGES } from './drift.ts';

/** What came of a run's challenger: it scored, was left out, or failed. */
export const CHALLENGER_OUTCOMES = ['SCORED', 'SKIPPED', 'FAILED'] as const;
export type ChallengerOutcome = (typeof CHALLENGER_OUTCOMES)[number];

/** What a challenger would have decided on a customer whom the run scored. `rank` is 1 for the best of its scores. */
export interface ChallengerDecision {
  /** The row in the run's snapshot. */
  readonly row: number;
  readonly customer: string;
  readonly score: number;
  readonly rank: number;
  /** At or above the run's threshold and within its capacity. */
  readonly chosen: boolean;
}

/**
 * What the leaf of a challenger's decision says in the tree over all of them, in the order of the snapshot: a JSON array in RFC 8785
 * form, `["challenger/1",row,customer,score,rank,chosen,salt in hex]`.
 */
export function challengerLeafText(decision: ChallengerDecision, salt: string): string {
  const { row, customer, score, rank, chosen } = decision;
  return `["challenger/1",${row},"${customer}",${score},${rank},${chosen},"${salt}"]`;
}

/** The customers whom both models scored, in the same order. */
export interface BothScored {
  readonly scores: Float64Array;
  readonly ranks: Int32Array;
  readonly chosen: Uint8Array;
  readonly liveScores: Float64Array;
  readonly liveRanks: Int32Array;
  readonly liveChosen: Uint8Array;
}

/** A challenger beside the live model of a run, in counts; nothing of it tells of a customer. */
export interface ChallengerSummary {
  /** Whom the run scored, and so many of them lacked what the challenger needs to know. */
  readonly eligible: number;
  readonly incomplete: number;
  /** Chosen and not in the holdout. */
  readonly wouldMail: number;
  readonly chosenByBoth: number;
  readonly chosenByChallenger: number;
  readonly chosenByLive: number;
  /** The share of those scored by both on whom both choose alike; null of nobody. */
  readonly agreement: number | null;
  /** Spearman's rank correlation of the scores, −1 to 1; null of fewer than two. */
  readonly rankCorrelation: number | null;
  /** Counts per bin of SCORE_EDGES, the last above them all. */
  readonly scores: readonly number[];
  readonly liveScores: readonly number[];
}

/** Compares what a challenger would have chosen with what the run chose, of those whom both scored. */
export function compareWithLive(
  both: BothScored,
  facts: Pick<ChallengerSummary, 'eligible' | 'incomplete' | 'wouldMail'>,
): ChallengerSummary {
  const { chosen, liveChosen, ranks, liveRanks } = both;
  const count = (of: (at: number) => boolean) => chosen.reduce((sum, _, at) => sum + (of(at) ? 1 : 0), 0);
  const differing = count((at) => chosen[at] !== liveChosen[at]);
  return {
    ...facts,
    chosenByBoth: count((at) => chosen[at] === 1 && liveChosen[at] === 1),
    chosenByChallenger: count((at) => chosen[at] === 1),
    chosenByLive: count((at) => liveChosen[at] === 1),
    agreement: chosen.length === 0 ? null : 1 - differing / chosen.length,
    rankCorrelation: rankCorrelation(ranks, liveRanks),
    scores: countsOf(both.scores),
    liveScores: countsOf(both.liveScores),
  };
}

/**
 * Spearman's rho of two rankings without ties: 1 − 6 Σ d² / (n (n² − 1)). The ranks of those left out of the second are closed up.
 * Null of fewer than two.
 */
function rankCorrelation(ranks: Int32Array, others: Int32Array): number | null {
  const size = ranks.length;
  if (size < 2) return null;
  const order = Uint32Array.from(others, (_, at) => at).sort((a, b) => (others[a] ?? 0) - (others[b] ?? 0));
  let squares = 0;
  for (const [place, at] of order.entries()) squares += (place + 1 - (ranks[at] ?? 0)) ** 2;
  return 1 - (6 * squares) / (size * (size * size - 1));
}

function countsOf(scores: Float64Array): readonly number[] {
  const histogram = new Histogram(SCORE_EDGES);
  for (const score of scores) histogram.add(score);
  return [...histogram.counts];
}
