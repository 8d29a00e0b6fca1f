import type { Arm, Outcome, Reason } from './decision.ts';
import type { KeyedHash } from './keyed-hash.ts';

/** The keyed hashes that decide where chance decides, each under a key of its own. */
export interface SelectionKeys {
  /** Breaks ties of equal scores. */
  readonly ties: KeyedHash;
  /** Draws the holdout; its key stays the same for an evaluation period. */
  readonly holdout: KeyedHash;
  readonly exploration: KeyedHash;
}

export interface SelectionSettings {
  readonly threshold: number;
  readonly capacity: number;
  readonly holdoutShare: number;
  readonly explorationSize: number;
}

/** How an eligible customer ended. The position in the list is the code that the store keeps. */
export const VERDICTS_OF_SELECTION = [
  'MODEL',
  'HOLDOUT',
  'EXPLORATION_BELOW',
  'EXPLORATION_CAPACITY',
  'BELOW',
  'CAPACITY',
] as const;
export type SelectionVerdict = (typeof VERDICTS_OF_SELECTION)[number];

const MEANING: Readonly<
  Record<SelectionVerdict, { outcome: Outcome; arm: Arm | null; reasons: readonly Reason[] }>
> = {
  MODEL: { outcome: 'MAIL', arm: 'MODEL', reasons: ['ABOVE_THRESHOLD'] },
  HOLDOUT: { outcome: 'HELD_OUT', arm: 'HOLDOUT', reasons: ['RANDOM_HOLDOUT', 'ABOVE_THRESHOLD'] },
  EXPLORATION_BELOW: {
    outcome: 'MAIL',
    arm: 'EXPLORATION',
    reasons: ['RANDOM_EXPLORATION', 'BELOW_THRESHOLD'],
  },
  EXPLORATION_CAPACITY: {
    outcome: 'MAIL',
    arm: 'EXPLORATION',
    reasons: ['RANDOM_EXPLORATION', 'CAPACITY', 'ABOVE_THRESHOLD'],
  },
  BELOW: { outcome: 'NOT_CHOSEN', arm: null, reasons: ['BELOW_THRESHOLD'] },
  CAPACITY: { outcome: 'NOT_CHOSEN', arm: null, reasons: ['CAPACITY', 'ABOVE_THRESHOLD'] },
};

export function meaningOf(code: number): (typeof MEANING)[SelectionVerdict] {
  const verdict = VERDICTS_OF_SELECTION[code];
  if (verdict === undefined) throw new RangeError(`no verdict has the code ${code}`);
  return MEANING[verdict];
}

/** Who may be chosen: their ids, and in the same order what they are chosen by. */
export interface EligibleScores {
  readonly customers: readonly string[];
  /** Their probabilities. */
  readonly scores: Float64Array;
  /** Their keyed hashes, which break ties; worked out where they are left out. */
  readonly tieHashes?: Float64Array;
}

export interface Selection {
  /** Per eligible customer, the position of the verdict in VERDICTS_OF_SELECTION. */
  readonly verdicts: Uint8Array;
  /** Per eligible customer, 1 for the best score. */
  readonly ranks: Int32Array;
  /** How many scores are at or above the threshold. */
  readonly aboveThreshold: number;
}

/** What is left of the choice of a customer who was erased; rank null of who was not eligible. */
export interface ErasedChoice {
  readonly rank: number | null;
  readonly explored: boolean;
}

/** Whether the model's choice falls on a score of this rank: at or above the threshold, and within capacity. */
export function isChosen(
  score: number,
  rank: number,
  { threshold, capacity }: Pick<SelectionSettings, 'threshold' | 'capacity'>,
): boolean {
  return score >= threshold && rank <= capacity;
}

/** Who comes first of two whose scores are equal: the lower keyed hash, equal hashes by id; a comparison to sort by. */
export function byTie(hashA: number, idA: string, hashB: number, idB: string): number {
  return hashA - hashB || (idA < idB ? -1 : 1);
}

/**
 * Chooses among the scored (domain.md, step 7): at or above the threshold, the best scores first up to the capacity, ties by
 * keyed hash; the holdout out of the chosen; the exploration out of those not chosen, whoever hashes lowest.
 * @param erased customers who were there then: each keeps the rank, and those drawn at random their place among them
 */
