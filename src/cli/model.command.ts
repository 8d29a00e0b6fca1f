import type { Command } from 'commander';
import { registerModelFile } from '../commands.ts';
import { loadSettings } from '../config.ts';
import { writeModelTemplate } from '../model-template.ts';
import { say } from './say.ts';

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
