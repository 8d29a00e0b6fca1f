import { z } from 'zod';
import type { CampaignDefinition } from '../../domain/campaign.ts';
import { config } from './config.schema.ts';
import { feedContract } from './feed-contract.schema.ts';
import { campaignKey, columnName, count, day, label, text, wording } from './fields.schema.ts';
import { readYaml } from './yaml-file.ts';

const dataUse = z.strictObject({
  columns: z.array(columnName, 'must be a list of columns').min(1, 'must not be empty'),
  source: wording(200),
  purpose: wording(),
  legalBasis: wording(),
  validUntil: day,
});

const flow = z
  .strictObject({ days: z.array(count.min(1, 'must be at least 1'), 'must be a list of days') })
  .refine(({ days }) => days.every((value, index) => index === 0 || value > (days[index - 1] ?? 0)), {
    path: ['days'],
    error: 'must ascend',
  })
  .default({ days: [7, 14] });

const campaign = z
  .strictObject(
    {
      format: z.literal('campaign/1', 'must be campaign/1'),
      key: campaignKey,
      name: label,
      product: label,
      timeZone: text(64).refine(isTimeZone, 'must be a time zone of the IANA list, Europe/Amsterdam'),
      contact: label,
      objection: label,
      flow,
      feed: feedContract,
      dataUses: z.array(dataUse, 'must be a list of data uses').min(1, 'must not be empty'),
      config,
    },
    'must be a map of fields',
  )
  .superRefine(({ feed, dataUses }, context) => {
    const known = new Set(feed.columns.map(({ name }) => name));
    dataUses.forEach(({ columns }, use) => {
      columns.forEach((name, index) => {
        if (!known.has(name)) {
          const path = ['dataUses', use, 'columns', index];
          context.addIssue({ code: 'custom', path, message: `${name} is not a column of the feed contract` });
        }
      });
    });
  });

/**
 * Reads the text of a `campaign.yaml` (feed.md §0), defaults filled in. Throws PackageError with every fault: line,
 * field and rule.
 */
export function readCampaign(yaml: string, file = 'campaign.yaml'): CampaignDefinition {
  const { format: _, flow, ...definition } = readYaml(file, yaml, campaign);
  return { ...definition, flowDays: flow.days };
}

function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
