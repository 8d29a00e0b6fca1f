import { entriesAbout } from '../audit/entries-about.ts';
import type { AuditEntry } from '../audit/entry.ts';
import {
  judgeReview,
  type ReviewAct,
  type ReviewAlarm,
  type ReviewEvidence,
  reviewEvidence,
  type Streak,
  streakAfter,
} from '../domain/review-evidence.ts';
import type { IsoWeek } from '../domain/week.ts';
import { needSpan, type WeekSpan } from '../domain/week-span.ts';
import type { BatchRow } from '../store/batch.row.ts';
import { campaignOf, configAt } from '../store/campaign.store.ts';
import { batchesOfWeeks, sampleSizes } from '../store/review.reads.ts';
import type { Transaction } from '../store/transaction.ts';

/** What a reviewer did with a batch, and what of it looks like rubber-stamping by the settings of its day. */
export interface BatchEvidence extends ReviewEvidence {
  readonly batch: BatchRow;
  readonly week: IsoWeek;
  /** How many customers were drawn for review; null once the batch was erased by age. */
  readonly sampleSize: number | null;
  readonly alarms: readonly ReviewAlarm[];
}

const DONE: Readonly<Record<string, ReviewAct['did']>> = {
  'batch.sample': 'OPENED_SAMPLE',
  'decision.read': 'OPENED_CUSTOMER',
  'explanation.read': 'OPENED_CUSTOMER',
  'customer.history': 'OPENED_CUSTOMER',
  'batch.review': 'VERDICT',
  'batch.remove': 'REMOVED',
};
const WITH_BATCH = ['batch.sample', 'batch.review', 'batch.remove'];
const ALONE = ['decision.read', 'explanation.read', 'customer.history'];
const VERDICTS = ['batch.review', 'batch.remove'];

/**
 * How the batches of some weeks were reviewed, per batch and reviewer, the earliest first: told from the audit log, which has every
 * opening and every verdict and which nobody can write anew. Refuses a campaign that there is not, weeks in the wrong order, and too many of them.
 */
export async function readReviewEvidence(
  db: Transaction,
  { campaign, from, to }: WeekSpan & { readonly campaign: string },
): Promise<readonly BatchEvidence[]> {
  await campaignOf(db, campaign);
  needSpan({ from, to });
  return evidenceOfBatches(db, campaign, await batchesOfWeeks(db, campaign, from, to));
}

/** The same of one batch as it stands, with what was done up to now. */
export async function evidenceOfBatch(db: Transaction, batch: BatchRow): Promise<readonly BatchEvidence[]> {
  return evidenceOfBatches(db, batch.campaign, [batch]);
}

async function evidenceOfBatches(
  db: Transaction,
  campaign: string,
  batches: readonly BatchRow[],
): Promise<readonly BatchEvidence[]> {
  const ids = batches.map(({ id }) => id);
  const done = await entriesAbout(db, { actions: WITH_BATCH, subjects: ids });
  const verdicts = done.filter(({ action }) => VERDICTS.includes(action));
  const reviewers = [...new Set(verdicts.map(({ actor }) => actor))];
  if (reviewers.length === 0) return [];
  const customers = [
    ...new Set(
      verdicts.flatMap(({ details: { customer } }) => (typeof customer === 'string' ? customer : [])),
    ),
  ];
  const opened = await entriesAbout(db, { actions: ALONE, subjects: customers });
  const given = await entriesAbout(db, { actions: VERDICTS, actors: reviewers, campaign });
  const sizes = await sampleSizes(db, ids);
  const found: BatchEvidence[] = [];
  for (const batch of batches) {
    const acts = [...done.filter(({ subject }) => subject === batch.id), ...opened]
      .map(actOf)
      .filter(({ at }) => at >= batch.createdAt)
      .toSorted((a, b) => a.at.getTime() - b.at.getTime());
    const evidence = reviewEvidence(acts, streaksBefore(given, batch, reviewers));
    if (evidence.length === 0) continue;
    const { settings } = await configAt(db, campaign, batch.createdAt);
    for (const one of evidence) {
      const alarms = judgeReview([one], settings.limits);
      found.push({ ...one, batch, week: batch.week, sampleSize: sizes.get(batch.id) ?? null, alarms });
    }
  }
  return found;
}

/** With which streak each reviewer came to a batch: from all verdicts in the campaign before their first in this batch. */
function streaksBefore(
  given: readonly AuditEntry[],
  { id }: BatchRow,
  reviewers: readonly string[],
): ReadonlyMap<string, Streak> {
  return new Map(
    reviewers.map((reviewer) => {
      const theirs = given.filter(({ actor }) => actor === reviewer);
      const first = theirs.findIndex(({ subject }) => subject === id);
      return [reviewer, streakAfter(theirs.slice(0, Math.max(first, 0)).map(actOf))];
    }),
  );
}

function actOf({ at, actor, action, subject, details }: AuditEntry): ReviewAct {
  const did = DONE[action] ?? 'OPENED_SAMPLE';
  const { customer, verdict } = details;
  const named = did === 'OPENED_CUSTOMER' ? subject : typeof customer === 'string' ? customer : null;
  return {
    at: new Date(at),
    actor,
    did,
    customer: named,
    verdict: typeof verdict === 'string' ? verdict : null,
  };
}
