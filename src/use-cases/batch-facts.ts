import type { BatchRow } from '../store/batch.row.ts';
import type { Facts } from './execute.ts';

/** What every entry about a batch says of it. */
export function sourceOf({ week, runId, size }: BatchRow): NonNullable<Facts['details']> {
  return { week, run: runId, size };
}

/** What the log says of an act that brings a batch from one status to the next. @param digest of what was decided upon */
export function statusFacts(
  batch: BatchRow,
  after: BatchRow['status'],
  more: NonNullable<Facts['details']>,
  digest = batch.digest,
): Facts {
  const { campaign, id: subject, status: before } = batch;
  return { campaign, subject, digest, details: { ...sourceOf(batch), before, after, ...more } };
}
