import type { Command } from 'commander';
import { loadSettings } from '../config.ts';
import { applyCampaignFile } from './apply-campaign-file.ts';
import { say } from './say.ts';

/** `campaign`. */
export function addCampaignCommands(program: Command): void {
  program
    .command('campaign')
    .description('campaigns')
    .command('apply')
    .argument('<file>', 'campaign.yaml')
    .description('creates a campaign')
    .action(async (file: string) => say(await applyCampaignFile(loadSettings(), file)));
}
