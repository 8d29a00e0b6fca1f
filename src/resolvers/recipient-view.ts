import type { Recipient } from '../schema/batch.type.ts';
import type { BatchRow } from '../store/batch.row.ts';
import type { RecipientRow } from '../store/recipient.row.ts';

/** A recipient as the API shows it, with the run in which it was decided; a fallback batch has none. */
export type RecipientView = Recipient & {
  readonly runId: string | null;
  readonly batchId: string;
  /** Whose snapshot a fallback batch was drawn from. */
  readonly snapshotRunId: string | null;
};

export function recipientView(
  { id: batchId, runId, snapshotRunId }: BatchRow,
  row: RecipientRow,
): RecipientView {
  const { customer, arm, score, removedBy, removedAt, removalNote, dropped } = row;
  const removed =
    removedBy === null || removedAt === null || removalNote === null
      ? null
      : { by: removedBy, at: removedAt, note: removalNote };
  return { customer, arm, score, removed, dropped, runId, batchId, snapshotRunId };
}
