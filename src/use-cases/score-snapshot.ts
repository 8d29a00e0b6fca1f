import type { Check } from '../domain/check.ts';
import { Histogram, SCORE_EDGES } from '../domain/drift.ts';
import { canDrift, type FeatureDistribution, judgeDrift, referenceHistogram } from '../domain/drift-check.ts';
import { DATA_INCOMPLETE, EligibilityRules } from '../domain/eligibility.ts';
import { compileFeatures, type FundPrice } from '../domain/feature.ts';
import type { FeatureShift } from '../domain/feature-shift.ts';
import { layoutOf } from '../domain/feed-contract.ts';
import { modelSpec } from '../domain/model-spec.ts';
import { AGE_BANDS, ageBandOf } from '../domain/output-check.ts';
import type { IsoDate } from '../domain/week.ts';
import { type FrozenBlock, type RowChanges, readSnapshot } from '../store/snapshot.store.ts';
import type { Transaction } from '../store/transaction.ts';
import type { StepContext } from './run-step.ts';

/** Rows that the model gets at once; fixed, because a result may depend on it in its last bits. */
export const BATCH_ROWS = 10_000;

/** So many batches wait to be scored while the next is read: the model's process is started meanwhile, and nobody waits for each other's turn. */
const BATCHES_AHEAD = 4;

/** What came of judging and scoring a snapshot. `customers`, `scores` and `bandOf` are of the eligible, in row order. */
export interface Scored {
  readonly everyone: readonly string[];
  /** Eligibility reasons per row; 0 is eligible. */
  readonly reasons: Uint16Array;
  readonly customers: readonly string[];
  readonly scores: Float64Array;
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
  /** Left out while the run is under way, when there are none. */
  readonly changes?: RowChanges;
  /** What if features were otherwise; nothing is when left out. */
  readonly shifts?: readonly FeatureShift[];
  /** The frozen rows in order; read as they are when left out. */
  readonly blocks?: AsyncIterable<FrozenBlock>;
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
  const { whileAllowed = (score) => score() } = inputs;
  const { features: cardFeatures } = model.card;
  const layout = layoutOf(contract);
  const rules = new EligibilityRules(layout, config, campaign.definition.flowDays, inputs.asOf);
  const features = compileFeatures(
    cardFeatures,
    layout,
    inputs.funds,
    inputs.asOf,
    config.overrides,
    inputs.shifts,
  );
  const ageColumn = layout.numbers.findIndex(({ name }) => name === 'age');
  const total = run.snapshotRows ?? 0;
  const everyone: string[] = new Array(total).fill('');
  const customers: string[] = [];
  const reasons = new Uint16Array(total);
  // Who was erased is no more to be chosen.
  for (const row of inputs.changes?.erased.keys() ?? []) reasons[row] = DATA_INCOMPLETE;
  const scores = new Float64Array(total);
  const bandOf = new Uint8Array(total);
  const references = cardFeatures.map((_, i) => referenceHistogram(inputs.reference, i));
  const drift = references.map(({ edges }) => new Histogram(edges));
  const matrix = new Float32Array(BATCH_ROWS * features.width);
  const complete = new Uint8Array(BATCH_ROWS);
  const opening = services.scorer.open(modelSpec(model.card, inputs.model));
  // A failure to open is met where a batch is to be scored, or at the end.
  opening.catch(() => {});
  const waiting: Promise<void>[] = [];
  let last: Promise<unknown> = opening;
  let read = 0;
  try {
    for await (const block of inputs.blocks ?? readSnapshot(tx, run.id, layout, inputs.changes)) {
      const found = rules.judge(block);
      features.compute(block, matrix, complete);
      const from = customers.length;
      for (let row = 0; row < block.rows; row++) {
        const number = block.numbersOfRows[row] ?? 0;
        everyone[number] = block.customers[row] ?? '';
        const bits = (found[row] ?? 0) | (complete[row] === 1 ? 0 : DATA_INCOMPLETE);
        reasons[number] = bits;
        if (bits !== 0) continue;
        const at = customers.push(block.customers[row] ?? '') - 1;
        bandOf[at] = ageBandOf(block.numbers[ageColumn]?.[row] ?? Number.NaN);
        const [to, of] = [(at - from) * features.width, row * features.width];
        for (let i = 0; to < of && i < features.width; i++) matrix[to + i] = matrix[of + i] ?? Number.NaN;
      }
      const rows = customers.length - from;
      for (let i = 0; i < features.width; i++) {
        const histogram = drift[i];
        for (let row = 0; row < rows; row++) histogram?.add(matrix[row * features.width + i] ?? Number.NaN);
      }
      // In memory of its own: the next block is computed into the same matrix.
      const some = matrix.slice(0, rows * features.width);
      const batch = last.then(async () => {
        const session = await opening;
        scores.set(await whileAllowed(() => session.score(some, rows)), from);
      });
      // A failure is met where the batch is awaited, or not at all when the batch before it failed.
      batch.catch(() => {});
      last = batch;
      if (waiting.push(batch) > BATCHES_AHEAD) await waiting.shift();
      read += block.rows;
      progress(read, total);
    }
    await last;
  } finally {
    await (await opening).close();
  }
  const distributions = cardFeatures.flatMap((feature, i) => {
    const [now, reference] = [drift[i], references[i]];
    if (now === undefined || reference === undefined) return [];
    if (!canDrift(feature, config.overrides, inputs.asOf)) return [];
    return { feature, edges: now.edges, counts: now.counts, reference: reference.counts };
  });
  const counted = countScores(scores.subarray(0, customers.length));
  return {
    everyone,
    reasons,
    customers,
    scores: scores.subarray(0, customers.length),
    bandOf: bandOf.subarray(0, customers.length),
    bands: AGE_BANDS.map(([, band], i) => ({
      band,
      eligible: bandOf.subarray(0, customers.length).reduce((n, b) => n + (b === i ? 1 : 0), 0),
    })),
    ...counted,
    distributions,
    drift: judgeDrift(distributions, config.limits.DRIFT),
    runtime: (await opening).runtime,
  };
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
