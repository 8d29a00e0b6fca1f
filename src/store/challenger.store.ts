import { setImmediate } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { merkleRoot, writeLeafHash } from '../audit/merkle.ts';
import { HASH_SIZE } from '../audit/tlog.ts';
import {
  type ChallengerDecision,
  type ChallengerOutcome,
  type ChallengerSummary,
  challengerLeafText,
} from '../domain/challenger.ts';
import type { Randomness } from '../domain/ports.ts';
import { CopyIn } from './copy-stream.ts';
import { partitionOf, SALT_BYTES, uuidBytes } from './snapshot.store.ts';

const FIELDS = 9;
/** So many leaves are folded at once: a power of two, so that the root over the parts' roots is the root over all. */
const PART_BYTES = 4096 * HASH_SIZE;

/** What came of a run's challenger; root and summary where it scored, the reason where it did not. */
export interface ChallengerOfRun {
  readonly runId: string;
  readonly modelId: string;
  readonly outcome: ChallengerOutcome;
  readonly reason: string | null;
  readonly scored: number;
  readonly root: string | null;
  readonly summary: ChallengerSummary | null;
}

export async function insertChallenger(tx: EntityManager, challenger: ChallengerOfRun): Promise<void> {
  const { runId, modelId, outcome, reason, scored, root, summary } = challenger;
  await tx.query(
    'insert into run_challenger (run_id, model_id, outcome, reason, scored, root, summary) values ($1, $2, $3, $4, $5, $6, $7)',
    [runId, modelId, outcome, reason, scored, root, summary],
  );
}

/** Records what a challenger would have decided, in the order of the snapshot's rows; answers the root of the tree over it. */
export async function recordChallenger(
  tx: EntityManager,
  runId: string,
  decisions: Iterable<ChallengerDecision>,
  count: number,
  randomness: Randomness,
): Promise<string> {
  await tx.query('select open_challenger($1)', [runId]);
  await using copy = await CopyIn.openNew(tx, partitionOf('challenger_decision', runId));
  const run = uuidBytes(runId);
  const salts = randomness.bytes(count * SALT_BYTES);
  const leaves = Buffer.allocUnsafeSlow(count * HASH_SIZE);
  const { encoder } = copy;
  let place = 0;
  for (const decision of decisions) {
    const salt = salts.subarray(place * SALT_BYTES, (place + 1) * SALT_BYTES);
    writeLeafHash(leaves, place, challengerLeafText(decision, Buffer.from(salt).toString('hex')));
    encoder.row(FIELDS);
    encoder.bytes(run);
    encoder.int4(place);
    encoder.int4(decision.row);
    encoder.ascii(decision.customer);
    encoder.bytes(salt);
    encoder.float8(decision.score);
    encoder.int4(decision.rank);
    encoder.boolean(decision.chosen);
    encoder.bytes(leaves, place * HASH_SIZE, (place + 1) * HASH_SIZE);
    place++;
    if (copy.full) await copy.flush();
  }
  await copy.end();
  await tx.query('select seal_challenger($1)', [runId]);
  return `sha256:${Buffer.from(await rootOf(leaves)).toString('hex')}`;
}

/** The root over leaf hashes, a part at a time: others must be heard between two parts. */
async function rootOf(leaves: Buffer): Promise<Uint8Array> {
  const roots: Uint8Array[] = [];
  for (let at = 0; at < leaves.length; at += PART_BYTES) {
    await setImmediate();
    roots.push(merkleRoot(leaves.subarray(at, at + PART_BYTES)));
  }
  return merkleRoot(Buffer.concat(roots));
}