export function select(
  eligible: EligibleScores,
  settings: SelectionSettings,
  keys: SelectionKeys,
  erased: ReadonlyMap<number, ErasedChoice> = new Map(),
): Selection {
  const { customers, scores } = eligible;
  const gone = new Set([...erased.values()].map(({ rank }) => rank));
  const explored = [...erased.values()].filter((choice) => choice.explored).length;
  const order = rankOrder(eligible, keys.ties);
  const verdicts = new Uint8Array(scores.length);
  const ranks = new Int32Array(scores.length);
  let aboveThreshold = 0;
  let rank = 0;
  for (const at of order) {
    do rank++;
    while (gone.has(rank));
    ranks[at] = rank;
    const above = (scores[at] ?? 0) >= settings.threshold;
    if (above) aboveThreshold++;
    const chosen = isChosen(scores[at] ?? 0, rank, settings);
    const heldOut = chosen && keys.holdout.fraction(customers[at] ?? '') < settings.holdoutShare;
    const verdict: SelectionVerdict = chosen ? (heldOut ? 'HOLDOUT' : 'MODEL') : above ? 'CAPACITY' : 'BELOW';
    verdicts[at] = CODE[verdict];
  }
  for (const at of lowest(customers, verdicts, settings.explorationSize - explored, keys.exploration)) {
    verdicts[at] = verdicts[at] === CODE.CAPACITY ? CODE.EXPLORATION_CAPACITY : CODE.EXPLORATION_BELOW;
  }
  return { verdicts, ranks, aboveThreshold };
}

const CODE = Object.fromEntries(VERDICTS_OF_SELECTION.map((verdict, i) => [verdict, i])) as Record<
  SelectionVerdict,
  number
>;

/** Most groups of equal scores are smaller, and sorted faster in place than by a call. */
const FEW = 16;

/** Positions by descending score, equal scores by ascending keyed hash, equal hashes by id. */
function rankOrder({ customers, scores, tieHashes }: EligibleScores, ties: KeyedHash): Uint32Array {
  const hashes = tieHashes ?? Float64Array.from(customers, (customer) => ties.fraction(customer));
  const { order, starts } = groupByScore(scores);
  const tied = (a: number, b: number) =>
    byTie(hashes[a] ?? 0, customers[a] ?? '', hashes[b] ?? 0, customers[b] ?? '');
  starts.forEach((from, group) => {
    const to = starts[group + 1] ?? order.length;
    if (to - from > FEW) order.subarray(from, to).sort(tied);
    else insertionSort(order, from, to, tied);
  });
  return order;
}

/** Sorts the places from `from` up to `to`. */
function insertionSort(
  order: Uint32Array,
  from: number,
  to: number,
  compare: (a: number, b: number) => number,
): void {
  for (let next = from + 1; next < to; next++) {
    const own = order[next] ?? 0;
    let place = next;
    for (; place > from && compare(order[place - 1] ?? 0, own) > 0; place--)
      order[place] = order[place - 1] ?? 0;
    order[place] = own;
  }
}

/**
 * Positions by descending score, and where each group of equal scores starts. Numbers alone are sorted, which takes a tenth of the time
 * of sorting a million positions by a comparison; each position then finds its group.
 */
function groupByScore(scores: Float64Array): { readonly order: Uint32Array; readonly starts: Uint32Array } {
  const distinct = scores.toSorted().reverse();
  const starts = new Uint32Array(scores.length);
  let groups = 0;
  distinct.forEach((score, at) => {
    if (at > 0 && score === distinct[groups - 1]) return;
    starts[groups] = at;
    distinct[groups++] = score;
  });
  const free = starts.slice(0, groups);
  const order = new Uint32Array(scores.length);
  for (let at = 0; at < scores.length; at++) {
    const score = scores[at] ?? 0;
    let low = 0;
    let high = groups - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((distinct[middle] ?? 0) > score) low = middle + 1;
      else high = middle;
    }
    const place = free[low] ?? 0;
    order[place] = at;
    free[low] = place + 1;
  }
  return { order, starts: starts.subarray(0, groups) };
}

/** The `count` customers not chosen whose hash is lowest. */
function lowest(
  customers: readonly string[],
  verdicts: Uint8Array,
  count: number,
  hash: KeyedHash,
): readonly number[] {
  const drawn: { at: number; hash: number }[] = [];
  let bar = 1;
  for (let at = 0; at < customers.length && count > 0; at++) {
    if (verdicts[at] !== CODE.BELOW && verdicts[at] !== CODE.CAPACITY) continue;
    const value = hash.fraction(customers[at] ?? '');
    if (value >= bar) continue;
    drawn.push({ at, hash: value });
    // Twice as many as needed are kept between cuts, so that a million customers are not sorted for the sake of twenty.
    if (drawn.length >= 2 * count + 64) bar = cut(drawn, count);
  }
  cut(drawn, count);
  return drawn.map(({ at }) => at);
}

/** Keeps the `count` lowest and returns the bar that a further one must stay below. */
function cut(drawn: { at: number; hash: number }[], count: number): number {
  drawn.sort((a, b) => a.hash - b.hash || a.at - b.at);
  drawn.length = Math.min(drawn.length, count);
  return drawn.length === count ? (drawn.at(-1)?.hash ?? 1) : 1;
}
