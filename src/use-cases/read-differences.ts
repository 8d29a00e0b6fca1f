import type { ReproductionRow } from '../store/reproduction.row.ts';
import { partitionOf } from '../store/snapshot.store.ts';
import type { Caller } from './execute.ts';
import { readCustomerData } from './read-customer-data.ts';
import type { Services } from './services.ts';

/** The decisions that came out otherwise in a reproduction, with whom they were about. */
export async function readDifferences(
  services: Services,
  caller: Caller,
  { id, runId, differences }: ReproductionRow,
) {
  if (differences.length === 0) return [];
  const about = {
    action: 'decision.differences',
    facts: { campaign: null, subject: runId, details: { reproduction: id } },
    found: (rows: readonly unknown[]) => ({ customers: rows.length }),
  } as const;
  return readCustomerData(services, caller, about, async (tx) => {
    const rows: { row: number; customer: string }[] = await tx.query(
      `select row_no as row, customer from ${partitionOf('decision', runId)} where run_id = $1 and row_no = any ($2)`,
      [runId, differences.map(({ row }) => row)],
    );
    const customers = new Map(rows.map(({ row, customer }) => [row, customer]));
    return differences.flatMap(({ row, ...said }) => {
      const customer = customers.get(row);
      return customer === undefined ? [] : [{ customer, ...said }];
    });
  });
}
