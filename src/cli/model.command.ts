import { type Command, Option } from 'commander';
import { loadSettings } from '../config.ts';
import { modelPageText } from './model-page-text.ts';
import { registerModelFile } from './register-model-file.ts';
import { say } from './say.ts';
import { writeModelTemplate } from './write-model-template.ts';

/** Which model version's page, how it is written, and where it goes. */
interface CardOptions {
  readonly id?: string;
  readonly live?: true;
  readonly campaign?: string;
  readonly format: 'markdown' | 'html';
  readonly language: 'NL' | 'EN';
  readonly out?: string;
}

/** `model`: packages of models. */
export function addModelCommands(program: Command): void {
  const model = program.command('model').description('model packages');

  model
    .command('register')
    .argument('<path>', 'folder or zip of a model package')
    .description(
      'registers a model package and prints what its gates found; ends with 3 when one of them refused it',
    )
    .option('--figures', 'prints the figures of every gate', false)
    .action(async (path: string, { figures }: { figures: boolean }) => {
      const { text, refused } = await registerModelFile(loadSettings(), path, figures);
      say(text);
      process.exitCode = refused ? 3 : 0;
    });

  model
    .command('card')
    .description('the page of a model version: card, figures, data uses, history, how to train it again')
    .addOption(new Option('--id <id>', 'the id of a model version').conflicts(['live', 'campaign']))
    .option('--live', 'what a campaign has in production')
    .option('--campaign <key>', 'whose model in production')
    .addOption(new Option('--format <format>').choices(['markdown', 'html']).default('markdown'))
    .addOption(new Option('--language <language>').choices(['NL', 'EN']).default('NL'))
    .option('--out <file>', 'where to write it')
    .action(async ({ id, live, campaign, format, language, out }: CardOptions) => {
      const asked = id !== undefined ? { id } : live && campaign !== undefined ? { campaign } : undefined;
      if (asked === undefined) program.error('Name a version by --id, or ask for --live with --campaign.');
      const page = {
        format: format === 'html' ? 'HTML' : 'MARKDOWN',
        language: language === 'NL' ? 'nl' : 'en',
        out: out ?? null,
      } as const;
      say(await modelPageText(loadSettings(), asked, page));
    });

  model
    .command('template')
    .argument('<folder>', 'a folder that is empty or not there yet')
    .description('writes an unfinished model package, every field explained')
    .option(
      '--campaign <campaign>',
      'a campaign.yaml, or the key of an applied campaign, for whose columns it is',
    )
    .action(async (folder: string, options: { campaign?: string }) =>
      say(await writeModelTemplate(loadSettings, folder, options.campaign ?? null)),
    );
}
