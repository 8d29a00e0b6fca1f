import { coveringDataUses, statusOn } from '../domain/data-use.ts';
import { columnsOfCard } from '../domain/model-card.ts';
import { dateIn } from '../domain/week.ts';
import type { BatchRow } from '../store/batch.row.ts';
import type { CampaignRow } from '../store/campaign.row.ts';
import { campaignOf } from '../store/campaign.store.ts';
import { openBatchesUnder, runsStillToScore } from '../store/data-use.reads.ts';
import { DataUseRow } from '../store/data-use.row.ts';
import { ModelVersionRow } from '../store/model-version.row.ts';
import type { RunRow } from '../store/run.row.ts';
import type { Transaction } from '../store/transaction.ts';

/** What stops when a data use is withdrawn. */
export interface DataUseImpact {
  /** The columns that no other data use in force covers. */
  readonly columns: readonly string[];
  /** The model versions that read any of them, and that are live or may become so. */
  readonly models: readonly ModelVersionRow[];
  /** The campaigns whose live model is among them: none of their runs starts. */
  readonly campaigns: readonly CampaignRow[];
  /** Runs under way that end before their next score. */
  readonly runs: readonly RunRow[];
  /** Batches drawn from scores under it. They do not stop by themselves: compliance can hold them. */
  readonly batches: readonly BatchRow[];
}

/** What the withdrawal of a data use stops, as things stand at an instant; nothing where it is not in force. */
export async function impactOf(tx: Transaction, use: DataUseRow, at: Date): Promise<DataUseImpact> {
  const campaign = await campaignOf(tx, use.campaign);
  const today = dateIn(campaign.definition.timeZone, at);
  const batches = await openBatchesUnder(tx, use.id);
  if (statusOn(use, today) !== 'SIGNED_OFF')
    return { columns: [], models: [], campaigns: [], runs: [], batches };
  const others = (await tx.findBy(DataUseRow, { campaign: campaign.key })).filter(({ id }) => id !== use.id);
  const columns = coveringDataUses(use.columns, others, today).missing;
  const models = (
    await tx.find(ModelVersionRow, { where: { campaign: campaign.key }, order: { registeredAt: 'ASC' } })
  )
    .filter(({ status }) => status !== 'RETIRED' && status !== 'REFUSED')
    .filter(({ card }) => columnsOfCard(card).some((column) => columns.includes(column)));
  return {
    columns,
    models,
    campaigns: models.some(({ status }) => status === 'LIVE') ? [campaign] : [],
    runs: await runsStillToScore(
      tx,
      models.map(({ id }) => id),
    ),
    batches,
  };
}
