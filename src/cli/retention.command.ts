import type { Command } from 'commander';
import { loadSettings } from '../config.ts';
import { eraseByAge } from './erase-by-age.ts';
import { say } from './say.ts';

/** `retain`. */
export function addRetentionCommands(program: Command): void {
  program
    .command('retain')
    .description('erases what is older than its kind is kept, as the jobs do once a day')
    .action(async () => say(await eraseByAge(loadSettings())));
}
