import { type BatchStatus, recipientStatus } from '../domain/batch.ts';
import type { ExplanationFacts, MailOutcome } from '../domain/explanation.ts';
import type { IsoWeek } from '../domain/week.ts';
import { queryPrepared, type Statement } from './prepared.ts';
import type { Transaction } from './transaction.ts';

/** What there is to say why a week's decision on a customer fell as it did, but for the decision itself. */
export interface AskedDecision {
  /** The week's current run; null where the week has none. */
  readonly run: { readonly id: string; readonly status: string; readonly decided: boolean } | null;
  /** Of the campaign as it is today. */
  readonly definitionDigest: string;
  readonly facts: ExplanationFacts | null;
  /** What became of them in the run's batch as it stands now; null for whoever was in none. */
  readonly mail: MailOutcome | null;
}

/** By keys alone: of each table one row. */
const ASKED: Statement = {
  name: 'asked_decision',
  text: `
    select c.digest, r.id, r.status, r.decision_root is not null as decided, e.facts,
           b.status as batch, case when b.status <> 'REJECTED' then b.decided_at end as "approvedAt", b.released_at as "releasedAt",
           p.customer is not null as proposed, p.dropped is not null as dropped,
           p.removed_by as "removedBy", p.removed_at as "removedAt", p.removal_note as "removalNote"
    from campaign c
    left join run r on r.campaign = c.key and r.week = $2 and r.current
    left join explanation e on e.run_id = r.id and e.customer = $3
    left join batch b on b.run_id = r.id
    left join recipient p on p.batch_id = b.id and p.customer = $3
    where c.key = $1`,
};

interface Found extends FoundRecipient {
  readonly digest: string;
  readonly id: string | null;
  readonly status: string;
  readonly decided: boolean;
  readonly facts: ExplanationFacts | null;
  readonly proposed: boolean;
}

/** A customer's row in a batch. */
export interface FoundRecipient {
  /** The status of the batch. */
  readonly batch: BatchStatus;
  readonly approvedAt: Date | null;
  readonly releasedAt: Date | null;
  readonly dropped: boolean;
  readonly removedBy: string | null;
  readonly removedAt: Date | null;
  readonly removalNote: string | null;
}

/** Looks a customer up in the current run of a week; undefined where there is no such campaign. */
export async function askedDecision(
  tx: Transaction,
  campaign: string,
  week: IsoWeek,
  customer: string,
): Promise<AskedDecision | undefined> {
  const [found] = await queryPrepared<Found>(tx, ASKED, [campaign, week, customer]);
  if (found === undefined) return undefined;
  const { id, status, decided, digest, facts } = found;
  const mail = found.proposed ? mailOf(found) : null;
  return { run: id === null ? null : { id, status, decided }, definitionDigest: digest, facts, mail };
}

/** What became of a customer who is in a batch. */
export function mailOf({
  batch,
  dropped,
  removedBy,
  removedAt,
  removalNote,
  ...at
}: FoundRecipient): MailOutcome {
  const removal =
    removedBy === null || removedAt === null || removalNote === null
      ? null
      : { by: removedBy, at: removedAt, note: removalNote };
  const status = recipientStatus(batch, { removed: removal !== null, dropped });
  return { status, removal, approvedAt: at.approvedAt, releasedAt: at.releasedAt };
}
