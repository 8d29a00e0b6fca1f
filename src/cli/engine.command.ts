import type { Command } from 'commander';
import { loadSettings } from '../config.ts';
import { pauseByCommand } from './pause-by-command.ts';
import { say } from './say.ts';

/** `pause`: for when the API cannot be reached. To resume takes a person who signed in. */
export function addEngineCommands(program: Command): void {
  program
    .command('pause')
    .description('pauses everything, or a campaign, or its flow, and says what that stopped')
    .option('--campaign <key>', 'this campaign alone')
    .option('--flow', 'its mails alone: runs go on')
    .requiredOption('--reason <text>')
    .action(async (options: { campaign?: string; flow?: boolean; reason: string }) => {
      if (options.flow === true && options.campaign === undefined)
        program.error('waarom: --flow needs --campaign');
      say(
        await pauseByCommand(loadSettings(), { flow: false, ...options, campaign: options.campaign ?? null }),
      );
    });
}
