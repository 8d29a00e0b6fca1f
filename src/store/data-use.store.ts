import { DataUseRow } from './data-use.row.ts';
import { isUuid } from './slice.ts';
import type { Transaction } from './transaction.ts';

/**
 * A data use, held to be decided on, after everybody who holds those of its campaign has let go; null where there is none.
 */
export async function lockDataUse(tx: Transaction, id: string): Promise<DataUseRow | null> {
  const use = isUuid(id) ? await tx.findOneBy(DataUseRow, { id }) : null;
  if (use === null) return null;
  await tx.query('select pg_advisory_xact_lock(hashtext($1))', [turnOf(use.campaign)]);
  return tx.findOne(DataUseRow, { where: { id }, lock: { mode: 'pessimistic_write' } });
}

/** The signed-off data uses of a campaign, held: none of them is decided on before the transaction has ended. */
export async function dataUsesHeld(tx: Transaction, campaign: string): Promise<readonly DataUseRow[]> {
  // The rows are what must hold. But row locks that are shared are handed on from one to the next, past whoever waits to change
  // the row; advisory locks are taken in the order in which they were asked for.
  await tx.query('select pg_advisory_xact_lock_shared(hashtext($1))', [turnOf(campaign)]);
  return tx.find(DataUseRow, {
    where: { campaign, status: 'SIGNED_OFF' },
    order: { id: 'ASC' },
    lock: { mode: 'pessimistic_read' },
  });
}

const turnOf = (campaign: string) => `data uses of ${campaign}`;
