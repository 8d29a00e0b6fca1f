import { hash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { merklePath, merkleRoot } from '../audit/merkle.ts';
import { ARMS, type Decision, leafText, OUTCOMES, REASONS } from '../domain/decision.ts';
import type { Randomness } from '../domain/ports.ts';
import { CopyIn } from './copy-stream.ts';
import { partitionOf, SALT_BYTES, uuidBytes } from './snapshot.store.ts';

const FIELDS = 9;
const HASH_BYTES = 32;
const BLOCK_LEAVES = 4096;
const BLOCK_BYTES = BLOCK_LEAVES * HASH_BYTES;

/** RFC 6962 sets leaves apart from nodes by a zero byte in front. */
function leafHash(text: string, target: Buffer, at: number): void {
  target.write(hash('sha256', `\0${text}`, 'binary'), at, HASH_BYTES, 'latin1');
}

/** Records the decisions of a run in row order, and the Merkle tree over them. */
export class DecisionWriter {
  readonly #run: Buffer;
  readonly #leaves: Buffer;
  #rows = 0;

  private constructor(
    readonly copy: CopyIn,
    readonly runId: string,
    readonly salts: Uint8Array,
  ) {
    this.#run = uuidBytes(runId);
    this.#leaves = Buffer.allocUnsafeSlow((salts.length / SALT_BYTES) * HASH_BYTES);
  }

  static async open(
    tx: EntityManager,
    runId: string,
    rows: number,
    randomness: Randomness,
  ): Promise<DecisionWriter> {
    await tx.query('select open_partition($1, $2)', ['decision', runId]);
    const copy = await CopyIn.open(tx, partitionOf('decision', runId));
    return new DecisionWriter(copy, runId, randomness.bytes(rows * SALT_BYTES));
  }

  async append(decision: Decision): Promise<void> {
    const row = this.#rows++;
    const salt = this.salts.subarray(row * SALT_BYTES, (row + 1) * SALT_BYTES);
    const { encoder } = this.copy;
    encoder.row(FIELDS);
    encoder.bytes(this.#run);
    encoder.int4(row);
    encoder.ascii(decision.customer);
    encoder.bytes(salt);
    encoder.int2(OUTCOMES.indexOf(decision.outcome));
    if (decision.arm === null) encoder.null();
    else encoder.int2(ARMS.indexOf(decision.arm));
    encoder.int2Array(decision.reasons.map((reason) => REASONS.indexOf(reason)));
    if (decision.score === null) encoder.null();
    else encoder.float8(decision.score);
    if (decision.rank === null) encoder.null();
    else encoder.int4(decision.rank);
    leafHash(leafText(row, decision, Buffer.from(salt).toString('base64')), this.#leaves, row * HASH_BYTES);
    if (this.copy.full) await this.copy.flush();
  }

  /** Ends the load, keeps the leaves and seals the rows; the answer is the root of the tree. */
  async seal(tx: EntityManager): Promise<string> {
    await this.copy.end();
    await tx.query('select seal_partition($1, $2)', ['decision', this.runId]);
    for (let at = 0; at < this.#leaves.length; at += BLOCK_BYTES) {
      const hashes = this.#leaves.subarray(at, at + BLOCK_BYTES);
      await tx.query('insert into decision_leaf (run_id, block, root, hashes) values ($1, $2, $3, $4)', [
        this.runId,
        at / BLOCK_BYTES,
        merkleRoot(hashes),
        hashes,
      ]);
    }
    return `sha256:${Buffer.from(merkleRoot(this.#leaves)).toString('hex')}`;
  }
}

/** The path from a decision's leaf to the root of its run, nearest sibling first. */
export async function decisionPath(
  db: Pick<EntityManager, 'query'>,
  runId: string,
  row: number,
): Promise<{ readonly leaf: Uint8Array; readonly size: number; readonly path: readonly Uint8Array[] }> {
  const block = Math.floor(row / BLOCK_LEAVES);
  const roots: { root: Buffer; size: number }[] = await db.query(
    'select root, length(hashes) / 32 as size from decision_leaf where run_id = $1 order by block',
    [runId],
  );
  const [found]: { hashes: Buffer }[] = await db.query(
    'select hashes from decision_leaf where run_id = $1 and block = $2',
    [runId, block],
  );
  if (found === undefined) throw new Error(`run ${runId} has no leaf ${row}`);
  const index = row % BLOCK_LEAVES;
  return {
    leaf: found.hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES),
    size: roots.reduce((sum, { size }) => sum + size, 0),
    path: [
      ...merklePath(found.hashes, index),
      ...merklePath(Buffer.concat(roots.map(({ root }) => root)), block),
    ],
  };
}
