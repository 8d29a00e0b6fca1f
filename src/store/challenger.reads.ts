import type { ChallengerDecision } from '../domain/challenger.ts';
import type { ChallengerOfRun } from './challenger.store.ts';
import { copyOut } from './copy-stream.ts';
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

/** A challenger's decision as it stands, its salt in hex; `foreign` when it says that it is of another run. */
export interface FoundChallengerDecision extends ChallengerDecision {
  readonly foreign: boolean;
  readonly place: number;
  readonly salt: string;
  readonly leaf: Uint8Array;
}

/** The decisions of a run's challenger as they lie in the table, a call each; `leaf` is valid until the call returns. */
export async function eachChallengerDecision(
  tx: Transaction,
  runId: string,
  take: (found: FoundChallengerDecision) => void,
): Promise<void> {
  const run = runId.replaceAll('-', '');
  for await (const decoder of copyOut(tx, partitionOf('challenger_decision', runId))) {
    while (decoder.next()) {
      take({
        foreign: hexOf(decoder.bytes()) !== run,
        place: decoder.int4(),
        row: decoder.int4(),
        customer: decoder.ascii(),
        salt: hexOf(decoder.bytes()),
        score: decoder.float8() ?? Number.NaN,
        rank: decoder.int4(),
        chosen: decoder.boolean(),
        leaf: decoder.bytes(),
      });
    }
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}
