import { type ChallengerDecision, type ChallengerSummary, compareWithLive } from '../domain/challenger.ts';
import { isModelChoice } from '../domain/decision.ts';
import { compileFeatures } from '../domain/feature.ts';
import { layoutOf } from '../domain/feed-contract.ts';
import { modelSpec } from '../domain/model-spec.ts';
import { meaningOf, select } from '../domain/selection.ts';
import { fundPrices } from '../store/fund-price.store.ts';
import { modelFile } from '../store/model.store.ts';
import type { ModelVersionRow } from '../store/model-version.row.ts';
import { eachDecision } from '../store/recorded-rows.reads.ts';
import { readSnapshot } from '../store/snapshot.store.ts';
import type { Transaction } from '../store/transaction.ts';
import { whileSignedOff } from './data-use-cover.ts';
import { selectionKeys } from './decisions.ts';
import type { StepContext } from './run-step.ts';
import { BATCH_ROWS } from './score-snapshot.ts';

/** What a challenger would have decided, in the order of the snapshot's rows, and how that compares. */
export interface ShadowScored {
  readonly decisions: Iterable<ChallengerDecision>;
  readonly count: number;
  readonly summary: ChallengerSummary;
}

/** What a run decided by row of its snapshot; rank 0 of whom it did not score. */
interface LiveDecisions {
  readonly eligible: number;
  readonly scores: Float64Array;
  readonly ranks: Int32Array;
  readonly chosen: Uint8Array;
}

/**
 * Scores with another model those whom a run scored, and nobody else, from its frozen rows under its settings. Who lacks a value
 * that only the other model needs is not scored. Throws ScoringError, and RefusalError where a data use is withdrawn meanwhile.
 */
export async function scoreShadow(
  tx: Transaction,
  context: StepContext,
  model: ModelVersionRow,
): Promise<ShadowScored> {
  const { run, config } = context;
  const live = await liveDecisions(tx, run.id, run.snapshotRows ?? 0);
  const { rows, customers, scores } = await scoreEligible(tx, context, model, live.ranks);
  const since = run.manifest?.holdoutSince;
  if (since === undefined) throw new Error(`run ${run.id} has not decided`);
  // Nobody is drawn at random by a challenger.
  const settings = { ...config, explorationSize: 0 };
  const { verdicts, ranks } = select({ customers, scores }, settings, selectionKeys(run, config, since));
  const chosen = Uint8Array.from(verdicts, (verdict) => (isModelChoice(meaningOf(verdict).arm) ? 1 : 0));
  const ofRows = <Values extends Float64Array | Int32Array | Uint8Array>(values: Values, into: Values) => {
    for (const [at, row] of rows.entries()) into[at] = values[row] ?? 0;
    return into;
  };
  const both = {
    scores,
    ranks,
    chosen,
    liveScores: ofRows(live.scores, new Float64Array(rows.length)),
    liveRanks: ofRows(live.ranks, new Int32Array(rows.length)),
    liveChosen: ofRows(live.chosen, new Uint8Array(rows.length)),
  };
  const wouldMail = verdicts.reduce(
    (sum, verdict) => sum + (meaningOf(verdict).outcome === 'MAIL' ? 1 : 0),
    0,
  );
  const incomplete = live.eligible - rows.length;
  return {
    decisions: decisionsOf(rows, customers, both),
    count: rows.length,
    summary: compareWithLive(both, { eligible: live.eligible, incomplete, wouldMail }),
  };
}

function* decisionsOf(
  rows: Int32Array,
  customers: readonly string[],
  { scores, ranks, chosen }: { scores: Float64Array; ranks: Int32Array; chosen: Uint8Array },
): Generator<ChallengerDecision> {
  for (const [at, customer] of customers.entries()) {
    const score = scores[at] ?? Number.NaN;
    yield { row: rows[at] ?? -1, customer, score, rank: ranks[at] ?? 0, chosen: chosen[at] === 1 };
  }
}

async function liveDecisions(tx: Transaction, runId: string, total: number): Promise<LiveDecisions> {
  const scores = new Float64Array(total);
  const ranks = new Int32Array(total);
  const chosen = new Uint8Array(total);
  let eligible = 0;
  await eachDecision(tx, runId, ({ row, decision }) => {
    if (decision === undefined) throw new Error(`run ${runId}, row ${row}: a code that means nothing`);
    const { score, rank, arm } = decision;
    if (score === null || rank === null) return;
    eligible++;
    scores[row] = score;
    ranks[row] = rank;
    chosen[row] = isModelChoice(arm) ? 1 : 0;
  });
  return { eligible, scores, ranks, chosen };
}

async function scoreEligible(
  tx: Transaction,
  { run, services, config, contract, progress }: StepContext,
  model: ModelVersionRow,
  liveRanks: Int32Array,
) {
  const { id, card } = model;
  const layout = layoutOf(contract);
  const asOf = run.asOf ?? '';
  // The settings hold features of the live model; those that the challenger has too are held for it as well.
  const overrides = config.overrides.filter(({ feature }) =>
    card.features.some(({ name }) => name === feature),
  );
  const features = compileFeatures(card.features, layout, await fundPrices(tx, run.id), asOf, overrides);
  const { width } = features;
  const total = liveRanks.length;
  const rows = new Int32Array(total);
  const scores = new Float64Array(total);
  const customers: string[] = [];
  const matrix = new Float32Array(BATCH_ROWS * width);
  const complete = new Uint8Array(BATCH_ROWS);
  const session = await services.scorer.open(modelSpec(card, await modelFile(tx, id, 'model.onnx')));
  const whileAllowed = whileSignedOff(services, model);
  try {
    let read = 0;
    for await (const block of readSnapshot(tx, run.id, layout)) {
      features.compute(block, matrix, complete);
      const from = customers.length;
      for (let row = 0; row < block.rows; row++) {
        const number = block.numbersOfRows[row] ?? -1;
        if ((liveRanks[number] ?? 0) === 0 || complete[row] !== 1) continue;
        const at = customers.push(block.customers[row] ?? '') - 1;
        rows[at] = number;
        matrix.copyWithin((at - from) * width, row * width, (row + 1) * width);
      }
      const count = customers.length - from;
      if (count > 0) scores.set(await whileAllowed(() => session.score(matrix, count)), from);
      read += block.rows;
      progress(read, total);
    }
  } finally {
    await session.close();
  }
  const size = customers.length;
  return { rows: rows.subarray(0, size), customers, scores: scores.subarray(0, size) };
}
