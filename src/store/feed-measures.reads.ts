import type { FeedMeasures } from '../domain/feed-check.ts';
import type { RunRow } from './run.row.ts';
import type { Transaction } from './transaction.ts';

/** What was measured of the feed that a run froze; which row was the first that is not used is not kept with it. */
export async function feedMeasuresOf(
  tx: Transaction,
  { id, snapshotRows, rejectedRows }: RunRow,
): Promise<FeedMeasures> {
  const measures: { name: string; subject: string; value: readonly number[] }[] = await tx.query(
    `select name, subject, value from run_measure where run_id = $1 and name in ('NULLS', 'RATES')`,
    [id],
  );
  const sharesOf = (name: string) =>
    new Map(
      measures
        .filter((measure) => measure.name === name)
        .map(({ subject, value }) => [subject, value[0] ?? 0]),
    );
  return {
    rows: snapshotRows ?? 0,
    rejected: rejectedRows ?? 0,
    firstRejected: null,
    nulls: sharesOf('NULLS'),
    rates: sharesOf('RATES'),
  };
}
