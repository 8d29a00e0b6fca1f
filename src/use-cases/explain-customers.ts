import { EligibilityRules } from '../domain/eligibility.ts';
import type { Contribution, Counterfactual, ExplanationFacts } from '../domain/explanation.ts';
import { compileFeatures, type Features, type FundPrice } from '../domain/feature.ts';
import { type ColumnLayout, layoutOf } from '../domain/feed-contract.ts';
import { modelSpec } from '../domain/model-spec.ts';
import type { ExplainedScore, ModelSpec, ScoringSession } from '../domain/ports.ts';
import { ruleTrace } from '../domain/rule-trace.ts';
import type { SelectionKeys } from '../domain/selection.ts';
import { variedFeatures } from '../domain/varied-feature.ts';
import { cutoffOf } from '../store/cutoff.reads.ts';
import type { RecordedDecision } from '../store/decision.reads.ts';
import type { FrozenBlock } from '../store/frozen-block.ts';
import { fundPrices } from '../store/fund-price.store.ts';
import { modelFile, referenceSample } from '../store/model.store.ts';
import { frozenRows } from '../store/snapshot.store.ts';
import type { Transaction } from '../store/transaction.ts';
import { selectionKeys } from './decisions.ts';
import { cellOf, partsOf } from './frozen-cells.ts';
import type { RecordedWeek } from './recorded-week.ts';
import type { Services } from './services.ts';
import { type Turning, turnOutcome } from './turn-outcome.ts';

/** By how much baseline and contributions together may miss the score. */
const ADDITIVE_TO = 1e-6;
/** Customers whose changes are worked out and scored at once. */
const TURNED_AT_ONCE = 4;
/** So many at once are explained in two processes: explaining is all arithmetic, and the database rests meanwhile. */
const MANY = 32;
const PROCESSES_FOR_MANY = 2;
/** Customers whom a process takes at a time; whichever is ready first begins. */
const TAKEN_AT_ONCE = 16;
/** Where a feed says since when a customer consents. */
export const CONSENT_DATE = 'opt_in_on';

/** Someone whose decision has a score, at a place of the block; `input` are the features that the model got. */
interface ScoredCustomer extends Pick<RecordedDecision, 'customer' | 'outcome'> {
  readonly score: number;
  readonly rank: number;
  readonly at: number;
  readonly input: Float32Array;
}

type ScoreFacts = Pick<ExplanationFacts, 'attribution' | 'counterfactual'>;

interface ModelOfWeek extends Pick<Turning, 'features' | 'cutoff'> {
  readonly spec: ModelSpec;
  readonly reference: Float32Array;
}

/**
 * Says why decisions of one run fell as they did, from the record of its week alone. The model is opened when the first customer
 * who was scored is asked about: whoever was not is not scored now either. Whoever opens one disposes of it.
 */
export class Explainer {
  readonly #layout: ColumnLayout;
  readonly #features: Features;
  readonly #rules: EligibilityRules;
  readonly #keys: SelectionKeys;
  readonly #sessions: Promise<ScoringSession>[] = [];
  #model: ModelOfWeek | null = null;

  private constructor(
    private readonly tx: Transaction,
    private readonly services: Services,
    private readonly week: RecordedWeek,
    funds: readonly FundPrice[],
  ) {
    const { card, manifest, config, contract } = week;
    const { asOf, flowDays, holdoutSince } = manifest;
    const { settings } = config;
    this.#layout = layoutOf(contract);
    this.#features = compileFeatures(card.features, this.#layout, funds, asOf, settings.overrides);
    this.#rules = new EligibilityRules(this.#layout, settings, flowDays, asOf);
    this.#keys = selectionKeys(week, settings, holdoutSince);
  }

  static async open(tx: Transaction, services: Services, week: RecordedWeek): Promise<Explainer> {
    return new Explainer(tx, services, week, await fundPrices(tx, week.runId));
  }

