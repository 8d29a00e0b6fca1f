import type { EntityManager } from 'typeorm';
import type { Unfinished } from '../domain/erasure.ts';
import { erasureDigest } from './erasure.reads.ts';
import { partitionOf } from './snapshot.store.ts';

type Reader = Pick<EntityManager, 'query'>;

/** An erasure as it is kept. A customer's has a tombstone and who asked for it. */
export interface Erasure {
  readonly id: string;
  readonly erasedAt: Date;
  readonly erasedBy: string;
  readonly requestedBy: string | null;
  readonly reason: string;
  readonly tombstone: Uint8Array | null;
}

/** That a person asked for a customer to be erased. */
export interface StoredRequest {
  readonly id: string;
  readonly customer: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly reason: string;
}

/** The open requests to erase a customer, the oldest first. */
export async function requestsFor(
  tx: Reader,
  customer: string,
): Promise<readonly Pick<StoredRequest, 'id' | 'requestedBy'>[]> {
  return tx.query(
    'select id, requested_by as "requestedBy" from erasure_request where customer = $1 order by requested_at, id',
    [customer],
  );
}

export async function insertRequest(tx: EntityManager, request: StoredRequest): Promise<void> {
  const { id, customer, requestedBy, requestedAt, reason } = request;
  await tx.query(
    'insert into erasure_request (id, customer, requested_by, requested_at, reason) values ($1, $2, $3, $4, $5)',
    [id, customer, requestedBy, requestedAt, reason],
  );
}

/** Completes an erasure whose rows went in this transaction; answers the digest of their list. */
export async function insertErasure(tx: EntityManager, erasure: Erasure, rows: number): Promise<string> {
  const digest = await erasureDigest(tx, erasure.id);
  const { id, erasedAt: at, erasedBy, requestedBy, reason, tombstone } = erasure;
  await tx.query(
    `insert into erasure (id, erased_at, erased_by, requested_by, reason, tombstone, rows, digest)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, at, erasedBy, requestedBy, reason, tombstone, rows, digest],
  );
  return digest;
}

/** Removes every row of a customer; answers how many went. What a digest covers is listed under the erasure. */
export async function eraseCustomerRows(
  tx: EntityManager,
  erasureId: string,
  customer: string,
): Promise<number> {
  let rows = 0;
  // The requests to erase go last, with the customer's own rows.
  for (const erase of ['erase_challenger_customer', 'erase_customer']) {
    const [done]: { rows: string }[] = await tx.query(`select ${erase}($1, $2) as rows`, [
      erasureId,
      customer,
    ]);
    rows += Number(done?.rows ?? 0);
  }
  return rows;
}

/** Whether anything of a customer is on record, snapshots of runs that decided nothing included. */
export async function isOnRecord(tx: Reader, customer: string): Promise<boolean> {
  const [found]: { known: boolean }[] = await tx.query('select customer_is_known($1, true) as known', [
    customer,
  ]);
  return found?.known === true;
}

/**
 * What is not finished and needs the customer's rows, or might come to. Until the transaction ends no run starts or is resumed, and
 * no batch of theirs goes on.
 */
export async function unfinishedWith(tx: EntityManager, customer: string): Promise<readonly Unfinished[]> {
  await tx.query('select from campaign order by key for share');
  const runs: Unfinished[] = await tx.query(
    `select 'RUN' as what, id, campaign, week, status from run
     where current and status in ('CHECKING', 'SCORING', 'SELECTING') order by started_at`,
  );
  const failed: Unfinished[] = await tx.query(
    `select 'FAILED_RUN' as what, id, campaign, week, status from run
     where current and status = 'FAILED' order by started_at for no key update`,
  );
  const batches: (Unfinished & { removed: boolean })[] = await tx.query(
    `select 'BATCH' as what, b.id, b.campaign, b.week, b.status, r.removed_by is not null as removed
     from recipient r join batch b on b.id = r.batch_id where r.customer = $1 order by b.id for update of b`,
    [customer],
  );
  const handOffs: Unfinished[] = await tx.query(
    `select 'HAND_OFF' as what, b.id, b.campaign, b.week, b.status
     from recipient r join batch b on b.id = r.batch_id join hand_off h on h.batch_id = b.id
     where r.customer = $1 and h.delivered_at is null order by b.id for update of h`,
    [customer],
  );
  const open = batches.filter(
    ({ status, removed }) => !removed && !['RELEASED', 'REJECTED'].includes(status),
  );
  return [...runs, ...(await holding(tx, failed, customer)), ...open, ...handOffs];
}

/** Those of some runs whose snapshot has the customer: every row of it is read, but a failed run is rare. */
async function holding(
  tx: EntityManager,
  runs: readonly Unfinished[],
  customer: string,
): Promise<readonly Unfinished[]> {
  const held: Unfinished[] = [];
  for (const run of runs) {
    const table = partitionOf('snapshot_row', run.id);
    const [frozen]: { there: boolean }[] = await tx.query('select to_regclass($1) is not null as there', [
      table,
    ]);
    if (frozen?.there !== true) continue;
    const found: unknown[] = await tx.query(`select from ${table} where customer = $1 limit 1`, [customer]);
    if (found.length > 0) held.push(run);
  }
  return held;
}

/** Files outside of the database that hold an erased customer, as the record knows: feeds that were frozen, batches handed over. */
export async function filesOfErasure(tx: Reader, erasureId: string): Promise<readonly string[]> {
  const rows: { file: string }[] = await tx.query(
    `select 'outbox/' || b.campaign || '/' || h.file as file
     from erased_row e join batch b on b.id = e.owner_id join hand_off h on h.batch_id = b.id
     where e.erasure_id = $1 and e.kind = 'released_recipient'
     union
     select 'inbox/' || run.campaign || '/' || run.week || '/' || f.name
     from erased_row e join run on run.id = e.owner_id join run_feed_file f on f.run_id = run.id
     where e.erasure_id = $1 and e.kind = 'snapshot' and f.name <> 'funds.csv'
     order by file`,
    [erasureId],
  );
  return rows.map(({ file }) => file);
}
