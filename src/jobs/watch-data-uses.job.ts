import { CampaignRow } from '../store/campaign.row.ts';
import { lockCampaign } from '../store/campaign.store.ts';
import { reportUncovered } from '../use-cases/data-use-cover.ts';
import type { Services } from '../use-cases/services.ts';
import { attemptEach } from './attempt-each.ts';

/**
 * Opens an incident for each campaign whose live model needs a column that no data use covers any more, because one expired; answers
 * the keys of the campaigns. While an incident that says so is open, none is opened again.
 */
export async function watchDataUses(services: Services): Promise<readonly string[]> {
  const { db, clock } = services;
  const campaigns = await db.manager.find(CampaignRow, { order: { key: 'ASC' } });
  const reported = await attemptEach(campaigns, async ({ key }) =>
    db.transaction(async (tx) => {
      const campaign = await lockCampaign(tx, key);
      const opened = await reportUncovered(tx, services, campaign, clock.now());
      return opened ? key : null;
    }),
  );
  return reported.filter((key) => key !== null);
}
