import { digestOf, digestOfJson } from '../audit/digest.ts';
import type { CampaignDefinition } from '../domain/campaign.ts';
import { refuse } from '../domain/refusal.ts';
import { CampaignRow } from '../store/campaign.row.ts';
import { ConfigVersionRow } from '../store/config-version.row.ts';
import { DataUseRow } from '../store/data-use.row.ts';
import { FeedContractRow } from '../store/feed-contract.row.ts';
import type { Command } from './execute.ts';

/**
 * Creates a campaign from its definition: settings and contract number 1, and its data uses, declared and waiting for
 * compliance. Applying the same definition again changes nothing; a different one is refused, because settings and
 * contracts change only under review.
 */
export const applyCampaign: Command<
  CampaignDefinition,
  { readonly campaign: CampaignRow; readonly created: boolean }
> = {
  action: 'campaign.apply',
  permission: 'campaign.apply',
  about: ({ key }) => ({ campaign: key, subject: key }),
  async handle({ tx, now, actor, services }, definition) {
    const digest = digestOfJson(definition);
    await tx.query('select pg_advisory_xact_lock(hashtext($1))', [`campaign ${definition.key}`]);
    const existing = await tx.findOneBy(CampaignRow, { key: definition.key });
    if (existing !== null) {
      if (existing.digest !== digest) {
        refuse(
          'CONFLICT',
          'CAMPAIGN_EXISTS',
          `${definition.key} was applied before, with another definition; settings change by a config change.`,
        );
      }
      return {
        result: { campaign: existing, created: false },
        facts: {
          campaign: existing.key,
          subject: existing.key,
          digest,
          details: { created: false, again: true },
        },
      };
    }
    const campaign = tx.create(CampaignRow, {
      key: definition.key,
      definition,
      digest,
      seed: Buffer.from(services.randomness.bytes(32)).toString('hex'),
      paused: false,
      appliedBy: actor.subject,
      appliedAt: now,
    });
    await tx.insert(CampaignRow, campaign);
    const contract = digestOfJson(definition.feed);
    await tx.insert(FeedContractRow, {
      campaign: definition.key,
      number: 1,
      columns: definition.feed.columns,
      digest: contract,
      effectiveFrom: now,
    });
    const config = {
      id: services.ids.next(),
      campaign: definition.key,
      number: 1,
      settings: definition.config,
      digest: digestOfJson(definition.config),
      effectiveFrom: now,
      createdBy: actor.subject,
    };
    await tx.insert(ConfigVersionRow, config);
    const dataUses: string[] = [];
    for (const use of definition.dataUses) {
      const id = services.ids.next();
      dataUses.push(id);
      await tx.insert(DataUseRow, {
        id,
        campaign: definition.key,
        ...use,
        columns: [...use.columns],
        status: 'DECLARED',
        declaredBy: actor.subject,
        declaredAt: now,
      });
    }
    return {
      result: { campaign, created: true },
      facts: {
        campaign: campaign.key,
        subject: campaign.key,
        digest,
        details: { created: true, config: config.digest, contract, seed: digestOf(campaign.seed), dataUses },
      },
    };
  },
};
