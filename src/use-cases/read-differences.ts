import { customersAt } from '../store/decision.reads.ts';
import type { ReproductionRow } from '../store/reproduction.row.ts';
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
    const customers = await customersAt(
      tx,
      runId,
      differences.map(({ row }) => row),
    );
    return differences.flatMap(({ row, ...said }) => {
      const customer = customers.get(row);
      return customer === undefined ? [] : [{ customer, ...said }];
    });
  });
}
