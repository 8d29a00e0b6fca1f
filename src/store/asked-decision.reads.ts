import { pseudonymOf } from '../audit/pseudonym.ts';
import { type BatchStatus, recipientStatus } from '../domain/batch.ts';
import type { ExplanationFacts, MailOutcome } from '../domain/explanation.ts';
import type { IsoWeek } from '../domain/week.ts';
import { COLUMNS, decisionIn, decisionOf, type RecordedDecision } from './decision.reads.ts';
import type { StoredDecision } from './decision-codec.ts';
import { queryPrepared, type Statement } from './prepared.ts';
import { partitionOf } from './snapshot.store.ts';
import type { Transaction } from './transaction.ts';

/** What there is to say why a week's decision on a customer fell as it did. */
export interface AskedDecision {
  /** The week's current run; null where the week has none. */
  readonly run: { readonly id: string; readonly status: string; readonly decided: boolean } | null;
  /** Of the campaign as it is today. */
  readonly definitionDigest: string;
  /** Null for whom that run did not decide on. */
  readonly decision: RecordedDecision | null;
  readonly facts: ExplanationFacts | null;
  /** What became of them in the run's batch as it stands now; null for whoever was in none. */
  readonly mail: MailOutcome | null;
  /** Whether a fallback batch of the week was drawn, in which they may be. */
  readonly drawn: boolean;
  /** The name that the log has for them; null where it has none yet. */
  readonly name: string | null;
}

/** By keys alone: of each table one row. The decision from the table of the run that is expected to be the current one, where one is. */
function asked(expected: string | null): Statement {
  const partition = expected === null ? null : partitionOf('decision', expected);
  const decision = COLUMNS.split(', ').map((column) => `d.${column}`);
  return {
    name: `asked_${partition ?? 'decision'}`,
    text: `
    select c.digest, r.id, r.status, r.decision_root is not null as decided, e.facts,
           b.status as batch, case when b.status <> 'REJECTED' then b.decided_at end as "approvedAt", b.released_at as "releasedAt",
           p.customer is not null as proposed, p.dropped is not null as dropped,
           p.removed_by as "removedBy", p.removed_at as "removedAt", p.removal_note as "removalNote", s.secret,
           exists (select from batch f where f.campaign = c.key and f.week = $2 and f.fallback) as drawn
           ${partition === null ? '' : `, ${decision}`}
    from campaign c
    left join run r on r.campaign = c.key and r.week = $2 and r.current
    left join explanation e on e.run_id = r.id and e.customer = $3
    left join batch b on b.run_id = r.id
    left join recipient p on p.batch_id = b.id and p.customer = $3
    left join customer_pseudonym s on s.customer = $3
    ${partition === null ? '' : `left join ${partition} d on d.run_id = r.id and d.customer = $3`}
    where c.key = $1`,
  };
}

interface Found extends FoundRecipient {
  readonly digest: string;
  readonly id: string | null;
  readonly status: string;
  readonly decided: boolean;
  readonly facts: ExplanationFacts | null;
  readonly proposed: boolean;
  readonly drawn: boolean;
  readonly secret: Buffer | null;
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

type Decided = Found & StoredDecision;

function isDecided(found: Found | Decided): found is Decided {
  return 'run_id' in found && found.run_id !== null;
}

/**
 * Looks a customer up in the current run of a week; undefined where there is no such campaign.
 * @param expected the run that was current when somebody asked last: where it still is, all is one statement
 */
export async function askedDecision(
  tx: Transaction,
  {
    campaign,
    week,
    customer,
  }: { readonly campaign: string; readonly week: IsoWeek; readonly customer: string },
  expected: string | null,
): Promise<AskedDecision | undefined> {
  const [found] = await queryPrepared<Found | Decided>(tx, asked(expected), [campaign, week, customer]);
  if (found === undefined) return undefined;
  const { id, status, decided, digest, facts, drawn, secret } = found;
  const run = id === null ? null : { id, status, decided };
  const mail = found.proposed ? mailOf(found) : null;
  const name = secret === null ? null : pseudonymOf(secret, customer);
  const decision = await decisionOn(tx, found, expected, customer);
  return { run, definitionDigest: digest, decision, facts, mail, drawn, name };
}

async function decisionOn(
  tx: Transaction,
  found: Found | Decided,
  expected: string | null,
  customer: string,
): Promise<RecordedDecision | null> {
  if (isDecided(found)) return decisionOf(found);
  if (found.id === null || !found.decided || found.id === expected) return null;
  return (await decisionIn(tx, found.id, customer)) ?? null;
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
