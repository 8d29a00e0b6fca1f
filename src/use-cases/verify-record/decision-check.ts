import { merkleRoot, writeLeafHash } from '../../audit/merkle.ts';
import { HASH_SIZE, sameHash } from '../../audit/tlog.ts';
import { leafText } from '../../domain/decision.ts';
import type { FoundDecision } from '../../store/decision-codec.ts';
import { BLOCK_LEAVES } from '../../store/decision-leaves.ts';
import type { ErasedRows } from '../../store/erasure.reads.ts';
import type { LeafBlock } from '../../store/recorded-rows.reads.ts';
import { foremost, type RecordFault, recordFault } from './record-fault.ts';

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
  readonly #leaves: Buffer;
  readonly #seen: Uint8Array;
  #fault: RecordFault | undefined;

  constructor(readonly run: DecidedRun) {
    this.#leaves = Buffer.alloc(run.rows * HASH_SIZE);
    this.#seen = new Uint8Array(run.rows);
  }

  /** Takes a row; the leaf that it would have is compared in `close`. */
  take({ row, foreign, salt, decision }: FoundDecision): void {
    if (row < 0 || row >= this.run.rows) {
      this.#note(row, 'UNSPOKEN', `the run decided ${this.run.rows} rows`);
    } else if (this.#seen[row] === 1) this.#note(row, 'TWICE', 'the row stands twice');
    else {
      this.#seen[row] = 1;
      if (foreign) this.#note(row, 'DIFFERS', 'the row says that it is of another run', 'run_id');
      else if (decision === undefined) this.#note(row, 'DIGEST', 'the row holds a code that means nothing');
      else writeLeafHash(this.#leaves, row, leafText(row, decision, salt));
    }
  }

  /** What is wrong with the leaves that are kept, or with the rows, by row. */
  close(blocks: readonly LeafBlock[], erased: ErasedRows): RecordFault | undefined {
    const gone = (row: number) => erased.all || erased.hashes.has(row);
    const back = this.#seen.findIndex((seen, row) => seen === 1 && gone(row));
    return (
      this.#blockFault(blocks) ??
      this.#fault ??
      (back < 0 ? undefined : this.#faultAt(back, 'UNSPOKEN', 'the row was erased and is there again')) ??
      this.#rowFault(blocks, gone)
    );
  }

  #blockFault(blocks: readonly LeafBlock[]): RecordFault | undefined {
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

  #rowFault(blocks: readonly LeafBlock[], erased: (row: number) => boolean): RecordFault | undefined {
    for (const { block, hashes } of blocks) {
      const from = block * BLOCK_LEAVES * HASH_SIZE;
      if (Buffer.compare(hashes, this.#leaves.subarray(from, from + hashes.length)) === 0) continue;
      for (let at = 0; at < hashes.length; at += HASH_SIZE) {
        const row = (from + at) / HASH_SIZE;
        const same = Buffer.compare(
          hashes.subarray(at, at + HASH_SIZE),
          this.#leaves.subarray(from + at, from + at + HASH_SIZE),
        );
        if (same === 0 || (this.#seen[row] === 0 && erased(row))) continue;
        return this.#seen[row] === 0
          ? this.#faultAt(row, 'MISSING', 'the row is missing and no erasure says why')
          : this.#faultAt(row, 'DIGEST', 'the row does not hash to its leaf');
      }
    }
    return undefined;
  }

  #note(row: number, rule: RecordFault['rule'], message: string, field?: string): void {
    this.#fault = foremost(this.#fault, this.#faultAt(row, rule, message, field));
  }

  #faultAt(row: number, rule: RecordFault['rule'], message: string, field?: string): RecordFault {
    return recordFault('decision', this.run.id, rule, message, {
      row,
      entry: this.run.entry,
      ...(field === undefined ? {} : { field }),
    });
  }
}
