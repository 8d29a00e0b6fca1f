import { drawKey } from '../audit/draw-key.ts';
import { DRAW } from '../domain/draw-keys.ts';
import { drawFallback } from '../domain/fallback-draw.ts';
import { KeyedHash } from '../domain/keyed-hash.ts';
import { needNote } from '../domain/note.ts';
import { refuse } from '../domain/refusal.ts';
import { drawSample, type SampleCandidate } from '../domain/review-sample.ts';
import { addDays, dateIn, type IsoDate, weekOf } from '../domain/week.ts';
import { BatchRow } from '../store/batch.row.ts';
import { customersInOpenBatches, insertBatch, insertSample } from '../store/batch.store.ts';
import type { CampaignRow } from '../store/campaign.row.ts';
import { lockCampaign, newestConfig } from '../store/campaign.store.ts';
import type { ConfigVersionRow } from '../store/config-version.row.ts';
import { newestSnapshot } from '../store/run.reads.ts';
import type { RunRow } from '../store/run.row.ts';
import type { Transaction } from '../store/transaction.ts';
import { selectionKeys } from './decisions.ts';
import { assertGoing } from './engine.ts';
import type { Command } from './execute.ts';
import { type Afresh, judgeAfresh } from './judge-afresh.ts';

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
    await assertOff(tx, campaign);
    const config = await newestConfig(tx, key);
    needSize(size, config.settings.capacity);
    const today = dateIn(campaign.definition.timeZone, now);
    const run = await snapshotOf(tx, key, today);
    const { week, candidates, sample, eligible, heldOut } = await draw(
      tx,
      { campaign, run, config, today },
      size,
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
          eligible,
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

/** Refuses while the engine runs, and where everything or the flow is paused: then who paused it is the answer. */
async function assertOff(tx: Transaction, { key, paused }: CampaignRow): Promise<void> {
  await assertGoing(tx, key, 'FALLBACK_MAIL');
  if (paused) return;
  refuse(
    'INVALID_STATE',
    'ENGINE_RUNNING',
    `The engine of ${key} is running: a fallback batch is for when it is paused.`,
  );
}

function needSize(size: number, capacity: number): void {
  if (Number.isInteger(size) && size >= 1 && size <= capacity) return;
  refuse(
    'BAD_INPUT',
    'SIZE',
    `A fallback batch has 1 to ${capacity} customers, the capacity of the settings.`,
  );
}

/** From whose snapshot is drawn, by which settings, on which day. */
interface DrawnFrom {
  readonly campaign: CampaignRow;
  readonly run: RunRow;
  readonly config: ConfigVersionRow;
  readonly today: IsoDate;
}

/** Who is drawn and who of them is to be reviewed; the lots are of the week and of how many such batches it had before. */
async function draw(tx: Transaction, { campaign, run, config, today }: DrawnFrom, size: number) {
  const { key, seed, definition } = campaign;
  const { settings, effectiveFrom } = config;
  const week = weekOf(today);
  const before = await tx.countBy(BatchRow, { campaign: key, week, fallback: true });
  const hash = (name: string) => new KeyedHash(drawKey(seed, name));
  const since = weekOf(dateIn(definition.timeZone, effectiveFrom));
  const { holdout } = selectionKeys({ seed, week }, settings, since);
  const lots = hash(DRAW.fallback(week, before));
  const eligible = await eligibleNow(tx, { campaign, run, config: settings, today });
  const { drawn, heldOut } = drawFallback(eligible, size, settings.holdoutShare, { lots, holdout });
  const candidates = drawn.map(
    (customer): SampleCandidate => ({ customer, arm: 'EXPLORATION', score: null }),
  );
  if (candidates.length === 0)
    refuse('INVALID_STATE', 'NOBODY_ELIGIBLE', `Nobody of the snapshot of ${run.week} may be mailed today.`);
  const sample = drawSample(candidates, settings.sampleSize, hash(DRAW.fallbackSample(week, before)));
  return { week, candidates, sample, eligible: eligible.length, heldOut };
}

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
