import { In, LessThanOrEqual } from 'typeorm';
import { CampaignRow } from './campaign.row.ts';
import { ConfigVersionRow } from './config-version.row.ts';
import { DataUseRow } from './data-use.row.ts';
import type { Transaction } from './transaction.ts';

/** Every campaign, by key. */
export async function listCampaigns(db: Transaction): Promise<readonly CampaignRow[]> {
  return db.find(CampaignRow, { order: { key: 'ASC' } });
}

export async function campaignsByKey(
  db: Transaction,
  keys: readonly string[],
): Promise<readonly CampaignRow[]> {
  return db.findBy(CampaignRow, { key: In(keys) });
}

export async function configsById(
  db: Transaction,
  ids: readonly string[],
): Promise<readonly ConfigVersionRow[]> {
  return db.findBy(ConfigVersionRow, { id: In(ids) });
}

/** The settings of campaigns that were in force at an instant. */
export async function configsAt(
  db: Transaction,
  campaigns: readonly string[],
  at: Date,
): Promise<readonly ConfigVersionRow[]> {
  return db
    .createQueryBuilder(ConfigVersionRow, 'config')
    .distinctOn(['config.campaign'])
    .where('config.campaign = any (:campaigns) and config.effectiveFrom <= :at', { campaigns, at })
    .orderBy('config.campaign')
    .addOrderBy('config.number', 'DESC')
    .getMany();
}

/** The data uses of a campaign that had been declared by an instant, in the order of their declaration. */
export async function dataUsesDeclaredBy(
  db: Transaction,
  campaign: string,
  at: Date,
): Promise<readonly DataUseRow[]> {
  return db.find(DataUseRow, {
    where: { campaign, declaredAt: LessThanOrEqual(at) },
    order: { declaredAt: 'ASC', id: 'ASC' },
  });
}

/** Data uses in the order of the ids. Throws where one is missing. */
export async function dataUsesById(db: Transaction, ids: readonly string[]): Promise<readonly DataUseRow[]> {
  const found = new Map((await db.findBy(DataUseRow, { id: In([...ids]) })).map((use) => [use.id, use]));
  return ids.map((id) => {
    const use = found.get(id);
    if (use === undefined) throw new Error(`there is no data use ${id}`);
    return use;
  });
}
