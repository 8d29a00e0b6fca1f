import { digestOfJson } from '../audit/digest.ts';
import { type Check, halts } from '../domain/check.ts';
import { judgeFeatureShift } from '../domain/drift-check.ts';
import { type Funnel, FunnelCounter } from '../domain/funnel.ts';
import type { RunManifest } from '../domain/manifest.ts';
import { judgeMarket } from '../domain/market-check.ts';
import { judgeOutput } from '../domain/output-check.ts';
import { type Selection, select } from '../domain/selection.ts';
import { dateIn, weekOf } from '../domain/week.ts';
import { DecisionWriter } from '../store/decision.store.ts';
import type { FrozenBlock } from '../store/frozen-block.ts';
import { fundPrices } from '../store/fund-price.store.ts';
import { insertFunnel } from '../store/funnel.store.ts';
import { modelFile, referenceSample } from '../store/model.store.ts';
import { RunRow } from '../store/run.row.ts';
import {
  addChecks,
  addMeasures,
  featureHistory,
  feedFilesOf,
  type Measure,
  outputHistory,
} from '../store/run-record.store.ts';
import type { Transaction } from '../store/transaction.ts';
import { assertSignedOff, whileSignedOff } from './data-use-cover.ts';
import { Decisions, selectionKeys } from './decisions.ts';
import { HaltedByChecks } from './feed-reading.ts';
import { openIncident } from './incidents.ts';
import { measureOutput } from './measure-output.ts';
import type { RunningStep, StepContext, StepResult } from './run-step.ts';
import { type Scored, scoreSnapshot } from './score-snapshot.ts';

/** Decides for every customer of a run's snapshot and records it (domain.md, steps 4 to 9). Throws HaltedByChecks. */
export async function decideRun(tx: Transaction, context: RunningStep): Promise<StepResult> {
  const { run, services, config, model } = context;
  const began = services.clock.now().getTime();
  const dataUses = await assertSignedOff(tx, model, services.clock.now());
  const asOf = run.asOf ?? '';
  const funds = await fundPrices(tx, run.id);
  const market = judgeMarket(funds, asOf, config);
  if (halts(market)) throw new HaltedByChecks(market);

  const since = weekOf(dateIn(context.campaign.definition.timeZone, context.configVersion.effectiveFrom));
  const keys = selectionKeys(run, config, since);
  const scored = await scoreSnapshot(tx, context, {
    asOf,
    funds,
    ties: keys.ties,
    model: await modelFile(tx, model.id, 'model.onnx'),
    reference: await referenceSample(tx, model.id),
    blocks: rowsAtHand(tx, context),
    whileAllowed: whileSignedOff(services, model),
  });
  const spread = scored.distributions.map(
    ({ feature, counts }): Measure => ({ name: 'FEATURE', subject: feature.name, value: Array.from(counts) }),
  );
  const history = await featureHistory(tx, run);
  const drift = [
    ...scored.drift,
    ...judgeFeatureShift(scored.distributions, history, config.limits.FEATURE_SHIFT),
  ];
  if (halts(drift)) throw new HaltedByChecks([...market, ...drift], [], spread);
  const scoredAt = services.clock.now().getTime();
  const selection = select(scored, config, keys);
  const recorded = await recordDecisions(tx, context, scored, selection);
  const output = judgeOutput(
    await measureOutput(tx, context, scored, selection),
    await outputHistory(tx, run.campaign, run.week),
    config,
  );
  const checks: readonly Check[] = [...market, ...drift, ...output];
  await addChecks(tx, run.id, checks);
  await insertFunnel(tx, run.id, recorded.funnel);
  await addMeasures(tx, run.id, [
    { name: 'ABOVE_THRESHOLD', subject: '', value: [selection.aboveThreshold] },
    { name: 'SCORES', subject: '', value: [...scored.scoreCounts] },
    ...spread,
  ]);
  const manifest = manifestOf(context, {
    feedFiles: await feedFilesOf(tx, run.id),
    funds: digestOfJson(funds),
    dataUses,
    decisionRoot: recorded.root,
    runtime: scored.runtime,
    holdoutSince: since,
    timings: { score: scoredAt - began, select: services.clock.now().getTime() - scoredAt },
  });
  const manifestDigest = digestOfJson(manifest);
  await tx.update(RunRow, { id: run.id }, { decisionRoot: recorded.root, manifest, manifestDigest });
  const halted = halts(output);
  if (halted) await openOutputIncident(tx, context, output);
  return {
    status: halted ? 'HALTED' : null,
    facts: {
      campaign: run.campaign,
      subject: run.id,
      digest: manifestDigest,
      details: {
        decisionRoot: recorded.root,
        snapshot: manifest.snapshot.digest,
        model: manifest.model.digest,
        configDigest: manifest.config.digest,
        contractDigest: manifest.contract.digest,
        dataUses: manifest.dataUses,
        considered: recorded.funnel.considered,
        mailed: recorded.funnel.mailed,
        funnel: digestOfJson(recorded.funnel),
        halted: output.filter(({ verdict }) => verdict === 'HALT').map(({ name }) => name),
      },
    },
  };
}

