import { hash } from 'node:crypto';
import type { ChallengerDecision } from '../domain/challenger.ts';
import { copyOut } from './copy-stream.ts';
import { type FoundDecision, readDecision } from './decision-codec.ts';
import { partitionOf, type RunTable, uuidBytes } from './snapshot.store.ts';
import type { Transaction } from './transaction.ts';

/** Whether the rows of a run are there at all. */
export async function hasPartition(tx: Transaction, parent: RunTable, runId: string): Promise<boolean> {
  const [found]: { there: boolean }[] = await tx.query('select to_regclass($1) is not null as there', [
    `public.${partitionOf(parent, runId)}`,
  ]);
  return found?.there === true;
}

/** The decisions of a run as they lie in the table, a call each; in which order is nobody's promise. */
export async function eachDecision(
  tx: Transaction,
  runId: string,
  take: (found: FoundDecision) => void,
): Promise<void> {
  const run = uuidBytes(runId);
  for await (const decoder of copyOut(tx, partitionOf('decision', runId))) {
    while (decoder.next()) take(readDecision(decoder, run));
  }
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
  const run = uuidBytes(runId);
  for await (const decoder of copyOut(tx, partitionOf('challenger_decision', runId))) {
    while (decoder.next()) {
      take({
        foreign: Buffer.compare(decoder.bytes(), run) !== 0,
        place: decoder.int4(),
        row: decoder.int4(),
        customer: decoder.ascii(),
        salt: decoder.hex(),
        score: decoder.float8() ?? Number.NaN,
        rank: decoder.int4(),
        chosen: decoder.boolean(),
        leaf: decoder.bytes(),
      });
    }
  }
}

/** The frozen rows of a run as they lie in the table: the number of each and the SHA-256 of its bytes (latin1). */
export async function eachFrozenRow(
  tx: Transaction,
  runId: string,
  take: (row: number, sha256: string) => void,
): Promise<void> {
  for await (const decoder of copyOut(tx, partitionOf('snapshot_row', runId))) {
    while (decoder.next()) {
      decoder.skip();
      take(decoder.int4(), hash('sha256', decoder.rowBytes(), 'binary'));
    }
  }
}

/** A block of the leaves of a run's decisions as it is kept. */
export interface RecordedLeaves {
  readonly block: number;
  readonly root: Buffer;
  readonly hashes: Buffer;
}

const BLOCKS_AT_ONCE = 32;

/** The blocks of leaves of a run in order. */
export async function* leafBlocks(tx: Transaction, runId: string): AsyncGenerator<RecordedLeaves> {
  for (let after = -1; ; ) {
    const blocks: RecordedLeaves[] = await tx.query(
      'select block, root, hashes from decision_leaf where run_id = $1 and block > $2 order by block limit $3',
      [runId, after, BLOCKS_AT_ONCE],
    );
    yield* blocks;
    if (blocks.length < BLOCKS_AT_ONCE) return;
    after = blocks.at(-1)?.block ?? after;
  }
}

/** Tables of rows of runs that hang under `parent` in the database, by name. */
export async function partitionsOf(tx: Transaction, parent: RunTable): Promise<readonly string[]> {
  const rows: { name: string }[] = await tx.query(
    'select inhrelid::regclass::text as name from pg_inherits where inhparent = $1::regclass order by 1',
    [parent],
  );
  return rows.map(({ name }) => name);
}
