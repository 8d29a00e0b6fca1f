import { refuse } from '../domain/refusal.ts';
import type { IsoWeek } from '../domain/week.ts';
import { FeedContractRow } from './feed-contract.row.ts';
import type { Transaction } from './transaction.ts';

/** The contract by which a campaign's feeds of a week are judged; null where there is no campaign. */
export async function contractOfWeek(
  tx: Transaction,
  campaign: string,
  week: IsoWeek,
): Promise<FeedContractRow | null> {
  return tx
    .createQueryBuilder(FeedContractRow, 'contract')
    .where('contract.campaign = :campaign and contract.withdrawn_at is null', { campaign })
    .andWhere('(contract.from_week is null or contract.from_week <= :week)', { week })
    .orderBy('contract.number', 'DESC')
    .getOne();
}

/** The contract of the feeds to come: the newest that was approved; refuses NOT_FOUND. */
export async function newestContract(tx: Transaction, campaign: string): Promise<FeedContractRow> {
  const contract = await tx
    .createQueryBuilder(FeedContractRow, 'contract')
    .where('contract.campaign = :campaign and contract.withdrawn_at is null', { campaign })
    .orderBy('contract.number', 'DESC')
    .getOne();
  return (
    contract ?? refuse('NOT_FOUND', 'FEED_CONTRACT', `There is no campaign ${JSON.stringify(campaign)}.`)
  );
}
