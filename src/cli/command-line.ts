import type { Caller } from '../use-cases/execute.ts';

/** Whoever sits at the command line acts as the operator. */
export const COMMAND_LINE: Caller = {
  actor: { subject: 'command-line', name: null, roles: ['OPERATOR'] },
  requestId: null,
};
