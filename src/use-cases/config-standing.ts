import { isOpen } from '../domain/config-change.ts';
import { cutEvaluation, obstaclesTo, type Standing } from '../domain/config-proposal.ts';
import { dateIn, weekOf } from '../domain/week.ts';
import { campaignsByKey } from '../store/campaign.reads.ts';
import type { CampaignRow } from '../store/campaign.row.ts';
import { newestConfig } from '../store/campaign.store.ts';
import type { ConfigChangeRow } from '../store/config-change.row.ts';
import { firstWeekOf } from '../store/config-change.store.ts';
import { ModelVersionRow } from '../store/model-version.row.ts';
import type { Transaction } from '../store/transaction.ts';

/** How the settings of a campaign stand at an instant; they stay so for whoever holds the campaign. */
export async function standingOf(
  tx: Transaction,
  { key, definition }: CampaignRow,
  now: Date,
): Promise<Standing> {
  const inForce = await newestConfig(tx, key);
  const model = await tx.findOneBy(ModelVersionRow, { campaign: key, status: 'LIVE' });
  const today = dateIn(definition.timeZone, now);
  const since = await firstWeekOf(tx, inForce.id);
  return {
    inForce,
    today,
    features: model?.card.features.map(({ name }) => name) ?? null,
    cutsEvaluation: cutEvaluation(inForce.settings.evaluationWeeks, since, weekOf(today)),
  };
}

/** Of each change why it could not be approved now as it stands, a sentence each: nothing of one that is closed. */
export async function obstaclesNow(
  tx: Transaction,
  changes: readonly ConfigChangeRow[],
  now: Date,
): Promise<readonly (readonly string[])[]> {
  const keys = [...new Set(changes.map(({ campaign }) => campaign))];
  const standings = new Map<string, Standing>();
  for (const campaign of await campaignsByKey(tx, keys))
    standings.set(campaign.key, await standingOf(tx, campaign, now));
  return changes.map((change) => {
    const standing = standings.get(change.campaign);
    if (standing === undefined || !isOpen(change)) return [];
    return obstaclesTo(change, standing).map(({ message }) => message);
  });
}
