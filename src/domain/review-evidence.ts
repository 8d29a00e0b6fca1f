import type { Limit, Limits, ReviewMeasure } from './campaign.ts';
import { limitText, median, percent, type Verdict, verdictAbove, verdictBelow } from './check.ts';
import { Refusal } from './refusal.ts';

/**
 * What a person did with a batch, as the log has it: opened its sample, opened one customer of it (their decision, explanation or
 * history), gave a verdict, took somebody out.
 */
export interface ReviewAct {
  readonly at: Date;
  readonly actor: string;
  readonly did: 'OPENED_SAMPLE' | 'OPENED_CUSTOMER' | 'VERDICT' | 'REMOVED';
  /** By the name in the log; null of the sample as a whole. */
  readonly customer: string | null;
  readonly verdict: string | null;
}

/** Verdicts in a row that say the same. */
export interface Streak {
  readonly verdict: string | null;
  readonly length: number;
}
export const NO_STREAK: Streak = { verdict: null, length: 0 };

/** What shows that a reviewer looked. Seconds are between opening and verdict; shares are of 1. */
export interface ReviewEvidence {
  readonly reviewer: string;
  /** When the reviewer opened the sample first; null where they never did. */
  readonly openedAt: Date | null;
  readonly lastVerdictAt: Date | null;
  /** Customers of the sample on whom they gave a verdict; the last one counts as fine or wrong. */
  readonly verdicts: number;
  readonly fine: number;
  readonly wrong: number;
  readonly removals: number;
  /** Of these customers how many were on the screen before the last verdict on them: with the sample, or alone. */
  readonly opened: number;
  /** How many were opened alone. */
  readonly openedAlone: number;
  /** `opened` as a share of `verdicts`; null without verdicts. */
  readonly openedShare: number | null;
  readonly medianSeconds: number | null;
  readonly shortestSeconds: number | null;
  /** Identical verdicts in a row up to the last one, those of the batches before among them. */
  readonly streak: number;
}

/**
 * The evidence of every reviewer of a batch, from all that was done with it in the order of the log. The time of a verdict runs from
 * the latest of: the sample or the customer was opened, or the verdict before was given; nobody can have looked for longer. It is 0
 * where nothing was opened. Of a customer the last verdict counts.
 * @param before the streak with which each reviewer came
 */
export function reviewEvidence(
  acts: readonly ReviewAct[],
  before: ReadonlyMap<string, Streak> = new Map(),
): readonly ReviewEvidence[] {
  const reviewers = acts
    .filter(({ did }) => did === 'VERDICT' || did === 'REMOVED')
    .map(({ actor }) => actor);
  return [...new Set(reviewers)].toSorted().map((reviewer) =>
    evidenceOf(
      reviewer,
      acts.filter(({ actor }) => actor === reviewer),
      before.get(reviewer) ?? NO_STREAK,
    ),
  );
}

function evidenceOf(reviewer: string, acts: readonly ReviewAct[], before: Streak): ReviewEvidence {
  const times = new Map<string, number>();
  const last = new Map<string, string | null>();
  const [opened, alone] = [new Set<string>(), new Set<string>()];
  const customersOpened = new Map<string, number>();
  let sampleOpened: number | null = null;
  let verdictBefore = Number.NEGATIVE_INFINITY;
  for (const { at, did, customer, verdict } of acts) {
    const now = at.getTime();
    if (did === 'OPENED_SAMPLE') sampleOpened = now;
    if (customer === null) continue;
    if (did === 'OPENED_CUSTOMER') customersOpened.set(customer, now);
    if (did !== 'VERDICT') continue;
    const itself = customersOpened.get(customer);
    const from = Math.max(sampleOpened ?? Number.NEGATIVE_INFINITY, itself ?? Number.NEGATIVE_INFINITY);
    const isOpen = Number.isFinite(from);
    times.set(customer, isOpen ? (now - Math.max(from, verdictBefore)) / 1000 : 0);
    verdictBefore = now;
    if (isOpen) opened.add(customer);
    if (itself !== undefined) alone.add(customer);
    last.set(customer, verdict);
  }
  const verdicts = [...last.values()];
  const seconds = [...times.values()];
  return {
    reviewer,
    openedAt: acts.find(({ did }) => did === 'OPENED_SAMPLE')?.at ?? null,
    lastVerdictAt: acts.findLast(({ did }) => did === 'VERDICT')?.at ?? null,
    verdicts: verdicts.length,
    fine: verdicts.filter((verdict) => verdict === 'FINE').length,
    wrong: verdicts.filter((verdict) => verdict === 'WRONG').length,
    removals: acts.filter(({ did }) => did === 'REMOVED').length,
    opened: opened.size,
    openedAlone: alone.size,
    openedShare: verdicts.length === 0 ? null : opened.size / verdicts.length,
    medianSeconds: median(seconds) ?? null,
    shortestSeconds: seconds.length === 0 ? null : Math.min(...seconds),
    streak: streakAfter(acts, before).length,
  };
}

