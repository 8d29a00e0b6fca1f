import type { SelectQueryBuilder } from 'typeorm';
import type { ChangeStatus } from '../domain/change-status.ts';
import type { IsoWeek } from '../domain/week.ts';
import { FeedContractRow } from './feed-contract.row.ts';
import { FeedContractChangeRow } from './feed-contract-change.row.ts';
import { isUuid, readDown, type Slice } from './slice.ts';
import type { Transaction } from './transaction.ts';

/** Which changes to read: those of a status as it is shown in a week, all where `statuses` is null. */
export interface ContractChangeFilter {
  readonly campaign: string;
  readonly statuses: readonly ChangeStatus[] | null;
  readonly week: IsoWeek;
}

export async function contractChangeById(db: Transaction, id: string): Promise<FeedContractChangeRow | null> {
  return isUuid(id) ? db.findOneBy(FeedContractChangeRow, { id }) : null;
}

/** The change that became a contract; null of a campaign's first. */
export async function changeOfContract(
  db: Transaction,
  campaign: string,
  contract: number,
): Promise<FeedContractChangeRow | null> {
  return db.findOneBy(FeedContractChangeRow, { campaign, contract });
}

/** Contracts by campaign and number, `investing-retail/2`, in no order. */
export async function contractsByKey(
  db: Transaction,
  keys: readonly string[],
): Promise<readonly FeedContractRow[]> {
  return db
    .createQueryBuilder(FeedContractRow, 'contract')
    .where(`contract.campaign || '/' || contract.number = any (:keys)`, { keys })
    .getMany();
}

/** Changes, the newest first; the key is the instant of the proposal and the id. */
export async function listContractChanges(
  db: Transaction,
  filter: ContractChangeFilter,
  slice: Slice,
): Promise<readonly FeedContractChangeRow[]> {
  return readDown(filtered(db, filter), ['change.proposedAt', 'change.id'], slice);
}

export async function countContractChanges(db: Transaction, filter: ContractChangeFilter): Promise<number> {
  return filtered(db, filter).getCount();
}

function filtered(
  db: Transaction,
  { campaign, statuses, week }: ContractChangeFilter,
): SelectQueryBuilder<FeedContractChangeRow> {
  const query = db
    .createQueryBuilder(FeedContractChangeRow, 'change')
    .leftJoin(
      FeedContractRow,
      'contract',
      'contract.campaign = change.campaign and contract.number = change.contract',
    )
    .where('change.campaign = :campaign', { campaign });
  if (statuses !== null)
    query.andWhere(
      `case when change.status = 'APPROVED' and contract.from_week <= :week then 'EFFECTIVE' else change.status end = any (:statuses)`,
      { week, statuses },
    );
  return query;
}
