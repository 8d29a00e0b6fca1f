import type { Check } from '../domain/check.ts';
import { Histogram, SCORE_EDGES } from '../domain/drift.ts';
import { type FeatureDistribution, judgeDrift } from '../domain/drift-check.ts';
import { DATA_INCOMPLETE, EligibilityRules } from '../domain/eligibility.ts';
import { compileFeatures, type FundPrice } from '../domain/feature.ts';
import type { FeatureShift } from '../domain/feature-shift.ts';
import { FeatureSpread } from '../domain/feature-spread.ts';
import { type ColumnLayout, layoutOf } from '../domain/feed-contract.ts';
import type { KeyedHash } from '../domain/keyed-hash.ts';
import { modelSpec } from '../domain/model-spec.ts';
import { AGE_BANDS, ageBandOf } from '../domain/output-check.ts';
import type { IsoDate } from '../domain/week.ts';
import type { FrozenBlock } from '../store/frozen-block.ts';
import { type RowChanges, readSnapshot } from '../store/snapshot.store.ts';
import type { Transaction } from '../store/transaction.ts';
import type { StepContext } from './run-step.ts';
import { ScoringAhead } from './scoring-ahead.ts';

/** Rows that the model gets at once; fixed, because a result may depend on it in its last bits. */
export const BATCH_ROWS = 10_000;

/** What came of judging and scoring a snapshot. `customers`, `scores`, `tieHashes` and `bandOf` are of the eligible, in row order. */
export interface Scored {
  readonly everyone: readonly string[];
  /** Eligibility reasons per row; 0 is eligible. */
  readonly reasons: Uint16Array;
  readonly customers: readonly string[];
  readonly scores: Float64Array;
  /** Keyed hashes that break ties. */
  readonly tieHashes: Float64Array;
  /** Position of each eligible customer's age band. */
  readonly bandOf: Uint8Array;
  readonly bands: readonly { readonly band: string; readonly eligible: number }[];
  readonly scoreCounts: Float64Array;
  /** Scores below 0.001 or above 0.999. */
  readonly certain: number;
  /** How the features that can drift are spread over the eligible. */
  readonly distributions: readonly FeatureDistribution[];
  readonly drift: readonly Check[];
  readonly runtime: string;
}

export interface ScoringInputs {
  readonly asOf: IsoDate;
  readonly funds: readonly FundPrice[];
  readonly model: Uint8Array;
  readonly reference: readonly (readonly number[])[];
  /** Breaks ties. It is asked here, where the model's process is waited for, and not in the choice, which waits for the whole. */
  readonly ties: KeyedHash;
  /** Left out while the run is under way, when there are none. */
  readonly changes?: RowChanges;
  /** What if features were otherwise; nothing is when left out. */
  readonly shifts?: readonly FeatureShift[];
  /** The frozen rows in order; read as they are when left out. */
  readonly blocks?: AsyncIterable<FrozenBlock> | undefined;
  /** Lets a batch be scored as long as the data may be used; left out where a record is executed again. */
  readonly whileAllowed?: <T>(score: () => Promise<T>) => Promise<T>;
}

