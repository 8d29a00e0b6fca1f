import { setImmediate } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { merklePath, merkleRoot, writeLeafHash } from '../audit/merkle.ts';
import { ARMS, type Decision, leafText, OUTCOMES, REASONS, type Reason } from '../domain/decision.ts';
import type { Randomness } from '../domain/ports.ts';
import { CopyIn } from './copy-stream.ts';
import { partitionOf, SALT_BYTES, uuidBytes } from './snapshot.store.ts';

const FIELDS = 9;
const LEAF_FIELDS = 4;
const HASH_BYTES = 32;
const BLOCK_LEAVES = 4096;

/** The hashes of some leaves, and the root of their part of the tree. */
interface LeafBlock {
  readonly root: Uint8Array;
  readonly hashes: Uint8Array;
}

/** Records the decisions of a run in row order, and the Merkle tree over them. Whoever opens one disposes of it. */
export class DecisionWriter {
  readonly #run: Buffer;
  #rows = 0;
  /** Codes by list of reasons; the same lists come again and again. */
  readonly #codes = new WeakMap<readonly Reason[], readonly number[]>();

  private constructor(
    readonly copy: CopyIn,
    readonly runId: string,
    readonly salts: Uint8Array,
  ) {
    this.#run = uuidBytes(runId);
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

  /** Whether `flush` is due before the next decision. */
  get full(): boolean {
    return this.copy.full;
  }

  flush(): Promise<void> {
    return this.copy.flush();
  }

  append(decision: Decision): void {
    const row = this.#rows++;
    const { encoder } = this.copy;
    encoder.row(FIELDS);
    encoder.bytes(this.#run);
    encoder.int4(row);
    encoder.ascii(decision.customer);
    encoder.bytes(this.salts, row * SALT_BYTES, (row + 1) * SALT_BYTES);
    encoder.int2(OUTCOMES.indexOf(decision.outcome));
    if (decision.arm === null) encoder.null();
    else encoder.int2(ARMS.indexOf(decision.arm));
    encoder.int2Array(this.#codesOf(decision.reasons));
    if (decision.score === null) encoder.null();
    else encoder.float8(decision.score);
    if (decision.rank === null) encoder.null();
    else encoder.int4(decision.rank);
  }

  #codesOf(reasons: readonly Reason[]): readonly number[] {
    const known = this.#codes.get(reasons);
    if (known !== undefined) return known;
    const codes = reasons.map((reason) => REASONS.indexOf(reason));
    this.#codes.set(reasons, codes);
    return codes;
  }

  /**
   * Ends the load, keeps the leaves and seals the rows; the answer is the root of the tree.
   * @param decisionAt the decisions that were appended, by row
   */
  async seal(tx: EntityManager, decisionAt: (row: number) => Decision): Promise<string> {
    // The server has the rows to load and to index meanwhile, which takes about as long as hashing them.
    const [blocks] = await Promise.all([this.#hashBlocks(decisionAt), this.#sealRows(tx)]);
    await this.#keepBlocks(tx, blocks);
    // A block holds a power of two of leaves, so that the root over the blocks' roots is the root over all leaves.
    const root = merkleRoot(Buffer.concat(blocks.map(({ root }) => root)));
    return `sha256:${Buffer.from(root).toString('hex')}`;
  }

  async #keepBlocks(tx: EntityManager, blocks: readonly LeafBlock[]): Promise<void> {
    await using copy = await CopyIn.open(tx, 'decision_leaf (run_id, block, root, hashes)');
    for (const [block, { root, hashes }] of blocks.entries()) {
      copy.encoder.row(LEAF_FIELDS);
      copy.encoder.bytes(this.#run);
      copy.encoder.int4(block);
      copy.encoder.bytes(root);
      copy.encoder.bytes(hashes);
      if (copy.full) await copy.flush();
    }
    await copy.end();
  }

  async #sealRows(tx: EntityManager): Promise<void> {
    await this.copy.end();
    await tx.query('select seal_partition($1, $2)', ['decision', this.runId]);
  }

  /** Writes the leaves and folds the tree a block at a time: the server must be heard between two. */
  async #hashBlocks(decisionAt: (row: number) => Decision): Promise<readonly LeafBlock[]> {
    const blocks: LeafBlock[] = [];
    for (let from = 0; from < this.#rows; from += BLOCK_LEAVES) {
      await setImmediate();
      const rows = Math.min(BLOCK_LEAVES, this.#rows - from);
      const hashes = Buffer.allocUnsafeSlow(rows * HASH_BYTES);
      // One call for thousands of salts: a call each would cost more than the hash.
      const salts = this.salts.subarray(from * SALT_BYTES, (from + rows) * SALT_BYTES);
      const hex = Buffer.from(salts.buffer, salts.byteOffset, salts.length).toString('hex');
      for (let i = 0; i < rows; i++) {
        const salt = hex.slice(i * 2 * SALT_BYTES, (i + 1) * 2 * SALT_BYTES);
        writeLeafHash(hashes, i, leafText(from + i, decisionAt(from + i), salt));
      }
      blocks.push({ root: merkleRoot(hashes), hashes });
    }
    return blocks;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.copy[Symbol.asyncDispose]();
  }
}

/** A decision's leaf in the tree of its run's `size` decisions, and the path to the root, nearest sibling first. */
export interface DecisionPath {
  readonly leaf: Uint8Array;
  readonly size: number;
  readonly path: readonly Uint8Array[];
}

/** The paths of some rows of a run, in their order. Throws where the run has no such row. */
export async function decisionPaths(
  db: Pick<EntityManager, 'query'>,
  runId: string,
  rows: readonly number[],
): Promise<readonly DecisionPath[]> {
  const roots: { root: Buffer; size: number }[] = await db.query(
    'select root, length(hashes) / 32 as size from decision_leaf where run_id = $1 order by block',
    [runId],
  );
  const blockOf = (row: number) => Math.floor(row / BLOCK_LEAVES);
  const stored: { block: number; hashes: Buffer }[] = await db.query(
    'select block, hashes from decision_leaf where run_id = $1 and block = any ($2)',
    [runId, [...new Set(rows.map(blockOf))]],
  );
  const size = roots.reduce((sum, part) => sum + part.size, 0);
  const top = Buffer.concat(roots.map(({ root }) => root));
  const blocks = new Map(
    stored.map(({ block, hashes }) => [block, { hashes, above: merklePath(top, block) }]),
  );
  return rows.map((row) => {
    const block = blocks.get(blockOf(row));
    if (block === undefined) throw new Error(`run ${runId} has no leaf ${row}`);
    const index = row % BLOCK_LEAVES;
    const leaf = block.hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
    return { leaf, size, path: [...merklePath(block.hashes, index), ...block.above] };
  });
}
