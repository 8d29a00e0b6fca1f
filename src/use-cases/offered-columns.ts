import { missingColumns } from '../domain/feature.ts';
import { refuse } from '../domain/refusal.ts';
import type { IsoWeek } from '../domain/week.ts';
import type { FeedContractRow } from '../store/feed-contract.row.ts';
import { contractOfWeek, newestContract } from '../store/feed-contract.store.ts';
import { FeedContractChangeRow } from '../store/feed-contract-change.row.ts';
import type { ModelVersionRow } from '../store/model-version.row.ts';
import type { Transaction } from '../store/transaction.ts';

/** The names of the columns that a data use may be about: of the newest contract, and of one that is proposed. */
export async function offeredColumns(tx: Transaction, campaign: string): Promise<ReadonlySet<string>> {
  const { columns } = await newestContract(tx, campaign);
  const proposed = await tx.findOneBy(FeedContractChangeRow, { campaign, status: 'PROPOSED' });
  return new Set([...columns, ...(proposed?.columns ?? [])].map(({ name }) => name));
}

/** The contract by which the feeds of a week are judged. Refuses where it lacks a column that a model version needs. */
export async function contractFor(
  tx: Transaction,
  model: ModelVersionRow,
  week: IsoWeek,
): Promise<FeedContractRow> {
  const contract = await contractOfWeek(tx, model.campaign, week);
  if (contract === null) throw new Error(`${model.campaign} has no feed contract`);
  assertOffers(contract, model);
  return contract;
}

/** Refuses where a contract lacks a column that a model version needs. */
export function assertOffers(contract: FeedContractRow, { card }: ModelVersionRow): void {
  const missing = missingColumns(card, contract);
  if (missing.length === 0) return;
  const from = contract.fromWeek === null ? '' : ` from ${contract.fromWeek} on`;
  refuse(
    'INVALID_STATE',
    'FEED_CONTRACT',
    `Feed contract ${contract.number}${from} does not offer ${missing.join(', ')}, which ${card.name} ${card.version} needs.`,
  );
}