  /** Explains decisions, given in the order of their rows. Throws where the record does not hold them up. */
  async explain(decisions: readonly RecordedDecision[]): Promise<readonly ExplanationFacts[]> {
    const rows = decisions.map(({ row }) => row);
    const block = await frozenRows(this.tx, this.week.runId, this.#layout, rows);
    const astray = rows.findIndex((row, at) => row !== block.numbersOfRows[at]);
    if (astray >= 0) throw new Error(`run ${this.week.runId} has no frozen row ${rows[astray]}`);
    const { width } = this.#features;
    const matrix = new Float32Array(rows.length * width);
    const complete = new Uint8Array(rows.length);
    this.#features.compute(block, matrix, complete);
    const scored = decisions.flatMap((decision, at) => {
      const { score, rank } = decision;
      const input = matrix.subarray(at * width, (at + 1) * width);
      return score === null || rank === null ? [] : [{ ...decision, score, rank, at, input }];
    });
    const shares = await this.#explainScored(scored, block);
    return decisions.map((decision, at) => {
      const facts: ExplanationFacts = {
        format: 'explanation/1',
        asOf: this.week.manifest.asOf,
        consentedOn: this.#consentedOn(block, at),
        rules: ruleTrace(this.#rules, block, at, complete[at] === 1, this.#choiceOf(decision)),
        ...(shares.get(at) ?? { attribution: null, counterfactual: null }),
      };
      assertAddsUp(facts, decision);
      return facts;
    });
  }

  async #explainScored(
    scored: readonly ScoredCustomer[],
    block: FrozenBlock,
  ): Promise<ReadonlyMap<number, ScoreFacts>> {
    if (scored.length === 0) return new Map();
    const processes = scored.length < MANY ? 1 : PROCESSES_FOR_MANY;
    this.#model ??= await this.#openModel(processes);
    const model = this.#model;
    const found = new Map<number, ScoreFacts>();
    const portions = portionsOf(scored);
    const work = async (place: number) => {
      const session = await this.#session(place, model.spec);
      for (const some of portions)
        for (const [at, share] of await this.#explainBy(session, model, some, block)) found.set(at, share);
    };
    await Promise.all(Array.from({ length: processes }, (_, place) => work(place)));
    return found;
  }

  async #explainBy(
    session: ScoringSession,
    { reference, features, cutoff }: ModelOfWeek,
    scored: readonly ScoredCustomer[],
    block: FrozenBlock,
  ): Promise<ReadonlyMap<number, ScoreFacts>> {
    const found = new Map<number, ScoreFacts>();
    const matrix = new Float32Array(scored.length * this.#features.width);
    for (const [place, { input }] of scored.entries()) matrix.set(input, place * this.#features.width);
    const { settings } = this.week.config;
    const [shares, turns] = await Promise.all([
      session.explain(reference, matrix),
      turnOutcomes({ session, features, cutoff, settings, keys: this.#keys }, scored),
    ]);
    for (const [place, customer] of scored.entries()) {
      const share = shares[place];
      if (share === undefined) throw new Error('the session explained fewer rows than it was given');
      found.set(customer.at, {
        attribution: this.#attributionOf(customer, share, block),
        counterfactual: turns[place] ?? null,
      });
    }
    return found;
  }

  /** Reads what is on record of the model while its processes start, and asks the first of them where its score steps. */
  async #openModel(processes: number): Promise<ModelOfWeek> {
    const { runId, modelId, card, contract, config, manifest } = this.week;
    const { capacity, overrides } = config.settings;
    const spec = modelSpec(card, await modelFile(this.tx, modelId, 'model.onnx'));
    for (let place = 0; place < processes; place++) this.#session(place, spec);
    const sample = await referenceSample(this.tx, modelId);
    const reference = Float32Array.from(sample.flat());
    const [cutoff, cuts] = await Promise.all([
      cutoffOf(this.tx, runId, capacity),
      this.#session(0, spec).then((session) => session.cuts(reference)),
    ]);
    const features = variedFeatures(card, contract, sample, overrides, manifest.asOf, cuts);
    return { spec, reference, features, cutoff };
  }

  /** A process of the model, started when it is first asked for. A failure of that is met where its session is awaited, or not at all. */
  #session(place: number, spec: ModelSpec): Promise<ScoringSession> {
    const known = this.#sessions[place];
    if (known !== undefined) return known;
    const opening = this.services.scorer.open(spec);
    opening.catch(() => {});
    this.#sessions[place] = opening;
    return opening;
  }

  #consentedOn(block: FrozenBlock, at: number): string | null {
    const day = cellOf(this.#layout, block, at, CONSENT_DATE);
    return typeof day === 'string' ? day : null;
  }

  #choiceOf({ customer, score, rank, arm }: RecordedDecision) {
    if (score === null || rank === null) return null;
    const holdoutFraction = this.#keys.holdout.fraction(customer);
    return { score, rank, holdoutFraction, explored: arm === 'EXPLORATION' };
  }

  #attributionOf(
    { input, at }: ScoredCustomer,
    share: ExplainedScore,
    block: FrozenBlock,
  ): ExplanationFacts['attribution'] {
    const { method, baseline, values, standardErrors } = share;
    const contributions = this.week.card.features.map(
      ({ name, recipe }, feature): Contribution => ({
        feature: name,
        value: input[feature] ?? Number.NaN,
        contribution: values[feature] ?? Number.NaN,
        standardError: standardErrors?.[feature] ?? null,
        parts: partsOf(recipe, this.#layout, block, at),
      }),
    );
    return { method, baseline, contributions };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await Promise.allSettled(this.#sessions);
    await Promise.all(opened.map((one) => (one.status === 'fulfilled' ? one.value.close() : undefined)));
  }
}

function* portionsOf(scored: readonly ScoredCustomer[]): Generator<readonly ScoredCustomer[]> {
  for (let done = 0; done < scored.length; done += TAKEN_AT_ONCE)
    yield scored.slice(done, done + TAKEN_AT_ONCE);
}

async function turnOutcomes(
  model: Turning,
  scored: readonly ScoredCustomer[],
): Promise<readonly (Counterfactual | null)[]> {
  const turns: (Counterfactual | null)[] = [];
  for (let done = 0; done < scored.length; done += TURNED_AT_ONCE) {
    const some = scored.slice(done, done + TURNED_AT_ONCE);
    turns.push(...(await Promise.all(some.map((customer) => turnOutcome(model, customer, customer.input)))));
  }
  return turns;
}

/** Throws where baseline and contributions do not add up to the score on record, or explain one that there is not. */
export function assertAddsUp(
  { attribution }: ExplanationFacts,
  { runId, row, score }: RecordedDecision,
): void {
  const sum =
    attribution?.contributions.reduce(
      (total, { contribution }) => total + contribution,
      attribution.baseline,
    ) ?? null;
  const addsUp = sum === null || score === null ? sum === score : Math.abs(sum - score) <= ADDITIVE_TO;
  if (!addsUp) throw new Error(`run ${runId}, row ${row}: the explanation adds up to another score`);
}