/** Undefined where they are to be read. */
function rowsAtHand(tx: Transaction, { run, atHand }: RunningStep): AsyncIterable<FrozenBlock> | undefined {
  const blocks = atHand.take(run.snapshotDigest);
  return blocks && wakefully(tx, blocks);
}

/** Nothing is read meanwhile, and a connection that is not heard of for minutes is ended: a slow model takes longer. */
async function* wakefully(tx: Transaction, blocks: Iterable<FrozenBlock>): AsyncGenerator<FrozenBlock> {
  for (const block of blocks) {
    yield block;
    await tx.query('select');
  }
}

/** Every customer gets one decision, in the order of the snapshot; the counts must add up to it. */
async function recordDecisions(
  tx: Transaction,
  { run, services, progress }: StepContext,
  scored: Scored,
  selection: Selection,
): Promise<{ readonly funnel: Funnel; readonly root: string }> {
  await using writer = await DecisionWriter.open(tx, run.id, scored.everyone.length, services.randomness);
  const counter = new FunnelCounter();
  const decisions = new Decisions(scored, selection);
  for (let row = 0; row < decisions.size; row++) {
    const decision = decisions.at(row);
    counter.add(decision);
    writer.append(decision);
    if (writer.full) {
      await writer.flush();
      progress(row, decisions.size);
    }
  }
  return {
    root: await writer.seal(tx),
    funnel: counter.close(run.snapshotRows ?? 0, selection.aboveThreshold),
  };
}

function manifestOf(
  { run, campaign, configVersion, contractVersion, model, services }: StepContext,
  facts: Pick<
    RunManifest,
    'feedFiles' | 'funds' | 'dataUses' | 'holdoutSince' | 'decisionRoot' | 'runtime' | 'timings'
  >,
): RunManifest {
  return {
    format: 'run/1',
    campaign: run.campaign,
    week: run.week,
    attempt: run.attempt,
    trigger: run.trigger,
    actor: run.actor,
    asOf: run.asOf ?? '',
    contract: { number: contractVersion.number, digest: contractVersion.digest },
    snapshot: { digest: run.snapshotDigest ?? '', rows: run.snapshotRows ?? 0 },
    config: { number: configVersion.number, digest: configVersion.digest },
    flowDays: campaign.definition.flowDays,
    model: {
      digest: model.digest,
      modelDigest: model.modelDigest,
      cardDigest: model.cardDigest,
      cardContent: digestOfJson(model.card),
    },
    seed: run.seed,
    engine: services.engine,
    ...facts,
  };
}

async function openOutputIncident(
  tx: Transaction,
  { run, services }: StepContext,
  checks: readonly Check[],
): Promise<void> {
  const halting = checks.filter(({ verdict }) => verdict === 'HALT');
  await openIncident(tx, services, {
    kind: 'CHECK_HALTED',
    campaign: run.campaign,
    runId: run.id,
    summary: `${run.campaign} ${run.week} halted: ${halting.map(({ name, message }) => `${name}: ${message}`).join('; ')}`,
  });
}
