import { coveringDataUses } from '../domain/data-use.ts';
import type { FeedContract } from '../domain/feed-contract.ts';
import { type ContractFinding, contractFindings } from '../domain/feed-contract-change.ts';
import { dateIn } from '../domain/week.ts';
import type { CampaignRow } from '../store/campaign.row.ts';
import { DataUseRow } from '../store/data-use.row.ts';
import { ModelVersionRow } from '../store/model-version.row.ts';
import type { Transaction } from '../store/transaction.ts';

/** What a change of a campaign's contract would do, by its live model and the data uses in force at an instant. */
export async function findingsOf(
  tx: Transaction,
  { key: campaign, definition }: CampaignRow,
  change: { readonly before: FeedContract; readonly after: FeedContract },
  at: Date,
): Promise<readonly ContractFinding[]> {
  const { before, after } = change;
  const live = await tx.findOneBy(ModelVersionRow, { campaign, status: 'LIVE' });
  const uses = await tx.findBy(DataUseRow, { campaign });
  const names = after.columns.map(({ name }) => name);
  const { missing } = coveringDataUses(names, uses, dateIn(definition.timeZone, at));
  const covered = new Set(names.filter((name) => !missing.includes(name)));
  return contractFindings(before, after, { live: live?.card ?? null, covered });
}
