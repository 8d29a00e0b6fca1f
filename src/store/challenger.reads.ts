import type { ChallengerDecision } from '../domain/challenger.ts';
import type { ChallengerOfRun } from './challenger.store.ts';
import { partitionOf } from './snapshot.store.ts';
import type { Transaction } from './transaction.ts';

type Reader = Pick<Transaction, 'query'>;

/** What came of the challengers of some runs; nothing of runs that had none. */
export async function challengersOf(
  db: Reader,
  runIds: readonly string[],
): Promise<readonly ChallengerOfRun[]> {
  return db.query(
    `select run_id as "runId", model_id as "modelId", outcome, reason, scored, root, summary
     from run_challenger where run_id = any ($1)`,
    [runIds],
  );
}

/** What the challenger of a run, which scored, would have decided on some customers; nothing of whom it did not score. */
export async function challengerDecisionsOn(
  db: Reader,
  runId: string,
  customers: readonly string[],
): Promise<readonly ChallengerDecision[]> {
  return db.query(
    `select row_no as row, customer, score, rank, chosen from ${partitionOf('challenger_decision', runId)}
     where run_id = $1 and customer = any ($2)`,
    [runId, customers],
  );
}
