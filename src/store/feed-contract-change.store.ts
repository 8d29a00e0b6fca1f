import { FeedContractRow } from './feed-contract.row.ts';
import { FeedContractChangeRow } from './feed-contract-change.row.ts';
import { isUuid } from './slice.ts';
import type { Transaction } from './transaction.ts';

/** A change of a feed contract, held; null where there is none. */
export async function lockContractChange(tx: Transaction, id: string): Promise<FeedContractChangeRow | null> {
  if (!isUuid(id)) return null;
  return tx.findOne(FeedContractChangeRow, { where: { id }, lock: { mode: 'pessimistic_write' } });
}

/** The highest number that a campaign's contracts have, withdrawn ones too. */
export async function lastContractNumber(tx: Transaction, campaign: string): Promise<number> {
  return (await tx.maximum(FeedContractRow, 'number', { campaign })) ?? 0;
}
