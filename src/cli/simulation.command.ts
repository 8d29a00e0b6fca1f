import { type Command, Option } from 'commander';
import { loadSettings } from '../config.ts';
import type { AskedSimulation } from '../use-cases/ask-simulation.ts';
import { week } from './arguments.ts';
import { say } from './say.ts';
import { simulateCampaign } from './simulate-campaign.ts';
import { setting, shift } from './what-if.arguments.ts';

interface Options extends Pick<AskedSimulation, 'campaign' | 'from' | 'to' | 'judgeMarket'> {
  readonly model?: string;
  readonly set: AskedSimulation['patch'];
  readonly shift: AskedSimulation['shifts'];
}

/** What would have been: `simulate`. */
export function addSimulationCommands(program: Command): void {
  program
    .command('simulate')
    .description(
      'decides recorded weeks again with another model, other settings or shifted features, and changes nothing',
    )
    .requiredOption('--campaign <key>')
    .addOption(new Option('--from <week>', 'the first week').argParser(week).makeOptionMandatory())
    .addOption(new Option('--to <week>', 'the last week').argParser(week).makeOptionMandatory())
    .option('--model <id>', 'a registered model version; that of each week when left out')
    .option('--set <setting=value>', 'a setting to replace, such as threshold=0.2; several', setting, {})
    .option('--shift <feature*1.1>', 'a feature to shift, by * and + or -; several', shift, [])
    .option('--judge-market', 'lets MARKET_BAND judge a market that is shifted', false)
    .action(async ({ model, set, shift: shifts, ...span }: Options) => {
      const asked = { ...span, model: model ?? null, patch: set, shifts };
      say(await simulateCampaign(loadSettings(), asked));
    });
}
