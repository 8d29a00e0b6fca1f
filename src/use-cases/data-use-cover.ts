import { coveringDataUses, type DataUseCover } from '../domain/data-use.ts';
import { columnsOfCard } from '../domain/model-card.ts';
import { refuse } from '../domain/refusal.ts';
import { dateIn, type IsoDate } from '../domain/week.ts';
import type { CampaignRow } from '../store/campaign.row.ts';
import { campaignOf } from '../store/campaign.store.ts';
import { DataUseRow } from '../store/data-use.row.ts';
import { dataUsesHeld } from '../store/data-use.store.ts';
import { isIncidentOpen } from '../store/incident.reads.ts';
import { ModelVersionRow } from '../store/model-version.row.ts';
import type { Transaction } from '../store/transaction.ts';
import { openIncident } from './incidents.ts';
import type { Services } from './services.ts';

/**
 * Answers the ids of the data uses by which a model version may be used at an instant. Refuses when one in force covers not every
 * source column of its card, naming the columns. What only the rules of eligibility read needs none (docs/decisions/0015).
 */
export async function assertSignedOff(
  tx: Transaction,
  model: ModelVersionRow,
  at: Date,
): Promise<readonly string[]> {
  const uses = await tx.findBy(DataUseRow, { campaign: model.campaign });
  return coverOf(model, uses, await dayAt(tx, model.campaign, at));
}

/**
 * The same, and none of them is withdrawn before the transaction has ended: what is scored in it, is scored before. Whoever waits to
 * withdraw one has the turn before the next who holds them.
 */
export async function holdSignedOff(
  tx: Transaction,
  model: ModelVersionRow,
  at: Date,
): Promise<readonly string[]> {
  const uses = await dataUsesHeld(tx, model.campaign);
  return coverOf(model, uses, await dayAt(tx, model.campaign, at));
}

/**
 * Has a batch scored as long as a model version's data uses are in force, in a transaction of its own: that of the run lasts much
 * longer than anybody should wait to withdraw one.
 */
export function whileSignedOff({ db, clock }: Pick<Services, 'db' | 'clock'>, model: ModelVersionRow) {
  return <T>(score: () => Promise<T>): Promise<T> =>
    db.transaction(async (held) => {
      await holdSignedOff(held, model, clock.now());
      return score();
    });
}

function coverOf({ card }: ModelVersionRow, uses: readonly DataUseCover[], day: IsoDate): readonly string[] {
  const { missing, covering } = coveringDataUses(columnsOfCard(card), uses, day);
  if (missing.length > 0) {
    const names = missing.join(', ');
    refuse(
      'NOT_SIGNED_OFF',
      'DATA_USE',
      `No data use in force covers ${names}; a compliance reviewer must sign it off.`,
    );
  }
  return covering;
}

async function dayAt(tx: Transaction, campaign: string, at: Date): Promise<IsoDate> {
  return dateIn((await campaignOf(tx, campaign)).definition.timeZone, at);
}

/**
 * Opens the incident of a campaign whose live model reads columns that no data use in force covers, unless one that says so is open;
 * answers whether it did. The campaign must be held.
 */
export async function reportUncovered(
  tx: Transaction,
  services: Services,
  { key: campaign, definition }: CampaignRow,
  at: Date,
): Promise<boolean> {
  const model = await tx.findOneBy(ModelVersionRow, { campaign, status: 'LIVE' });
  if (model === null) return false;
  const uses = await tx.findBy(DataUseRow, { campaign });
  const { missing } = coveringDataUses(columnsOfCard(model.card), uses, dateIn(definition.timeZone, at));
  if (missing.length === 0) return false;
  const names = missing.join(', ');
  const summary = `${campaign}: no data use in force covers ${names}, which the live model ${model.name} ${model.version} needs; no run starts and no customer is scored until a compliance reviewer signs one off`;
  if (await isIncidentOpen(tx, { kind: 'DATA_USE', summary })) return false;
  await openIncident(tx, services, { kind: 'DATA_USE', campaign, runId: null, summary });
  return true;
}
