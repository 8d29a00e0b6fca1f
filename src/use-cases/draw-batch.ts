import { drawKey } from '../audit/draw-key.ts';
import { DRAW } from '../domain/draw-keys.ts';
import { KeyedHash } from '../domain/keyed-hash.ts';
import { drawSample, type SampleCandidate } from '../domain/review-sample.ts';
import { BatchRow } from '../store/batch.row.ts';
import { insertBatch, insertSample } from '../store/batch.store.ts';
import { mailedIn, type RecordedDecision } from '../store/decision.reads.ts';
import type { Transaction } from '../store/transaction.ts';
import type { StepContext, StepResult } from './run-step.ts';

/** Draws the batch of a run that decided, with its review sample; a week in which nobody is to be mailed has none. */
export async function drawBatch(
  tx: Transaction,
  { run, config, services }: StepContext,
): Promise<StepResult> {
  const about = { campaign: run.campaign, subject: run.id };
  const from = { manifest: run.manifestDigest };
  const candidates = (await mailedIn(tx, run.id))
    .map(candidateOf)
    .toSorted((a, b) => (a.customer < b.customer ? -1 : 1));
  if (candidates.length === 0)
    return { status: 'EMPTY', facts: { ...about, details: { ...from, batch: null, size: 0, sample: 0 } } };

  const batch = tx.create(BatchRow, {
    id: services.ids.next(),
    campaign: run.campaign,
    runId: run.id,
    week: run.week,
    fallback: false,
    status: 'IN_REVIEW',
    size: candidates.length,
    createdAt: services.clock.now(),
  });
  await insertBatch(tx, batch, candidates, services.randomness);
  const sample = drawSample(
    candidates,
    config.sampleSize,
    new KeyedHash(drawKey(run.seed, DRAW.sample(run.week))),
  );
  await insertSample(tx, batch.id, sample);
  return {
    status: 'AWAITING_REVIEW',
    facts: {
      ...about,
      digest: batch.digest,
      details: { ...from, batch: batch.id, size: batch.size, sample: sample.length },
    },
  };
}

function candidateOf({ customer, arm, score, runId, row }: RecordedDecision): SampleCandidate {
  if (arm !== 'MODEL' && arm !== 'EXPLORATION')
    throw new Error(`run ${runId}, row ${row}: mailed out of the arm ${arm}`);
  return { customer, arm, score };
}
