import { HASH_SIZE } from '../../audit/tlog.ts';
import type { ErasedRows } from '../../store/erasure.reads.ts';
import { foremost, type RecordFault, recordFault } from './record-fault.ts';

/** The rows that a run has in a table of its own, as the log has them. */
export interface SaidRows {
  readonly table: string;
  readonly runId: string;
  readonly rows: number;
  /** What is said of a row whose number is none of theirs. */
  readonly beyond: string;
  readonly entry: number;
}

/** Rows of a run as they are found, in whatever order: a hash of each, and the first thing that is wrong with them. */
export class FoundRows {
  /** By row; zeros where none was found. */
  readonly hashes: Buffer;
  readonly #said: SaidRows;
  readonly #found: Uint8Array;
  #fault: RecordFault | undefined;

  constructor(said: SaidRows) {
    this.#said = said;
    this.hashes = Buffer.alloc(said.rows * HASH_SIZE);
    this.#found = new Uint8Array(said.rows);
  }

  /** Takes a row by its number; false where its hash counts for nothing: it is none of the run's, or stands twice. */
  take(row: number): boolean {
    const { rows, beyond } = this.#said;
    if (row < 0 || row >= rows) this.note(row, 'UNSPOKEN', beyond);
    else if (this.#found[row] === 1) this.note(row, 'TWICE', 'the row stands twice');
    else {
      this.#found[row] = 1;
      return true;
    }
    return false;
  }

  has(row: number): boolean {
    return this.#found[row] === 1;
  }

  note(row: number, rule: RecordFault['rule'], message: string, field?: string): void {
    this.#fault = foremost(this.#fault, this.faultAt(row, rule, message, field));
  }

  faultAt(row: number, rule: RecordFault['rule'], message: string, field?: string): RecordFault {
    const { table, runId, entry } = this.#said;
    return recordFault(table, runId, rule, message, {
      row,
      entry,
      ...(field === undefined ? {} : { field }),
    });
  }

  /** What is wrong with the rows that are there: what was noted of them, or that one was erased. */
  strange(erased: ErasedRows): RecordFault | undefined {
    if (this.#fault !== undefined) return this.#fault;
    const back = this.#found.findIndex((there, at) => there === 1 && (erased.all || erased.hashes.has(at)));
    return back < 0 ? undefined : this.faultAt(back, 'UNSPOKEN', 'the row was erased and is there again');
  }

  /** Puts in the hashes that erased rows left; answers a row that is missing and was not erased. */
  missing({ hashes }: ErasedRows): RecordFault | undefined {
    for (let row = this.#found.indexOf(0); row >= 0; row = this.#found.indexOf(0, row + 1)) {
      const hash = hashes.get(row);
      if (hash == null) return this.faultAt(row, 'MISSING', 'the row is missing and no erasure says why');
      this.hashes.set(hash, row * HASH_SIZE);
    }
    return undefined;
  }
}
