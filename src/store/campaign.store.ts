import { type EntityManager, LessThanOrEqual } from 'typeorm';
import { refuse } from '../domain/refusal.ts';
import { CampaignRow } from './campaign.row.ts';
import { ConfigVersionRow } from './config-version.row.ts';

/** A campaign, held for this transaction; refuses NOT_FOUND. */
export async function lockCampaign(tx: EntityManager, key: string): Promise<CampaignRow> {
  await tx.query('select from campaign where key = $1 for no key update', [key]);
  return campaignOf(tx, key);
}

export async function campaignOf(tx: EntityManager, key: string): Promise<CampaignRow> {
  const campaign = await tx.findOneBy(CampaignRow, { key });
  return campaign ?? refuse('NOT_FOUND', 'CAMPAIGN', `There is no campaign ${JSON.stringify(key)}.`);
}

/** The settings in force at an instant. */
export async function configAt(tx: EntityManager, campaign: string, at: Date): Promise<ConfigVersionRow> {
  const [config] = await tx.find(ConfigVersionRow, {
    where: { campaign, effectiveFrom: LessThanOrEqual(at) },
    order: { number: 'DESC' },
    take: 1,
  });
  return config ?? refuse('NOT_FOUND', 'CONFIG', `${campaign} had no settings at ${at.toISOString()}.`);
}

/**
 * The settings in force for whoever holds the campaign: by number, not by instant, because an act's instant lies before that of an
 * act for which it had to wait.
 */
export async function newestConfig(tx: EntityManager, campaign: string): Promise<ConfigVersionRow> {
  return tx.findOneOrFail(ConfigVersionRow, { where: { campaign }, order: { number: 'DESC' } });
}
