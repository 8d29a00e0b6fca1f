import { type Command, InvalidArgumentError, Option } from 'commander';
import { loadSettings } from '../config.ts';
import { ROLES, type Role } from '../domain/permissions.ts';
import { issueToken } from '../issue-token.ts';
import { count } from './arguments.ts';
import { say } from './say.ts';

/** `token`. */
export function addTokenCommands(program: Command): void {
  program
    .command('token')
    .description('a signed token for development and the demo')
    .requiredOption('--subject <id>')
    .addOption(new Option('--roles <role,role>', ROLES.join(', ')).argParser(roles).makeOptionMandatory())
    .option('--name <name>')
    .option('--hours <n>', 'how long it holds', count, 8)
    .action(async (options: { subject: string; roles: readonly Role[]; name?: string; hours: number }) =>
      say(await issueToken(loadSettings(), options)),
    );
}

function roles(text: string): readonly Role[] {
  return text.split(',').map((part) => {
    const role = ROLES.find((known) => known === part.trim().toUpperCase());
    if (role === undefined)
      throw new InvalidArgumentError(`${part} is no role; there are ${ROLES.join(', ')}.`);
    return role;
  });
}
