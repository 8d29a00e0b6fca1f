import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OnnxScorer } from '../../src/adapters/scorer/onnx-scorer.ts';
import { WarmScorer } from '../../src/adapters/scorer/warm-scorer.ts';
import { verifyDecisionProof } from '../../src/audit/decision-proof.ts';
import { createBank } from '../../src/demo/bank.ts';
import { writeFeed } from '../../src/demo/bank-feed.ts';
import { Random } from '../../src/demo/random.ts';
import { type CampaignDefinition, NEVER } from '../../src/domain/campaign.ts';
import { ELIGIBILITY_REASONS, leafText } from '../../src/domain/decision.ts';
import type { ExplanationFacts, RuleOutcome } from '../../src/domain/explanation.ts';
import { modelSpec } from '../../src/domain/model-spec.ts';
import { meaningOf, select } from '../../src/domain/selection.ts';
import { addWeeks } from '../../src/domain/week.ts';
import { ConfigVersionRow } from '../../src/store/config-version.row.ts';
import { modelFile } from '../../src/store/model.store.ts';
import { ModelVersionRow } from '../../src/store/model-version.row.ts';
import type { RunRow } from '../../src/store/run.row.ts';
import { selectionKeys } from '../../src/use-cases/decisions.ts';
import { proveDecision } from '../../src/use-cases/prove-decision.ts';
import { readExplanation } from '../../src/use-cases/read-explanation.ts';
import { LOG } from '../support/audit-log.ts';
import { countedRandomness } from '../support/recorded-story.ts';
import { decisionsOf, type RecordedRow } from '../support/run-record.ts';
import { OLGA, ServiceHarness, SHARED, sharedIsThere } from '../support/service-harness.ts';
import { sequenceAll } from '../support/small-record.ts';

const SEED = 20_261_121;
const ROOT = join(import.meta.dirname, '../..');
/** Weeks of real people; the last halts after it decided, for its volume. */
const REAL_WEEKS = ['2008-W20', '2008-W21', '2008-W28', '2008-W29', '2008-W31', '2009-W18'];

/** A decision of a run, with what the test needs to decide anew. */
interface Picked {
  readonly week: DecidedWeek;
  readonly decision: RecordedRow;
}

interface DecidedWeek {
  readonly run: RunRow;
  readonly decisions: readonly RecordedRow[];
  /** What the choice makes of the eligible when one of them has another score. */
  readonly outcomeWith: (customer: string, score: number) => string;
}

let harness: ServiceHarness;
const scorer = new WarmScorer(new OnnxScorer());
const weeks: DecidedWeek[] = [];

beforeAll(async () => {
  harness = await ServiceHarness.start({ scorer, randomness: countedRandomness() });
  await runBank();
  if (sharedIsThere) await runRealWeeks();
  await sequenceAll(harness);
}, 120_000);
afterAll(async () => {
  await scorer.close();
  await harness?.stop();
});

/** A choice tight enough that everything that can come of it does, and nobody looks at the samples. */
const tight = (threshold: number, capacity: number) => (definition: CampaignDefinition) => {
  const { config } = definition;
  const choice = { threshold, capacity, holdoutShare: 0.2, explorationSize: 12, volumeMin: 0 };
  const limits = { ...config.limits, REVIEW_OPENED: NEVER };
  return { ...definition, config: { ...config, ...choice, limits } };
};

async function runBank(): Promise<void> {
  const campaign = await harness.install(
    join(ROOT, 'campaigns/investing-retail'),
    join(ROOT, 'models/investing-retail-1'),
    tight(0.02, 40),
  );
  const lastWeek = '2026-W45';
  const bank = createBank({ seed: SEED, customers: 2500, lastWeek, weeks: 3, crashWeek: null });
  for (const week of [addWeeks(lastWeek, -2), addWeeks(lastWeek, -1), lastWeek]) {
    await writeFeed(bank, week, join(harness.folder, 'inbox'));
    const run = await harness.run(campaign, week);
    await harness.release(run);
    const decided = await decidedWeek(run);
    bank.mail(new Set(decided.decisions.filter(({ outcome }) => outcome === 'MAIL').map((d) => d.customer)));
  }
}

