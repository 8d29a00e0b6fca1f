import { merkleRoot, writeLeafHash } from '../../audit/merkle.ts';
import { HASH_SIZE, sameHash } from '../../audit/tlog.ts';
import { leafText } from '../../domain/decision.ts';
import type { FoundDecision } from '../../store/decision-codec.ts';
import { BLOCK_LEAVES } from '../../store/decision-leaves.ts';
import type { ErasedRows } from '../../store/erasure.reads.ts';
import type { RecordedLeaves } from '../../store/recorded-rows.reads.ts';
import { FoundRows } from './found-rows.ts';
import { type RecordFault, recordFault } from './record-fault.ts';

/** The run whose decisions are checked, as the log has it. */
export interface DecidedRun {
  readonly id: string;
  readonly rows: number;
  /** `sha256:…` of the tree over its decisions, and the entry that says so. */
  readonly decisionRoot: string;
  readonly entry: number;
}

/** Compares the decisions of a run, in whatever order they come, with the leaves kept of them, and those with the log. */
export class DecisionCheck {
  readonly #rows: FoundRows;

  constructor(readonly run: DecidedRun) {
    const { id: runId, rows, entry } = run;
    this.#rows = new FoundRows({
      table: 'decision',
      runId,
      rows,
      beyond: `the run decided ${rows} rows`,
      entry,
    });
  }

  /** Takes a row; the leaf that it would have is compared in `close`. */
  take({ row, foreign, salt, decision }: FoundDecision): void {
    const rows = this.#rows;
    if (!rows.take(row)) return;
    if (foreign) rows.note(row, 'DIFFERS', 'the row says that it is of another run', 'run_id');
    else if (decision === undefined) rows.note(row, 'DIGEST', 'the row holds a code that means nothing');
    else writeLeafHash(rows.hashes, row, leafText(row, decision, salt));
  }

  /** What is wrong with the leaves that are kept, or with the rows, by row. */
  close(blocks: readonly RecordedLeaves[], erased: ErasedRows): RecordFault | undefined {
    return this.#blockFault(blocks) ?? this.#rows.strange(erased) ?? this.#rowFault(blocks, erased);
  }

  #blockFault(blocks: readonly RecordedLeaves[]): RecordFault | undefined {
    const { id, rows, decisionRoot, entry } = this.run;
    const leaf = (block: number, rule: 'MISSING' | 'DIGEST', message: string) =>
      recordFault('decision_leaf', id, rule, message, { row: block, entry });
    const due = Math.ceil(rows / BLOCK_LEAVES);
    for (let at = 0; at < due; at++) {
      const kept = blocks[at];
      if (kept?.block !== at) return leaf(at, 'MISSING', 'the block is missing');
      const size = HASH_SIZE * Math.min(BLOCK_LEAVES, rows - at * BLOCK_LEAVES);
      if (kept.hashes.length !== size)
        return leaf(at, 'DIGEST', 'the block has not as many leaves as it covers rows');
      if (!sameHash(merkleRoot(kept.hashes), kept.root))
        return leaf(at, 'DIGEST', "the block's leaves do not fold to its root");
    }
    if (blocks.length > due)
      return recordFault('decision_leaf', id, 'UNSPOKEN', `the run decided ${rows} rows`, {
        row: due,
        entry,
      });
    const root = Buffer.from(merkleRoot(Buffer.concat(blocks.map(({ root }) => root)))).toString('hex');
    if (`sha256:${root}` === decisionRoot) return undefined;
    return recordFault(
      'decision_leaf',
      id,
      'DIGEST',
      "the blocks' roots do not fold to the root of the run",
      { entry },
    );
  }

  #rowFault(blocks: readonly RecordedLeaves[], erased: ErasedRows): RecordFault | undefined {
    const rows = this.#rows;
    for (const { block, hashes } of blocks) {
      const from = block * BLOCK_LEAVES * HASH_SIZE;
      if (Buffer.compare(hashes, rows.hashes.subarray(from, from + hashes.length)) === 0) continue;
      for (let at = 0; at < hashes.length; at += HASH_SIZE) {
        const row = (from + at) / HASH_SIZE;
        const own = rows.hashes.subarray(from + at, from + at + HASH_SIZE);
        if (Buffer.compare(hashes.subarray(at, at + HASH_SIZE), own) === 0) continue;
        if (rows.has(row)) return rows.faultAt(row, 'DIGEST', 'the row does not hash to its leaf');
        if (!erased.all && !erased.hashes.has(row))
          return rows.faultAt(row, 'MISSING', 'the row is missing and no erasure says why');
      }
    }
    return undefined;
  }
}
