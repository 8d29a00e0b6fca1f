import { type Command, InvalidArgumentError, Option } from 'commander';
import { loadSettings } from '../config.ts';
import { PERMISSIONS, type Permission, ROLES, type Role } from '../domain/permissions.ts';
import { count } from './arguments.ts';
import { issueToken } from './issue-token.ts';
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
    .option('--client <id>', 'the application that asks; of a service client the subject too')
    .addOption(new Option('--scopes <scope,scope>', 'what a service client may do').argParser(scopes))
    .action(async (options: TokenOptions) => say(await issueToken(loadSettings(), options)));
}

interface TokenOptions {
  readonly subject: string;
  readonly roles: readonly Role[];
  readonly name?: string;
  readonly hours: number;
  readonly client?: string;
  readonly scopes?: readonly Permission[];
}

function scopes(text: string): readonly Permission[] {
  const known = Object.keys(PERMISSIONS) as Permission[];
  return text.split(',').map((part) => {
    const scope = known.find((permission) => permission === part.trim());
    if (scope === undefined)
      throw new InvalidArgumentError(`${part} is no scope; there are ${known.join(', ')}.`);
    return scope;
  });
}

function roles(text: string): readonly Role[] {
  return text.split(',').map((part) => {
    const role = ROLES.find((known) => known === part.trim().toUpperCase());
    if (role === undefined)
      throw new InvalidArgumentError(`${part} is no role; there are ${ROLES.join(', ')}.`);
    return role;
  });
}
