import { setImmediate } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { merklePath, merkleRoot } from '../audit/merkle.ts';
import { HASH_SIZE } from '../audit/tlog.ts';
import type { Decision } from '../domain/decision.ts';
import type { Randomness } from '../domain/ports.ts';
import { CopyIn } from './copy-stream.ts';
import { writeDecision } from './decision-codec.ts';
import { BLOCK_LEAVES, DecisionLeaves } from './decision-leaves.ts';
import { digestChunks } from './row-digest.ts';
import { partitionOf, SALT_BYTES, uuidBytes } from './snapshot.store.ts';

const LEAF_FIELDS = 4;

/** The hashes of some leaves, and the root of their part of the tree. */
interface LeafBlock {
  readonly root: Uint8Array;
  readonly hashes: Uint8Array;
}

/** Records the decisions of a run in row order, and the Merkle tree over them. Whoever opens one disposes of it. */
export class DecisionWriter {
  readonly #run: Uint8Array;
  #rows = 0;

  private constructor(
    readonly copy: CopyIn,
    readonly leaves: DecisionLeaves,
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
    const leaves = new DecisionLeaves();
    const copy = await CopyIn.openNew(tx, partitionOf('decision', runId), digestChunks(leaves));
    return new DecisionWriter(copy, leaves, runId, randomness.bytes(rows * SALT_BYTES));
  }

  /** Whether `flush` is due before the next decision. */
  get full(): boolean {
    return this.copy.full;
  }

  flush(): Promise<void> {
    return this.copy.flush();
  }

  append(decision: Decision): void {
    writeDecision(this.copy.encoder, this.#run, this.#rows++, decision, this.salts);
  }

  /** Ends the load, keeps the leaves and seals the rows; the answer is the root of the tree. */
  async seal(tx: EntityManager): Promise<string> {
    await this.copy.end();
    // The tree is put up here while the database makes its indexes.
    const sealed = tx.query('select seal_partition($1, $2)', ['decision', this.runId]);
    const [blocks] = await Promise.all([this.#blocks(), sealed]);
    await this.#keepBlocks(tx, blocks);
    const root = merkleRoot(Buffer.concat(blocks.map(({ root }) => root)));
    return `sha256:${Buffer.from(root).toString('hex')}`;
  }

  async #blocks(): Promise<readonly LeafBlock[]> {
    await this.copy.seen();
    return rooted(this.leaves.end());
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

  [Symbol.asyncDispose](): Promise<void> {
    return this.copy[Symbol.asyncDispose]();
  }
}

/** Finds the root of one block after the other; between them it is others' turn. */
async function rooted(blocks: readonly Uint8Array[]): Promise<readonly LeafBlock[]> {
  const found: LeafBlock[] = [];
  for (const hashes of blocks) {
    await setImmediate();
    found.push({ root: merkleRoot(hashes), hashes });
  }
  return found;
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
    const leaf = block.hashes.subarray(index * HASH_SIZE, (index + 1) * HASH_SIZE);
    return { leaf, size, path: [...merklePath(block.hashes, index), ...block.above] };
  });
}
