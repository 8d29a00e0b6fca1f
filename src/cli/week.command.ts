import { type Command, Option } from 'commander';
import { loadSettings } from '../config.ts';
import { AUDIENCES } from '../domain/explanation.ts';
import { PURPOSES, readPurpose } from '../domain/purpose.ts';
import type { AskedExplanation } from '../use-cases/read-explanation.ts';
import { week } from './arguments.ts';
import { explainDecision } from './explain-decision.ts';
import { reproduceWeek } from './reproduce-week.ts';
import { runCampaignWeek } from './run-campaign-week.ts';
import { say } from './say.ts';

/** Whose decision, for whom, and where its proof goes. */
type ExplainOptions = Omit<AskedExplanation, 'language'> & {
  readonly language: 'NL' | 'EN';
  readonly proof?: string;
  readonly purpose: string;
};

/** A week of a campaign: `run`, `reproduce`, `explain`. */
export function addWeekCommands(program: Command): void {
  program
    .command('run')
    .description('runs a week now; ends with 0 when done, 3 when a check halted it, 1 when it failed')
    .requiredOption('--campaign <key>')
    .addOption(new Option('--week <week>', 'ISO week; the week that is due when left out').argParser(week))
    .action(async (options: { campaign: string; week?: string }) => {
      const { text, exitCode } = await runCampaignWeek(
        loadSettings(),
        options.campaign,
        options.week ?? null,
      );
      say(text);
      process.exitCode = exitCode;
    });

  program
    .command('reproduce')
    .description(
      'executes a past week again from its record and prints the certificate; ends with 4 where it differs',
    )
    .requiredOption('--campaign <key>')
    .addOption(new Option('--week <week>', 'ISO week').argParser(week).makeOptionMandatory())
    .action(async (options: { campaign: string; week: string }) => {
      const { text, same } = await reproduceWeek(loadSettings(), options.campaign, options.week);
      say(text);
      process.exitCode = same ? 0 : 4;
    });

  program
    .command('explain')
    .description('why a run decided on a customer as it did')
    .requiredOption('--campaign <key>')
    .addOption(new Option('--week <week>', 'ISO week').argParser(week).makeOptionMandatory())
    .requiredOption('--customer <id>')
    .addOption(new Option('--audience <audience>').choices(AUDIENCES).default('INTERNAL'))
    .addOption(new Option('--language <language>').choices(['NL', 'EN']).default('NL'))
    .option('--proof <file>', 'where to write the proof of the decision')
    .option(
      '--purpose <purpose>',
      `${PURPOSES.join(', ')}; with "; " and the number of the case`,
      'INVESTIGATION',
    )
    .action(async ({ language, proof, purpose, ...asked }: ExplainOptions) => {
      const about = { ...asked, language: language === 'NL' ? 'nl' : 'en' } as const;
      say(await explainDecision(loadSettings(), about, proof ?? null, readPurpose(purpose)));
    });
}