/** Reads the snapshot once, front to back: eligibility, features and drift here, scores in the scoring process meanwhile. */
export async function scoreSnapshot(
  tx: Transaction,
  context: StepContext,
  inputs: ScoringInputs,
): Promise<Scored> {
  const { run, services, config, contract, campaign, model, progress } = context;
  const { asOf, funds, reference, ties, changes, shifts, whileAllowed = (score) => score() } = inputs;
  const card = model.card.features;
  const layout = layoutOf(contract);
  const rules = new EligibilityRules(layout, config, campaign.definition.flowDays, asOf);
  const features = compileFeatures(card, layout, funds, asOf, config.overrides, shifts);
  const { width } = features;
  const total = run.snapshotRows ?? 0;
  const eligible = new EligibleRows(layout, width, total, ties);
  const spread = new FeatureSpread(card, reference);
  const scores = new Float64Array(total);
  const matrix = new Float32Array(BATCH_ROWS * width);
  const complete = new Uint8Array(BATCH_ROWS);
  // Who was erased is no more to be chosen.
  for (const row of changes?.erased.keys() ?? []) eligible.reasons[row] = DATA_INCOMPLETE;
  await using scoring = new ScoringAhead(
    services.scorer,
    modelSpec(model.card, inputs.model),
    scores,
    whileAllowed,
  );
  let read = 0;
  for await (const block of inputs.blocks ?? readSnapshot(tx, run.id, layout, changes)) {
    features.compute(block, matrix, complete);
    const rows = eligible.take(block, rules.judge(block), complete, matrix);
    spread.add(matrix, rows);
    // In memory of its own: the next block is computed into the same matrix.
    await scoring.add(matrix.slice(0, rows * width), rows);
    read += block.rows;
    progress(read, total);
  }
  const runtime = await scoring.end();
  const { everyone, reasons, customers } = eligible;
  const bandOf = eligible.bandOf.subarray(0, customers.length);
  const distributions = spread.distributions(config.overrides, asOf);
  return {
    everyone,
    reasons,
    customers,
    scores: scores.subarray(0, customers.length),
    tieHashes: eligible.tieHashes.subarray(0, customers.length),
    bandOf,
    bands: AGE_BANDS.map(([, band], i) => ({
      band,
      eligible: bandOf.reduce((count, one) => count + (one === i ? 1 : 0), 0),
    })),
    ...countScores(scores.subarray(0, customers.length)),
    distributions,
    drift: judgeDrift(distributions, config.limits.DRIFT),
    runtime,
  };
}

/** Who of a snapshot may be mailed, and why the others may not. */
class EligibleRows {
  readonly everyone: string[];
  readonly reasons: Uint16Array;
  readonly customers: string[] = [];
  readonly tieHashes: Float64Array;
  readonly bandOf: Uint8Array;
  readonly #ageColumn: number;

  constructor(
    layout: ColumnLayout,
    private readonly width: number,
    total: number,
    private readonly ties: KeyedHash,
  ) {
    this.everyone = new Array(total).fill('');
    this.reasons = new Uint16Array(total);
    this.tieHashes = new Float64Array(total);
    this.bandOf = new Uint8Array(total);
    this.#ageColumn = layout.numbers.findIndex(({ name }) => name === 'age');
  }

  /**
   * Notes what was found of a block's rows, and moves the features of the eligible to the front of the matrix; answers how many they are.
   * @param complete 1 for each row that has all of its features
   */
  take(block: FrozenBlock, found: Uint16Array, complete: Uint8Array, matrix: Float32Array): number {
    const { width, customers } = this;
    const from = customers.length;
    for (let row = 0; row < block.rows; row++) {
      const number = block.numbersOfRows[row] ?? 0;
      const customer = block.customers[row] ?? '';
      this.everyone[number] = customer;
      const bits = (found[row] ?? 0) | (complete[row] === 1 ? 0 : DATA_INCOMPLETE);
      this.reasons[number] = bits;
      if (bits !== 0) continue;
      const at = customers.push(customer) - 1;
      this.tieHashes[at] = this.ties.fraction(customer);
      this.bandOf[at] = ageBandOf(block.numbers[this.#ageColumn]?.[row] ?? Number.NaN);
      const [to, of] = [(at - from) * width, row * width];
      for (let i = 0; to < of && i < width; i++) matrix[to + i] = matrix[of + i] ?? Number.NaN;
    }
    return customers.length - from;
  }
}

function countScores(scores: Float64Array): { readonly scoreCounts: Float64Array; readonly certain: number } {
  const histogram = new Histogram(SCORE_EDGES);
  let certain = 0;
  for (const score of scores) {
    histogram.add(score);
    if (score < 0.001 || score > 0.999) certain++;
  }
  return { scoreCounts: histogram.counts, certain };
}
