import { ARMS } from '../domain/decision.ts';
import type { Cutoff, Ranked } from '../domain/selection-bar.ts';
import { partitionOf } from './snapshot.store.ts';
import type { Transaction } from './transaction.ts';

/** How far from the capacity is looked for somebody who was not erased. */
const REACH = 100;

/** Where the choice of a run ended, as far as it is still on record. Reads all of its decisions once. */
export async function cutoffOf(tx: Transaction, runId: string, capacity: number): Promise<Cutoff> {
  const rows: (Ranked & { explored: boolean })[] = await tx.query(
    `select customer, score, rank, arm is not distinct from $1 as explored from ${partitionOf('decision', runId)}
     where arm = $1 or rank between $2 and $3 order by rank`,
    [ARMS.indexOf('EXPLORATION'), capacity - REACH, capacity + REACH],
  );
  const near = rows.filter(({ rank }) => Math.abs(rank - capacity) <= REACH);
  return {
    last: near.findLast(({ rank }) => rank <= capacity) ?? null,
    next: near.find(({ rank }) => rank > capacity) ?? null,
    explored: rows.filter(({ explored }) => explored).map(({ customer }) => customer),
  };
}
