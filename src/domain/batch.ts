import { howMany } from './how-many.ts';
import { Refusal } from './refusal.ts';
import type { IsoWeek } from './week.ts';

export const BATCH_STATUSES = ['IN_REVIEW', 'SUBMITTED', 'APPROVED', 'REJECTED', 'HELD', 'RELEASED'] as const;
export type BatchStatus = (typeof BATCH_STATUSES)[number];

/** What became of a customer who was proposed for mailing. */
export const RECIPIENT_STATUSES = ['PROPOSED', 'REMOVED', 'DROPPED', 'REJECTED', 'RELEASED'] as const;
export type RecipientStatus = (typeof RECIPIENT_STATUSES)[number];

/** Removed by a reviewer, dropped at the release, or what became of the batch. */
export function recipientStatus(
  batch: BatchStatus,
  recipient: { readonly removed: boolean; readonly dropped: boolean },
): RecipientStatus {
  if (recipient.removed) return 'REMOVED';
  if (recipient.dropped) return 'DROPPED';
  return batch === 'RELEASED' || batch === 'REJECTED' ? batch : 'PROPOSED';
}

export const SAMPLE_VERDICTS = ['PENDING', 'FINE', 'WRONG'] as const;
export type SampleVerdict = (typeof SAMPLE_VERDICTS)[number];

/** In which statuses each act on a batch is possible. */
const POSSIBLE = {
  review: ['IN_REVIEW'],
  remove: ['IN_REVIEW'],
  submit: ['IN_REVIEW'],
  approve: ['SUBMITTED'],
  reject: ['IN_REVIEW', 'SUBMITTED', 'APPROVED', 'HELD'],
  hold: ['IN_REVIEW', 'SUBMITTED', 'APPROVED'],
  lift: ['HELD'],
  release: ['APPROVED'],
} as const satisfies Record<string, readonly BatchStatus[]>;
export type BatchAct = keyof typeof POSSIBLE;

const DONE: Readonly<Record<BatchAct, string>> = {
  review: 'reviewed',
  remove: 'changed',
  submit: 'submitted',
  approve: 'approved',
  reject: 'rejected',
  hold: 'held',
  lift: 'let go on',
  release: 'released',
};

/** Refuses an act that the batch's status does not allow. */
export function judgeStatus(act: BatchAct, status: BatchStatus): Refusal | null {
  const possible: readonly BatchStatus[] = POSSIBLE[act];
  if (possible.includes(status)) return null;
  return new Refusal(
    'INVALID_STATE',
    'BATCH_STATUS',
    `A batch that is ${status} cannot be ${DONE[act]}. It must be ${possible.join(' or ')}.`,
  );
}

/** What was found of a customer of the sample, and whether they were taken out. */
export interface SampleState {
  readonly verdict: SampleVerdict;
  readonly removed: boolean;
}

/** Refuses to submit before the sample was looked at and whoever was judged WRONG was taken out. */
export function judgeSample(sample: readonly SampleState[]): Refusal | null {
  const pending = sample.filter(({ verdict, removed }) => verdict === 'PENDING' && !removed).length;
  if (pending > 0) {
    return new Refusal(
      'INVALID_STATE',
      'SAMPLE_REVIEWED',
      `Without a verdict yet: ${pending} of ${howMany(sample.length, 'customer')} of the sample.`,
    );
  }
  const wrong = sample.filter(({ verdict, removed }) => verdict === 'WRONG' && !removed).length;
  if (wrong === 0) return null;
  return new Refusal(
    'INVALID_STATE',
    'WRONG_REMOVED',
    `Still in the batch: ${howMany(wrong, 'customer')} judged WRONG.`,
  );
}

/** Nobody approves what they submitted or had a hand in. */
export function judgeFourEyes(approver: string, hands: readonly (string | null)[]): Refusal | null {
  if (!hands.includes(approver)) return null;
  return new Refusal(
    'FOUR_EYES',
    'ANOTHER_PERSON',
    'Another person must approve what you submitted, reviewed or changed.',
  );
}

/** Who is to be mailed, and in which arm. */
export interface BatchRecipient {
  readonly customer: string;
  readonly arm: string;
}

/**
 * What a recipient's leaf in the batch's digest is the SHA-256 of: a JSON array in RFC 8785 form, salted (16 bytes in hex) so
 * that the leaf can outlive the recipient and tell nothing. The column recipient.leaf is the same, written in SQL.
 */
export function recipientText({ customer, arm }: BatchRecipient, salt: string): string {
  return `["recipient/1","${customer}","${arm}","${salt}"]`;
}

/**
 * What is approved and later released, as a value whose RFC 8785 form is digested: the run's manifest, the settings and
 * everyone who is to be mailed, by their leaves (lower-case hex, in any order).
 */
export function batchContent(facts: {
  readonly campaign: string;
  readonly week: IsoWeek;
  readonly manifestDigest: string | null;
  readonly configDigest: string;
  readonly leaves: readonly string[];
}) {
  return { format: 'batch/1', ...facts, leaves: facts.leaves.toSorted() };
}

/** The same of a batch that was drawn while the engine was off: it stands on a snapshot and the settings of its day. */
export function fallbackContent(facts: {
  readonly campaign: string;
  readonly week: IsoWeek;
  readonly snapshotDigest: string | null;
  readonly configDigest: string;
  readonly leaves: readonly string[];
}) {
  return { format: 'fallback/1', ...facts, leaves: facts.leaves.toSorted() };
}

/** What the mail tool loads: whom, in which arm, in which flow; no score and nothing else about a person. */
export function mailFile(campaign: string, recipients: readonly BatchRecipient[]): string {
  return [
    'party_id,arm,flow',
    ...recipients.map(({ customer, arm }) => `${customer},${arm},${campaign}`),
    '',
  ].join('\n');
}
