import { sendDay } from '../domain/eligibility.ts';
import { judgeFeed } from '../domain/feed-check.ts';
import { layoutOf } from '../domain/feed-contract.ts';
import { judgeMarket } from '../domain/market-check.ts';
import { AGE_BANDS, ageBandOf } from '../domain/output-check.ts';
import type { ReplayedWeek, UnreplayedWeek, WhatIf } from '../domain/replay.ts';
import { meaningOf, type Selection, select } from '../domain/selection.ts';
import { addDays } from '../domain/week.ts';
import { erasedRows } from '../store/erasure.reads.ts';
import { feedMeasuresOf } from '../store/feed-measures.reads.ts';
import type { FrozenBlock } from '../store/frozen-block.ts';
import { funnelOf } from '../store/funnel.reads.ts';
import { modelFile, referenceSample } from '../store/model.store.ts';
import { flowsBetween, mailedRows } from '../store/recorded-weeks.reads.ts';
import { erasedChoices } from '../store/reproduction.reads.ts';
import type { RunRow } from '../store/run.row.ts';
import { feedHistory } from '../store/run-record.store.ts';
import { frozenRows, readSnapshot } from '../store/snapshot.store.ts';
import type { Transaction } from '../store/transaction.ts';
import { selectionKeys } from './decisions.ts';
import { measureOutput } from './measure-output.ts';
import { type ReplayRecord, readReplayRecord } from './replay-record.ts';
import { type Scored, scoreSnapshot } from './score-snapshot.ts';
import type { Services } from './services.ts';

/**
 * Decides a recorded week again from its frozen rows, with something otherwise. Call it in a transaction that only reads. What it
 * holds fixed and what it computes anew is in docs/decisions/0018. Throws the signal's reason where it is ended.
 */
export async function replayWeek(
  tx: Transaction,
  services: Services,
  run: RunRow,
  whatIf: WhatIf,
  signal: AbortSignal,
): Promise<ReplayedWeek | UnreplayedWeek> {
  const { week } = run;
  const decided = run.decisionRoot !== null;
  const record = await readReplayRecord(tx, services, run, whatIf);
  if (typeof record === 'string')
    return { week, recorded: (await funnelOf(tx, run.id))?.mailed ?? null, obstacle: record };
  const { context, asOf, funds } = record;
  const { config, model, campaign } = context;
  const { hashes: gone } = await erasedRows(tx, 'snapshot', run.id);
  const changes = { erased: gone, moved: false };
  const keys = selectionKeys(run, config, record.holdoutSince);
  const scored = await scoreSnapshot(tx, context, {
    asOf,
    funds,
    ties: keys.ties,
    model: await modelFile(tx, model.id, 'model.onnx'),
    reference: await referenceSample(tx, model.id),
    changes,
    shifts: whatIf.shifts,
    blocks: withEarlierFlows(
      readSnapshot(tx, run.id, layoutOf(context.contract), changes),
      await earlierFlows(tx, record),
      signal,
    ),
  });
  // Whoever was erased keeps their rank where it still says something; else their place goes to the next.
  const choices = record.sameScores ? await erasedChoices(tx, run.id) : new Map();
  const selection = select(scored, config, keys, choices);
  const mailing = mailingOf(scored, selection);
  const before = decided ? await mailedRows(tx, run.id) : [];
  const stays = new Set(before);
  const enter = mailing.rows.filter((row) => !stays.has(row)).length;
  return {
    week,
    config,
    flowLength: Math.max(0, ...campaign.definition.flowDays),
    sendDay: sendDay(asOf),
    recorded: decided ? before.length : null,
    mailed: mailing.customers,
    enter,
    leave: before.length - (mailing.rows.length - enter),
    heldOut: mailing.heldOut,
    eligible: scored.customers.length,
    bands: bandsOf(await agesOf(tx, record, before), mailing.bands),
    erased: gone.size,
    modelId: model.id,
    early: [
      ...judgeFeed(await feedMeasuresOf(tx, run), await feedHistory(tx, run.campaign, week), config),
      ...judgeMarketOf(record, whatIf),
    ],
    drift: scored.drift,
    distributions: scored.distributions,
    output: await measureOutput(tx, context, scored, selection),
  };
}

/** Prices that are shifted in mind are judged where that is asked for. */
function judgeMarketOf({ context, funds, asOf }: ReplayRecord, { shifts, judgeMarket: asked }: WhatIf) {
  const { card } = context.model;
  const shiftsOver = (over: number | null) => {
    const features = card.features.filter(
      ({ recipe }) => 'fundChange' in recipe && (over === null || recipe.fundChange.days === over),
    );
    return shifts.filter(({ feature }) => features.some(({ name }) => name === feature));
  };
  if (shiftsOver(null).length > 0 && !asked) return [];
  return judgeMarket(funds, asOf, context.config, shiftsOver);
}

/**
 * The flows that a longer rest must know of and that lie before those in the frozen rows, which reach back as far as the rest of
 * then asked for.
 */
async function earlierFlows(tx: Transaction, { context, asOf, recordedConfig }: ReplayRecord) {
  const { campaign, config, run } = context;
  const frozenFrom = addDays(
    asOf,
    -(7 * recordedConfig.restWeeks + Math.max(0, ...campaign.definition.flowDays)),
  );
  const neededFrom = addDays(asOf, 2 - 7 * config.restWeeks);
  return neededFrom < frozenFrom ? flowsBetween(tx, run.campaign, neededFrom, frozenFrom) : new Map();
}

/** Rows as they were frozen, with flows that began before. Throws the signal's reason where it is ended. */
async function* withEarlierFlows(
  blocks: AsyncIterable<FrozenBlock>,
  earlier: ReadonlyMap<string, readonly number[]>,
  signal: AbortSignal,
): AsyncGenerator<FrozenBlock> {
  for await (const block of blocks) {
    signal.throwIfAborted();
    if (earlier.size === 0) yield block;
    else {
      const flowStarts = block.flowStarts.map((starts, row) => {
        const more = earlier.get(block.customers[row] ?? '');
        return more === undefined ? starts : [...more, ...(starts ?? [])];
      });
      yield { ...block, flowStarts };
    }
  }
}

/** Who is mailed, in the order of the rows: number, customer and age band of each; and how many are held out. */
function mailingOf({ reasons, customers, bandOf }: Scored, { verdicts }: Selection) {
  const found = { rows: [] as number[], customers: [] as string[], bands: [] as number[], heldOut: 0 };
  let place = 0;
  for (const [row, bits] of reasons.entries()) {
    if (bits !== 0) continue;
    const { outcome } = meaningOf(verdicts[place] ?? 0);
    if (outcome === 'HELD_OUT') found.heldOut++;
    if (outcome === 'MAIL') {
      found.rows.push(row);
      found.customers.push(customers[place] ?? '');
      found.bands.push(bandOf[place] ?? 0);
    }
    place++;
  }
  return found;
}

/** The age bands of customers by their rows, as they were frozen. */
async function agesOf(tx: Transaction, { context }: ReplayRecord, rows: readonly number[]) {
  const layout = layoutOf(context.contract);
  const { numbers } = await frozenRows(tx, context.run.id, layout, rows);
  const ages = numbers[layout.numbers.findIndex(({ name }) => name === 'age')];
  return Array.from(ages ?? [], ageBandOf);
}

function bandsOf(before: readonly number[], after: readonly number[]) {
  const count = (bands: readonly number[], of: number) => bands.filter((band) => band === of).length;
  return AGE_BANDS.map(([, band], at) => ({ band, before: count(before, at), after: count(after, at) }));
}