/** The streak of one person after some acts: every verdict counts, also one that changes an earlier one; a removal ends it. */
export function streakAfter(acts: readonly ReviewAct[], before: Streak = NO_STREAK): Streak {
  let streak = before;
  for (const { did, verdict } of acts) {
    if (did === 'REMOVED') streak = NO_STREAK;
    if (did === 'VERDICT') streak = { verdict, length: verdict === streak.verdict ? streak.length + 1 : 1 };
  }
  return streak;
}

/** What looks like rubber-stamping: HALT bars the batch from being submitted. */
export interface ReviewAlarm {
  readonly measure: ReviewMeasure;
  readonly verdict: Verdict;
  readonly reviewer: string;
  readonly measured: string;
  readonly limit: string;
  readonly message: string;
}

/** What of the evidence is beyond the limits of the settings; none where they have none. */
export function judgeReview(evidence: readonly ReviewEvidence[], limits: Limits): readonly ReviewAlarm[] {
  return evidence.flatMap((one) => {
    const { reviewer, verdicts, medianSeconds, openedShare, streak } = one;
    const alarm = (
      measure: ReviewMeasure,
      judge: (limit: Limit) => Verdict,
      [measured, show, message]: readonly [string, (value: number) => string, string],
    ): readonly ReviewAlarm[] => {
      const limit = limits[measure];
      const verdict = limit === undefined ? 'PASS' : judge(limit);
      if (limit === undefined || verdict === 'PASS') return [];
      return [{ measure, verdict, reviewer, measured, limit: limitText(limit, show), message }];
    };
    if (verdicts === 0 || medianSeconds === null || openedShare === null) return [];
    const seconds = (value: number) => `${value.toFixed(1)} s`;
    return [
      ...alarm('REVIEW_TIME', (limit) => verdictBelow(medianSeconds, limit), [
        seconds(medianSeconds),
        seconds,
        `${reviewer} gave ${verdicts} verdicts, half of them within ${seconds(medianSeconds)} of opening`,
      ]),
      ...alarm('REVIEW_OPENED', (limit) => verdictBelow(openedShare, limit), [
        percent(openedShare),
        percent,
        `${reviewer} had opened ${one.opened} of the ${verdicts} customers on whom they gave a verdict`,
      ]),
      ...alarm('REVIEW_STREAK', (limit) => verdictAbove(streak, limit), [
        String(streak),
        String,
        `${reviewer} gave the same verdict ${streak} times in a row`,
      ]),
    ];
  });
}

/** Refuses to submit what was reviewed beyond a limit that halts: the reviewer looks again, and gives the verdicts anew. */
export function judgeAlarms(alarms: readonly ReviewAlarm[]): Refusal | null {
  const halting = alarms.filter(({ verdict }) => verdict === 'HALT');
  if (halting.length === 0) return null;
  const why = halting.map(({ message, limit }) => `${message} (${limit})`).join('; ');
  return new Refusal('INVALID_STATE', 'REVIEW_REAL', `This is no review: ${why}.`);
}
