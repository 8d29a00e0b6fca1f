import { type Command, InvalidArgumentError } from 'commander';
import { loadSettings } from '../config.ts';
import { dataUseRegisterCsv } from './data-use-register-csv.ts';
import { proposeContractFile } from './propose-contract-file.ts';
import { say } from './say.ts';

/** `data-use` and `feed-contract`: what data a campaign may receive and use. */
export function addDataCommands(program: Command): void {
  program
    .command('data-use')
    .description('data uses')
    .command('register')
    .description('the register of data uses, column by column, as CSV')
    .requiredOption('--campaign <key>')
    .option('--at <instant>', 'as it stood then, RFC 3339; now when left out', instant)
    .action(async ({ campaign, at }: { campaign: string; at?: Date }) =>
      say(await dataUseRegisterCsv(loadSettings(), campaign, at ?? null)),
    );

  program
    .command('feed-contract')
    .description('feed contracts')
    .command('propose')
    .argument('<file>', 'YAML with all columns, as under `feed` of a campaign.yaml')
    .description('proposes another feed contract to compliance, and says what would change')
    .requiredOption('--campaign <key>')
    .requiredOption('--reason <text>')
    .action(async (file: string, options: { campaign: string; reason: string }) =>
      say(await proposeContractFile(loadSettings(), file, options)),
    );
}

/** An instant. Throws InvalidArgumentError. */
function instant(text: string): Date {
  const at = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(at.getTime()))
    throw new InvalidArgumentError('It must be an instant such as 2026-11-16T09:00:00Z.');
  return at;
}
