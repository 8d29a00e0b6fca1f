import { digestOf } from '../../audit/digest.ts';
import { HASH_SIZE } from '../../audit/tlog.ts';
import type { ErasedRows } from '../../store/erasure.reads.ts';
import { foremost, type RecordFault, recordFault } from './record-fault.ts';

/** A run's snapshot as the log has it: `digest` is the SHA-256 over the SHA-256s of its rows, in order. */
export interface FrozenSnapshot {
  readonly runId: string;
  readonly rows: number;
  readonly digest: string;
  readonly entry: number;
}

/** Compares the frozen rows of a run, in whatever order they come, with the digest of its snapshot. */
export class SnapshotCheck {
  readonly #hashes: Buffer;
  readonly #seen: Uint8Array;
  #fault: RecordFault | undefined;

  constructor(readonly snapshot: FrozenSnapshot) {
    this.#hashes = Buffer.alloc(snapshot.rows * HASH_SIZE);
    this.#seen = new Uint8Array(snapshot.rows);
  }

  /** Takes a row by the SHA-256 of its bytes (latin1). */
  take(row: number, sha256: string): void {
    const { rows } = this.snapshot;
    if (row < 0 || row >= rows) this.#note(row, 'UNSPOKEN', `the snapshot has ${rows} rows`);
    else if (this.#seen[row] === 1) this.#note(row, 'TWICE', 'the row stands twice');
    else {
      this.#seen[row] = 1;
      this.#hashes.write(sha256, row * HASH_SIZE, HASH_SIZE, 'latin1');
    }
  }

  /**
   * What is wrong with the rows: which one is known of a row that is missing or too many, not of one whose content changed, for
   * the snapshot keeps no hash of each.
   */
  close(erased: ErasedRows): RecordFault | undefined {
    if (this.#fault !== undefined) return this.#fault;
    const back = this.#seen.findIndex((seen, row) => seen === 1 && (erased.all || erased.hashes.has(row)));
    if (back >= 0) return this.#at(back, 'UNSPOKEN', 'the row was erased and is there again');
    if (erased.all) return undefined;
    for (let row = this.#seen.indexOf(0); row >= 0; row = this.#seen.indexOf(0, row + 1)) {
      const hash = erased.hashes.get(row);
      if (hash == null) return this.#at(row, 'MISSING', 'the row is missing and no erasure says why');
      this.#hashes.set(hash, row * HASH_SIZE);
    }
    if (digestOf(this.#hashes) === this.snapshot.digest) return undefined;
    const { runId, entry } = this.snapshot;
    return recordFault(
      'snapshot_row',
      runId,
      'DIGEST',
      'the rows do not hash to the digest of the snapshot',
      {
        entry,
      },
    );
  }

  #note(row: number, rule: RecordFault['rule'], message: string): void {
    this.#fault = foremost(this.#fault, this.#at(row, rule, message));
  }

  #at(row: number, rule: RecordFault['rule'], message: string): RecordFault {
    const { runId, entry } = this.snapshot;
    return recordFault('snapshot_row', runId, rule, message, { row, entry });
  }
}
