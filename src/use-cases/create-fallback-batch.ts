import { drawKey } from '../audit/draw-key.ts';
import { DRAW } from '../domain/draw-keys.ts';
import { drawFallback } from '../domain/fallback-draw.ts';
import { KeyedHash } from '../domain/keyed-hash.ts';
import { refuse } from '../domain/refusal.ts';
import { drawSample, type SampleCandidate } from '../domain/review-sample.ts';
import { addDays, dateIn, type IsoDate, weekOf } from '../domain/week.ts';
import { BatchRow } from '../store/batch.row.ts';
import { customersInOpenBatches, insertBatch, insertSample } from '../store/batch.store.ts';
import { configAt, lockCampaign } from '../store/campaign.store.ts';
import { newestSnapshot } from '../store/run.reads.ts';
import type { RunRow } from '../store/run.row.ts';
import type { Transaction } from '../store/transaction.ts';
import { selectionKeys } from './decisions.ts';
import { assertGoing } from './engine.ts';
import type { Command } from './execute.ts';
import { type Afresh, judgeAfresh } from './judge-afresh.ts';
import { needNote } from './review-batch.ts';

export interface FallbackBatchInput {
  readonly campaign: string;
  readonly size: number;
  readonly note: string;
}

/** What an older snapshot says of people is no longer so. */
const OLDEST_SNAPSHOT_DAYS = 35;

/**
 * Draws a batch while the engine is off: so many customers at random, by keyed hash, out of those whom every rule lets be mailed
 * today and who are not in the holdout, from the newest snapshot. Nobody is scored; reviewed, approved and released it is like any other.
 */
export const createFallbackBatch: Command<FallbackBatchInput, BatchRow> = {
  action: 'batch.fallback',
  permission: 'batch.fallback',
  about: ({ campaign }) => ({ campaign, subject: null }),
  async handle({ tx, now, actor, services }, { campaign: key, size, note }) {
    const campaign = await lockCampaign(tx, key);
    needNote(note);
    // Where everything is paused, who paused it is the answer.
    await assertGoing(tx, key, 'FALLBACK_MAIL');
    if (!campaign.paused) {
      refuse(
        'INVALID_STATE',
        'ENGINE_RUNNING',
        `The engine of ${key} is running: a fallback batch is for when it is paused.`,
      );
    }
    const config = await configAt(tx, key, now);
    const { capacity, sampleSize } = config.settings;
    if (!Number.isInteger(size) || size < 1 || size > capacity)
      refuse(
        'BAD_INPUT',
        'SIZE',
        `A fallback batch has 1 to ${capacity} customers, the capacity of the settings.`,
      );
    const today = dateIn(campaign.definition.timeZone, now);
    const run = await snapshotOf(tx, key, today);
    const week = weekOf(today);
    const since = weekOf(dateIn(campaign.definition.timeZone, config.effectiveFrom));
    const before = await tx.countBy(BatchRow, { campaign: key, week, fallback: true });
    const hash = (name: string) => new KeyedHash(drawKey(campaign.seed, name));
    const eligible = await eligibleNow(tx, { campaign, run, config: config.settings, today });
    const { holdoutShare } = config.settings;
    const { holdout } = selectionKeys({ seed: campaign.seed, week }, config.settings, since);
    const lots = hash(DRAW.fallback(week, before));
    const { drawn, heldOut } = drawFallback(eligible, size, holdoutShare, { lots, holdout });
    const candidates = drawn.map(
      (customer): SampleCandidate => ({ customer, arm: 'EXPLORATION', score: null }),
    );
    if (candidates.length === 0)
      refuse(
        'INVALID_STATE',
        'NOBODY_ELIGIBLE',
        `Nobody of the snapshot of ${run.week} may be mailed today.`,
      );
    const batch = tx.create(BatchRow, {
      id: services.ids.next(),
      campaign: key,
      runId: null,
      week,
      fallback: true,
      status: 'IN_REVIEW',
      size: candidates.length,
      createdAt: now,
      snapshotRunId: run.id,
      configId: config.id,
      drawnBy: actor.subject,
    });
    await insertBatch(tx, batch, candidates, services.randomness);
    const sample = drawSample(candidates, sampleSize, hash(DRAW.fallbackSample(week, before)));
    await insertSample(tx, batch.id, sample);
    return {
      result: batch,
      facts: {
        campaign: key,
        subject: batch.id,
        digest: batch.digest,
        details: {
          week,
          run: null,
          size: batch.size,
          sample: sample.length,
          asked: size,
          eligible: eligible.length,
          heldOut,
          snapshotOf: run.id,
          snapshot: run.snapshotDigest,
          configDigest: config.digest,
          before: null,
          after: batch.status,
          reason: note,
        },
      },
    };
  },
};

async function snapshotOf(tx: Transaction, campaign: string, today: IsoDate): Promise<RunRow> {
  const run = await newestSnapshot(tx, campaign);
  if (run === null || run.asOf === null)
    return refuse('INVALID_STATE', 'NO_SNAPSHOT', `There is no snapshot of ${campaign} to draw from.`);
  if (run.asOf < addDays(today, -OLDEST_SNAPSHOT_DAYS)) {
    refuse(
      'INVALID_STATE',
      'SNAPSHOT_OLD',
      `The newest snapshot is of ${run.asOf}, older than ${OLDEST_SNAPSHOT_DAYS} days: let the warehouse deliver first.`,
    );
  }
  return run;
}

/** Whom every rule lets be mailed today, but for those who are in a batch already that is not finished. */
async function eligibleNow(tx: Transaction, afresh: Afresh): Promise<readonly string[]> {
  const waiting = await customersInOpenBatches(tx, afresh.campaign.key);
  const eligible: string[] = [];
  for await (const [customer, reasons] of judgeAfresh(tx, afresh))
    if (reasons === 0 && !waiting.has(customer)) eligible.push(customer);
  return eligible;
}