async function runRealWeeks(): Promise<void> {
  execFileSync(process.execPath, [
    realpathSync(join(SHARED, 'tools/make-feeds.mjs')),
    join(harness.folder, 'inbox'),
  ]);
  const campaign = await harness.install(
    join(SHARED, 'campaigns/term-deposit'),
    join(SHARED, 'models/uci-boosted-2'),
    tight(0.05, 60),
  );
  for (const week of REAL_WEEKS) {
    const run = await harness.run(campaign, week);
    if (run.decisionRoot !== null) await decidedWeek(run);
  }
}

async function decidedWeek(run: RunRow): Promise<DecidedWeek> {
  const { db } = harness.services;
  const { settings } = await db.manager.findOneByOrFail(ConfigVersionRow, { id: run.configId });
  const decisions = await decisionsOf(db, run.id);
  const eligible = decisions.filter(({ score }) => score !== null);
  const ids = eligible.map(({ customer }) => customer);
  const keys = selectionKeys(run, settings, run.manifest?.holdoutSince ?? '');
  const outcomeWith = (customer: string, score: number) => {
    const at = ids.indexOf(customer);
    const scores = Float64Array.from(eligible, (one) => one.score ?? Number.NaN);
    scores[at] = score;
    return meaningOf(select({ customers: ids, scores }, settings, keys).verdicts[at] ?? -1).outcome;
  };
  const week = { run, decisions, outcomeWith };
  weeks.push(week);
  return week;
}

/** Decisions of all runs, as many of one outcome and arm as of another as far as there are; those of a model one after another. */
function pick(count: number): readonly Picked[] {
  const random = new Random(SEED, 5);
  const strata = weeks.flatMap((week) =>
    [...Map.groupBy(week.decisions, ({ outcome, arm }) => `${outcome} ${arm}`).values()].map((decisions) =>
      decisions.map((decision): Picked => ({ week, decision })),
    ),
  );
  const picked: Picked[] = [];
  while (picked.length < count) {
    const stratum = random.pick(strata.filter(({ length }) => length > 0));
    picked.push(...stratum.splice(random.integer(0, stratum.length), 1));
  }
  return picked.toSorted((a, b) => weeks.indexOf(a.week) - weeks.indexOf(b.week));
}

/** Asks the service for one explanation, and everything that is wrong with it. */
async function faultsOf({ week, decision }: Picked): Promise<readonly string[]> {
  const { run } = week;
  const { customer } = decision;
  const asked = { campaign: run.campaign, week: run.week, customer };
  const { facts, words } = await readExplanation(harness.services, OLGA, {
    ...asked,
    audience: 'INTERNAL',
    language: 'nl',
  });
  seen.add(`${run.campaign} ${decision.outcome} ${decision.arm} ${facts.attribution?.method ?? ''}`);
  const faults = [
    ...sumFaults(facts, decision),
    ...traceFaults(facts.rules, decision),
    ...(await turnFaults(facts, week, decision)),
    ...proofFaults(await proveDecision(harness.services, OLGA, asked), run, decision),
    ...(words.text === '' ? ['no words'] : []),
  ];
  return faults.map((fault) => `${run.campaign} ${run.week} row ${decision.row}: ${fault} (seed ${SEED})`);
}

const seen = new Set<string>();
let turned = 0;

function sumFaults({ attribution }: ExplanationFacts, { score }: RecordedRow): readonly string[] {
  if (attribution === null) return score === null ? [] : ['was scored, and the score is not shared out'];
  const sum = attribution.contributions.reduce(
    (n, { contribution }) => n + contribution,
    attribution.baseline,
  );
  return score !== null && Math.abs(sum - score) <= 1e-6 ? [] : [`adds up to ${sum}, not ${score}`];
}

