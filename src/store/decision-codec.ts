import { ARMS, type Decision, OUTCOMES, REASONS, type Reason } from '../domain/decision.ts';
import type { CopyDecoder } from './copy-decoder.ts';
import type { CopyEncoder } from './copy-encoder.ts';
import { SALT_BYTES } from './snapshot.store.ts';

const FIELDS = 9;

/** A row of the table `decision`: outcome, arm and reasons as positions in their lists. */
export interface StoredDecision {
  readonly run_id: string;
  readonly row_no: number;
  readonly customer: string;
  readonly salt: Buffer;
  readonly outcome: number;
  readonly arm: number | null;
  readonly reasons: readonly number[];
  readonly score: number | null;
  readonly rank: number | null;
}

/** A row of the table as it stands; `foreign` when it says that it is of another run. */
export interface FoundDecision {
  readonly foreign: boolean;
  readonly row: number;
  /** In hex. */
  readonly salt: string;
  /** Undefined where the row holds a code that no release ever wrote. */
  readonly decision: Decision | undefined;
}

/** What a decision's codes say; undefined where one is none that a release ever wrote. */
export function wordsOf(
  codes: Pick<StoredDecision, 'outcome' | 'arm' | 'reasons'>,
): Pick<Decision, 'outcome' | 'arm' | 'reasons'> | undefined {
  const outcome = OUTCOMES[codes.outcome];
  const arm = codes.arm === null ? null : ARMS[codes.arm];
  const reasons = reasonsOf(codes.reasons);
  if (outcome === undefined || arm === undefined || reasons === undefined) return undefined;
  return { outcome, arm, reasons };
}

/** Most have one reason; a list of each is enough. */
const SINGLE_REASONS: readonly (readonly Reason[])[] = REASONS.map((reason) => [reason]);

function reasonsOf(codes: readonly number[]): readonly Reason[] | undefined {
  const [first] = codes;
  if (codes.length === 1 && first !== undefined) return SINGLE_REASONS[first];
  const words = codes.flatMap((code) => REASONS[code] ?? []);
  return words.length === codes.length ? words : undefined;
}

/** Codes by list of reasons; the same lists come again and again. */
const codes = new WeakMap<readonly Reason[], readonly number[]>();

function codesOf(reasons: readonly Reason[]): readonly number[] {
  const known = codes.get(reasons);
  if (known !== undefined) return known;
  const found = reasons.map((reason) => REASONS.indexOf(reason));
  codes.set(reasons, found);
  return found;
}

/** Writes a decision as a row of a COPY stream. @param run id of the run; @param salts of all its rows, one after the other */
export function writeDecision(
  encoder: CopyEncoder,
  run: Uint8Array,
  row: number,
  { customer, outcome, arm, reasons, score, rank }: Decision,
  salts: Uint8Array,
): void {
  encoder.row(FIELDS);
  encoder.bytes(run);
  encoder.int4(row);
  encoder.ascii(customer);
  encoder.bytes(salts, row * SALT_BYTES, (row + 1) * SALT_BYTES);
  encoder.int2(OUTCOMES.indexOf(outcome));
  if (arm === null) encoder.null();
  else encoder.int2(ARMS.indexOf(arm));
  encoder.int2Array(codesOf(reasons));
  if (score === null) encoder.null();
  else encoder.float8(score);
  if (rank === null) encoder.null();
  else encoder.int4(rank);
}

/** Reads the row that the decoder stands at. @param run id of the run of which the row should be */
export function readDecision(decoder: CopyDecoder, run: Uint8Array): FoundDecision {
  const foreign = Buffer.compare(decoder.bytes(), run) !== 0;
  const row = decoder.int4();
  const customer = decoder.ascii();
  const salt = decoder.hex();
  const [outcome, arm, reasons] = [decoder.int2() ?? -1, decoder.int2(), decoder.int2Array()];
  const words = wordsOf({ outcome, arm, reasons });
  const [score, rank] = [decoder.float8(), decoder.int4OrNull()];
  const decision = words && {
    customer,
    outcome: words.outcome,
    arm: words.arm,
    reasons: words.reasons,
    score,
    rank,
  };
  return { foreign, row, salt, decision };
}
