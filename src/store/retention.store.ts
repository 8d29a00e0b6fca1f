import type { EntityManager } from 'typeorm';
import type { RetainedKind } from '../domain/retention.ts';
import type { IsoDate } from '../domain/week.ts';

/** What is past its period: a run, a batch, or null for rows that belong to neither. */
export interface Due {
  readonly id: string | null;
  readonly campaign: string | null;
}

/** Contacts that go in one transaction: some seconds of work. */
const CONTACTS_AT_ONCE = 100_000;
const LONGEST_WAIT = '2s';

const RUN_DUE = (kind: 'snapshot' | 'decision', there: string) => `
  select r.id, r.campaign from run r
  where ${there} is not null and r.as_of < $1 and r.status not in ('CHECKING', 'SCORING', 'SELECTING')
    and not exists (select from erased_row e where e.owner_id = r.id and e.kind = '${kind}' and e.row_no is null)
    and not exists (select from batch b where b.run_id = r.id and b.status not in ('RELEASED', 'REJECTED'))
  order by r.as_of, r.id limit 1`;

const DUE: Readonly<Record<RetainedKind, string>> = {
  snapshots: RUN_DUE('snapshot', 'r.snapshot_rows'),
  decisions: RUN_DUE('decision', 'r.decision_root'),
  batches: `
    select b.id, b.campaign from batch b left join run r on r.id = b.run_id left join hand_off h on h.batch_id = b.id
    where b.status in ('RELEASED', 'REJECTED') and coalesce(r.as_of, (b.created_at at time zone 'UTC')::date) < $1
      and (h.batch_id is null or h.delivered_at is not null)
      and not exists (select from erased_row e where e.owner_id = b.id and e.kind = 'recipient' and e.row_no is null)
    order by b.created_at, b.id limit 1`,
  contacts: `
    select null as id, null as campaign
    where exists (select from contact where sent_on < $1) or exists (select from conversion where converted_on < $1)
       or exists (select from quiet_list where until < $1)
       or exists (select from customer_pseudonym p where not customer_is_known(p.customer, false))`,
};

const ERASE: Readonly<Record<RetainedKind, string>> = {
  snapshots: `select erase_run($1, 'snapshot_row', $2) as rows`,
  decisions: `select erase_run($1, 'decision', $2) + erase_challenger_run($1, $2) as rows`,
  batches: 'select erase_batch($1, $2) as rows',
  contacts: 'select erase_contacts($1, $2) + erase_lone_pseudonyms() as rows',
};

/**
 * Keeps other processes from erasing by age until the transaction ends, and this one from waiting long for whoever reads what it
 * would erase.
 */
export async function holdRetention(tx: EntityManager): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('retention', 0))`);
  await tx.query(`set local lock_timeout = '${LONGEST_WAIT}'`);
}

/** The oldest that is of a day before `keptFrom` and was not erased, undefined when there is none. Nothing that is under way is due. */
export async function nextDue(
  tx: EntityManager,
  kind: RetainedKind,
  keptFrom: IsoDate,
): Promise<Due | undefined> {
  const [due]: Due[] = await tx.query(DUE[kind], [keptFrom]);
  return due;
}

/** Removes the rows of what is due; answers how many went. What a digest covers is listed under the erasure. */
export async function eraseDue(
  tx: EntityManager,
  erasureId: string,
  kind: RetainedKind,
  { id }: Due,
  keptFrom: IsoDate,
): Promise<number> {
  const parameters = kind === 'contacts' ? [keptFrom, CONTACTS_AT_ONCE] : [erasureId, id];
  const [done]: { rows: string }[] = await tx.query(ERASE[kind], parameters);
  return Number(done?.rows ?? 0);
}
