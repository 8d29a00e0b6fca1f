import { newestContract } from '../store/feed-contract.store.ts';
import { FeedContractChangeRow } from '../store/feed-contract-change.row.ts';
import type { Transaction } from '../store/transaction.ts';

/** The names of the columns that a data use may be about: of the newest contract, and of one that is proposed. */
export async function offeredColumns(tx: Transaction, campaign: string): Promise<ReadonlySet<string>> {
  const { columns } = await newestContract(tx, campaign);
  const proposed = await tx.findOneBy(FeedContractChangeRow, { campaign, status: 'PROPOSED' });
  return new Set([...columns, ...(proposed?.columns ?? [])].map(({ name }) => name));
}