function traceFaults(rules: readonly RuleOutcome[], decision: RecordedRow): readonly string[] {
  const { outcome, arm, reasons, score, rank } = decision;
  const failed = new Set(rules.filter(({ verdict }) => verdict === 'FAIL').map(({ rule }) => rule));
  const barred = ELIGIBILITY_REASONS.filter((reason) => failed.has(reason));
  const expected = ELIGIBILITY_REASONS.filter((reason) => reasons.includes(reason));
  const of = (rule: string) => rules.find((found) => found.rule === rule);
  const verdicts = ['THRESHOLD', 'CAPACITY', 'HOLDOUT', 'EXPLORATION'].map((rule) => of(rule)?.verdict);
  const chosen = arm === 'MODEL' || arm === 'HOLDOUT';
  const above = reasons.includes('ABOVE_THRESHOLD');
  const judged = (passed: boolean) => (passed ? 'PASS' : 'FAIL');
  const due =
    outcome === 'NOT_ELIGIBLE'
      ? ['NOT_JUDGED', 'NOT_JUDGED', 'NOT_JUDGED', 'NOT_JUDGED']
      : [
          judged(above),
          above ? judged(chosen) : 'NOT_JUDGED',
          chosen ? judged(arm === 'MODEL') : 'NOT_JUDGED',
          chosen ? 'NOT_JUDGED' : judged(arm === 'EXPLORATION'),
        ];
  return [
    ...(barred.join() === expected.join()
      ? []
      : [`the trace bars for ${barred}, the reasons are ${expected}`]),
    ...(verdicts.join() === due.join() ? [] : [`the trace chooses by ${verdicts}, it was ${due}`]),
    ...(of('THRESHOLD')?.value === score && of('CAPACITY')?.value === rank ? [] : ['another score or rank']),
  ];
}

async function turnFaults(
  { attribution, counterfactual }: ExplanationFacts,
  { run, outcomeWith }: DecidedWeek,
  { customer, outcome }: RecordedRow,
): Promise<readonly string[]> {
  if (counterfactual === null || attribution === null) return [];
  turned++;
  const { feature, from, to, scoreAfter, outcomeAfter } = counterfactual;
  const changed = attribution.contributions.map((one) => (one.feature === feature ? to : one.value));
  const own = attribution.contributions.find((one) => one.feature === feature)?.value;
  const score = await scoreWith(run, Float32Array.from(changed));
  const after = outcomeWith(customer, score);
  return [
    ...(own === from ? [] : [`${feature} was ${own}, not ${from}`]),
    ...(score === scoreAfter ? [] : [`the model says ${score}, not ${scoreAfter}`]),
    ...(after === outcomeAfter && after !== outcome ? [] : [`turns ${outcome} into ${after}`]),
  ];
}

/** What a run's model says of one row. */
async function scoreWith({ modelId }: RunRow, row: Float32Array): Promise<number> {
  const { manager } = harness.services.db;
  const { card } = await manager.findOneByOrFail(ModelVersionRow, { id: modelId });
  const session = await scorer.open(modelSpec(card, await modelFile(manager, modelId, 'model.onnx')));
  const [score = Number.NaN] = await session.score(row, 1);
  await session.close();
  return score;
}

function proofFaults(file: string, run: RunRow, decision: RecordedRow): readonly string[] {
  const proven = verifyDecisionProof(Buffer.from(file), [LOG.signer.verifier]);
  if ('rule' in proven) return [`the proof fails: ${proven.rule}`];
  const leaf = leafText(decision.row, decision, decision.salt.toString('hex'));
  return proven.leaf === leaf && proven.runId === run.id ? [] : ['the proof is of another decision'];
}

describe('the explanations of 1,000 random decisions', () => {
  it('add up, agree with what was decided, turn it when executed again, and are of what was recorded', async () => {
    const faults: string[] = [];
    for (const picked of pick(1000)) faults.push(...(await faultsOf(picked)));
    expect(faults.slice(0, 5)).toEqual([]);
    const kinds = ['HELD_OUT HOLDOUT', 'MAIL EXPLORATION', 'MAIL MODEL', 'NOT_CHOSEN null'];
    for (const campaign of new Set(weeks.map(({ run }) => run.campaign))) {
      for (const kind of kinds) expect(seen).toContain(`${campaign} ${kind} TREES`);
      expect(seen).toContain(`${campaign} NOT_ELIGIBLE null `);
    }
    expect(turned).toBeGreaterThan(100);
  }, 300_000);

  it('are held against a choice that comes out as it was recorded', () => {
    for (const { run, decisions, outcomeWith } of weeks) {
      for (const { customer, score, outcome } of decisions.slice(0, 50)) {
        if (score !== null)
          expect([run.week, customer, outcomeWith(customer, score)]).toEqual([run.week, customer, outcome]);
      }
    }
  });
});
