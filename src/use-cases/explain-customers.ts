import { EligibilityRules, type SnapshotBlock } from '../domain/eligibility.ts';
import type { Contribution, ExplanationFacts } from '../domain/explanation.ts';
import { compileFeatures, type Features } from '../domain/feature.ts';
import { type ColumnLayout, layoutOf } from '../domain/feed-contract.ts';
import { type CardFeature, referenceRows } from '../domain/model-card.ts';
import type { ExplainedScore, ScoringSession } from '../domain/ports.ts';
import { columnsOf } from '../domain/recipe.ts';
import { ruleTrace } from '../domain/rule-trace.ts';
import type { SelectionKeys } from '../domain/selection.ts';
import { isoDate } from '../domain/week.ts';
import type { RecordedDecision } from '../store/decision.reads.ts';
import { fundPrices } from '../store/fund-price.store.ts';
import { modelFile } from '../store/model.store.ts';
import { frozenRows } from '../store/snapshot.store.ts';
import type { Transaction } from '../store/transaction.ts';
import { selectionKeys } from './decisions.ts';
import type { RecordedWeek } from './recorded-week.ts';
import type { Services } from './services.ts';

/** By how much baseline and contributions together may miss the score. */
const ADDITIVE_TO = 1e-6;
/** Where a feed says since when a customer consents. */
const CONSENT_DATE = 'opt_in_on';

/**
 * Says why decisions of one run fell as they did, from the record of its week alone. The model is opened when the first customer
 * who was scored is asked about: whoever was not is not scored now either. Whoever opens one disposes of it.
 */
export class Explainer {
  readonly #layout: ColumnLayout;
  readonly #rules: EligibilityRules;
  readonly #keys: SelectionKeys;
  #model: { readonly session: ScoringSession; readonly reference: Float32Array } | null = null;

  private constructor(
    private readonly tx: Transaction,
    private readonly services: Services,
    private readonly week: RecordedWeek,
    private readonly features: Features,
  ) {
    const { manifest, config, contract } = week;
    this.#layout = layoutOf(contract);
    this.#rules = new EligibilityRules(this.#layout, config.settings, manifest.flowDays, manifest.asOf);
    this.#keys = selectionKeys(week, config.settings, manifest.holdoutSince);
  }

  static async open(tx: Transaction, services: Services, week: RecordedWeek): Promise<Explainer> {
    const { card, contract, manifest, config } = week;
    const funds = await fundPrices(tx, week.runId);
    const layout = layoutOf(contract);
    const features = compileFeatures(card.features, layout, funds, manifest.asOf, config.settings.overrides);
    return new Explainer(tx, services, week, features);
  }

  /** Explains decisions, given in the order of their rows. Throws where the record does not hold them up. */
  async explain(decisions: readonly RecordedDecision[]): Promise<readonly ExplanationFacts[]> {
    const rows = decisions.map(({ row }) => row);
    const block = await frozenRows(this.tx, this.week.runId, this.#layout, rows);
    const astray = rows.findIndex((row, at) => row !== block.numbersOfRows[at]);
    if (astray >= 0) throw new Error(`run ${this.week.runId} has no frozen row ${rows[astray]}`);
    const { width } = this.features;
    const matrix = new Float32Array(rows.length * width);
    const complete = new Uint8Array(rows.length);
    this.features.compute(block, matrix, complete);
    const scored = decisions.flatMap(({ score }, at) => (score === null ? [] : [at]));
    const shares = await this.#shares(scored.map((at) => matrix.subarray(at * width, (at + 1) * width)));
    const shareOf = new Map(scored.map((at, place) => [at, shares[place]]));
    return decisions.map((decision, at) => ({
      format: 'explanation/1',
      asOf: this.week.manifest.asOf,
      consentedOn: this.#consentedOn(block, at),
      rules: ruleTrace(this.#rules, block, at, complete[at] === 1, this.#choiceOf(decision)),
      attribution: this.#attributionOf(decision, shareOf.get(at), block, at, matrix),
      counterfactual: null,
    }));
  }

  async #shares(rows: readonly Float32Array[]): Promise<readonly ExplainedScore[]> {
    if (rows.length === 0) return [];
    const { session, reference } = await this.#open();
    const matrix = new Float32Array(rows.length * this.features.width);
    for (const [at, row] of rows.entries()) matrix.set(row, at * this.features.width);
    return session.explain(reference, matrix);
  }

  async #open() {
    if (this.#model !== null) return this.#model;
    const { modelId, card } = this.week;
    const csv = Buffer.from(await modelFile(this.tx, modelId, 'reference.csv')).toString('utf8');
    const session = await this.services.scorer.open({
      model: await modelFile(this.tx, modelId, 'model.onnx'),
      features: card.features.map(({ name }) => name),
      output: card.output,
    });
    this.#model = { session, reference: Float32Array.from(referenceRows(csv).flat()) };
    return this.#model;
  }

  #consentedOn(block: SnapshotBlock, at: number): string | null {
    const day = cellOf(this.#layout, block, at, CONSENT_DATE);
    return typeof day === 'string' ? day : null;
  }

  #choiceOf({ customer, score, rank, arm }: RecordedDecision) {
    if (score === null || rank === null) return null;
    const holdoutFraction = this.#keys.holdout.fraction(customer);
    return { score, rank, holdoutFraction, explored: arm === 'EXPLORATION' };
  }

  #attributionOf(
    { score, row }: RecordedDecision,
    share: ExplainedScore | undefined,
    block: SnapshotBlock,
    at: number,
    matrix: Float32Array,
  ): ExplanationFacts['attribution'] {
    if (score === null || share === undefined) return null;
    const { method, baseline, values, standardErrors } = share;
    const sum = values.reduce((total, value) => total + value, baseline);
    if (!(Math.abs(sum - score) <= ADDITIVE_TO))
      throw new Error(
        `run ${this.week.runId}, row ${row}: the contributions add up to another score than the one on record`,
      );
    const contributions = this.week.card.features.map(
      ({ name, recipe }, feature): Contribution => ({
        feature: name,
        value: matrix[at * this.features.width + feature] ?? Number.NaN,
        contribution: values[feature] ?? Number.NaN,
        standardError: standardErrors?.[feature] ?? null,
        parts: partsOf(recipe, this.#layout, block, at),
      }),
    );
    return { method, baseline, contributions };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#model?.session.close();
  }
}

function partsOf(
  recipe: CardFeature['recipe'],
  layout: ColumnLayout,
  block: SnapshotBlock,
  at: number,
): Contribution['parts'] {
  return columnsOf(recipe).map((column) => ({ column, value: cellOf(layout, block, at, column) }));
}

/** What a frozen row holds in a column: booleans as 0 and 1, a date as a calendar day; null when missing. */
function cellOf(
  layout: ColumnLayout,
  block: SnapshotBlock,
  at: number,
  name: string,
): number | string | null {
  const place = layout.numbers.findIndex((column) => column.name === name);
  if (place < 0) return block.texts[layout.texts.findIndex((column) => column.name === name)]?.[at] ?? null;
  const value = block.numbers[place]?.[at] ?? Number.NaN;
  if (Number.isNaN(value)) return null;
  return layout.numbers[place]?.type === 'date' ? isoDate(value) : value;
}
