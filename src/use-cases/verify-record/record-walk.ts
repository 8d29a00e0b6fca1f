import type { Transaction } from '../../store/transaction.ts';
import type { RecordClaims } from './record-claims.ts';
import type { RecordFault } from './record-fault.ts';

/** A walk through the record under way: what the log says, where the rows are, what was found right until now. */
export interface RecordWalk {
  readonly tx: Transaction;
  readonly claims: RecordClaims;
  readonly counts: RecordCounts;
  readonly outbox: Outbox | null;
  readonly progress: (what: string, done: number, total: number) => void;
}

/** How much was found right. */
export interface RecordCounts {
  /** Rows of tables whose state the log tells. */
  rows: number;
  decisions: number;
  snapshotRows: number;
  modelBytes: number;
  recipients: number;
  /** Rows that are gone, as an erasure in the log says. */
  erased: number;
}

/** Reads a hand-off file where the mail tool left it; null when it is not there any more. */
export type Outbox = (campaign: string, file: string) => Promise<Uint8Array | null>;

/** One part of the walk: the first thing in it that is not as the log says. */
export type WalkPart = (walk: RecordWalk) => Promise<RecordFault | undefined>;
