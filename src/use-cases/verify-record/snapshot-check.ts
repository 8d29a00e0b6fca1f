import { digestOf } from '../../audit/digest.ts';
import { HASH_SIZE } from '../../audit/tlog.ts';
import type { ErasedRows } from '../../store/erasure.reads.ts';
import { FoundRows } from './found-rows.ts';
import { type RecordFault, recordFault } from './record-fault.ts';

/** A run's snapshot as the log has it: `digest` is the SHA-256 over the SHA-256s of its rows, in order. */
export interface FrozenSnapshot {
  readonly runId: string;
  readonly rows: number;
  readonly digest: string;
  readonly entry: number;
}

const TABLE = 'snapshot_row';

/** Compares the frozen rows of a run, in whatever order they come, with the digest of its snapshot. */
export class SnapshotCheck {
  readonly #rows: FoundRows;

  constructor(readonly snapshot: FrozenSnapshot) {
    const { runId, rows, entry } = snapshot;
    this.#rows = new FoundRows({ table: TABLE, runId, rows, beyond: `the snapshot has ${rows} rows`, entry });
  }

  /** Takes a row by the SHA-256 of its bytes (latin1). */
  take(row: number, sha256: string): void {
    if (this.#rows.take(row)) this.#rows.hashes.write(sha256, row * HASH_SIZE, HASH_SIZE, 'latin1');
  }

  /**
   * What is wrong with the rows: which one is known of a row that is missing or too many, not of one whose content changed, for
   * the snapshot keeps no hash of each.
   */
  close(erased: ErasedRows): RecordFault | undefined {
    const strange = this.#rows.strange(erased);
    if (strange !== undefined || erased.all) return strange;
    return this.#rows.missing(erased) ?? this.#digestFault();
  }

  #digestFault(): RecordFault | undefined {
    const { runId, digest, entry } = this.snapshot;
    if (digestOf(this.#rows.hashes) === digest) return undefined;
    const message = 'the rows do not hash to the digest of the snapshot';
    return recordFault(TABLE, runId, 'DIGEST', message, { entry });
  }
}
