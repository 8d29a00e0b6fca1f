import { Refusal } from './refusal.ts';
import type { IsoWeek } from './week.ts';

/** Where rows stand that a digest or a count in the log covers. */
export const ERASED_KINDS = [
  'snapshot',
  'decision',
  'challenger',
  'recipient',
  'sample_item',
  'released_recipient',
] as const;
export type ErasedKind = (typeof ERASED_KINDS)[number];

/** A row that is gone; of a run (`snapshot`, `decision`, `challenger`) or of a batch. */
export interface ErasedRow {
  readonly kind: ErasedKind;
  readonly ownerId: string;
  /** Null where all rows of the owner went. */
  readonly rowNo: number | null;
  /** What the owner's digest needs of the row, in lower-case hex; null where it needs nothing. */
  readonly hash: string | null;
}

/**
 * What an erasure took, as a value whose RFC 8785 form is digested for its entry: `[kind, owner, row, hash]` of each row, by kind,
 * owner and row, a row of null first.
 */
export function erasureContent(rows: readonly ErasedRow[]) {
  return rows
    .toSorted(
      (a, b) =>
        compare(a.kind, b.kind) || compare(a.ownerId, b.ownerId) || compare(a.rowNo ?? -1, b.rowNo ?? -1),
    )
    .map(({ kind, ownerId, rowNo, hash }) => [kind, ownerId, rowNo, hash]);
}

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Erasing takes two: refuses whoever asked for it themselves, and whom nobody asked. */
export function judgeRequest(
  eraser: string,
  requestedBy: string,
  requesters: readonly string[],
): Refusal | null {
  if (eraser === requestedBy) {
    return new Refusal(
      'FOUR_EYES',
      'ANOTHER_PERSON',
      'Another person must have asked for it (requestErasure).',
    );
  }
  if (requesters.includes(requestedBy)) return null;
  return new Refusal(
    'FOUR_EYES',
    'REQUESTED',
    'That person has no open request to erase this customer (requestErasure).',
  );
}

/** What must end before a customer can be erased without leaving something half done. */
export interface Unfinished {
  readonly what: 'RUN' | 'FAILED_RUN' | 'BATCH' | 'HAND_OFF';
  readonly id: string;
  readonly campaign: string;
  readonly week: IsoWeek;
  readonly status: string;
}

const TO_DO: Readonly<Record<Unfinished['what'], (unfinished: Unfinished) => string>> = {
  RUN: ({ campaign, week, status }) =>
    `The run of ${campaign} ${week} is under way (${status}). Wait until it has ended.`,
  FAILED_RUN: ({ campaign, week }) =>
    `The run of ${campaign} ${week} failed and holds the customer. Resume it or start the week again.`,
  BATCH: ({ id, campaign, week, status }) =>
    `The customer is in batch ${id} of ${campaign} ${week}, which is ${status}. Remove the customer while it is in review, or let it be released or rejected.`,
  HAND_OFF: ({ id, campaign, week }) =>
    `Batch ${id} of ${campaign} ${week} was released and is not yet with the mail tool. Wait until it was handed over.`,
};

/** Refuses while something that needs the customer's rows is not finished, saying what it is and what to do about it. */
export function judgeUnfinished(unfinished: readonly Unfinished[]): Refusal | null {
  const [first] = unfinished;
  if (first === undefined) return null;
  const more = unfinished.length === 1 ? '' : ` (and ${unfinished.length - 1} more)`;
  return new Refusal('INVALID_STATE', `UNFINISHED_${first.what}`, `${TO_DO[first.what](first)}${more}`);
}
