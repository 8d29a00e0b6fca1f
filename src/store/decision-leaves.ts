import { merkleRoot, writeLeafHash } from '../audit/merkle.ts';
import { HASH_SIZE } from '../audit/tlog.ts';
import { leafText } from '../domain/decision.ts';
import type { CopyDecoder } from './copy-decoder.ts';
import { readDecision } from './decision-codec.ts';
import type { RowDigest } from './row-digest.ts';

/** A block holds a power of two of leaves, so that the root over the blocks' roots is the root over all leaves. */
export const BLOCK_LEAVES = 4096;

/** The hashes of some leaves, and the root of their part of the tree. */
export interface LeafBlock {
  readonly root: Uint8Array;
  readonly hashes: Uint8Array;
}

/** The leaves of the Merkle tree over a run's decisions, a block at a time. */
export class DecisionLeaves implements RowDigest<readonly LeafBlock[]> {
  readonly #blocks: LeafBlock[] = [];
  #hashes = Buffer.alloc(BLOCK_LEAVES * HASH_SIZE);
  #leaves = 0;
  readonly #run: Uint8Array;

  constructor(run: Uint8Array) {
    this.#run = run;
  }

  add(row: CopyDecoder): void {
    const { row: number, salt, decision } = readDecision(row, this.#run);
    if (decision === undefined)
      throw new RangeError(`decision row ${number} holds a code that means nothing`);
    writeLeafHash(this.#hashes, this.#leaves, leafText(number, decision, salt));
    if (++this.#leaves === BLOCK_LEAVES) this.#close();
  }

  end(): readonly LeafBlock[] {
    if (this.#leaves > 0) this.#close();
    return this.#blocks;
  }

  #close(): void {
    const hashes = this.#hashes.subarray(0, this.#leaves * HASH_SIZE);
    this.#blocks.push({ root: merkleRoot(hashes), hashes });
    this.#hashes = Buffer.alloc(BLOCK_LEAVES * HASH_SIZE);
    this.#leaves = 0;
  }
}
