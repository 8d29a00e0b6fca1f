import { ARMS, type Decision, OUTCOMES, REASONS, type Reason } from '../domain/decision.ts';
import type { CopyDecoder } from './copy-decoder.ts';
import type { CopyEncoder } from './copy-encoder.ts';

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

/** A decision as it stands, its salt in hex; `foreign` when it says that it is of another run. */
export type FoundDecision = Omit<StoredDecision, 'run_id' | 'salt'> & {
  readonly foreign: boolean;
  readonly salt: string;
};

/** A decision that was found as it was taken. Throws RangeError where it holds a code that no release ever wrote. */
export function decisionFound(found: FoundDecision): Decision {
  const { customer, score, rank } = found;
  const { outcome, arm, reasons } = wordsOf(found);
  return { customer, outcome, arm, reasons, score, rank };
}

/** What a decision's codes say. Throws RangeError on one that no release ever wrote. */
export function wordsOf({
  row_no: row,
  outcome,
  arm,
  reasons,
}: Pick<StoredDecision, 'row_no' | 'outcome' | 'arm' | 'reasons'>): Pick<
  Decision,
  'outcome' | 'arm' | 'reasons'
> {
  const [first] = reasons;
  return {
    outcome: word(OUTCOMES, outcome, row),
    arm: arm === null ? null : word(ARMS, arm, row),
    reasons:
      reasons.length === 1 && first !== undefined
        ? word(SINGLE_REASONS, first, row)
        : reasons.map((code) => word(REASONS, code, row)),
  };
}

/** Most have one reason; a list of each is enough. */
const SINGLE_REASONS: readonly (readonly Reason[])[] = REASONS.map((reason) => [reason]);

function word<W>(words: readonly W[], code: number, row: number): W {
  const found = words[code];
  if (found === undefined) throw new RangeError(`decision row ${row}: unknown code ${code}`);
  return found;
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

/** Writes a decision as a row of a COPY stream. @param run id of the run; @param salt where the row's salt stands in `salts` */
export function writeDecision(
  encoder: CopyEncoder,
  run: Uint8Array,
  row: number,
  { customer, outcome, arm, reasons, score, rank }: Decision,
  salts: Uint8Array,
  salt: { readonly from: number; readonly to: number },
): void {
  encoder.row(FIELDS);
  encoder.bytes(run);
  encoder.int4(row);
  encoder.ascii(customer);
  encoder.bytes(salts, salt.from, salt.to);
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
  return {
    foreign: Buffer.compare(decoder.bytes(), run) !== 0,
    row_no: decoder.int4(),
    customer: decoder.ascii(),
    salt: hexOf(decoder.bytes()),
    outcome: decoder.int2() ?? -1,
    arm: decoder.int2(),
    reasons: decoder.int2Array(),
    score: decoder.float8(),
    rank: decoder.int4OrNull(),
  };
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}
