import type { Session } from '../../domain/authenticator.ts';
import { type Purpose, readAgent, readPurpose } from '../../domain/purpose.ts';

/** What a request says of itself beside its operation. */
export interface Stated {
  /** The application that asks, by its token. */
  readonly client: string | null;
  readonly purpose: Purpose | null;
  readonly agent: string | null;
}

/**
 * The headers X-Purpose and X-Agent, or the connection parameters of these names in any case. A person asks for themselves:
 * of theirs no agent is read. Refuses what is neither.
 */
export function statedIn(given: Readonly<Record<string, unknown>>, session: Session | null): Stated {
  const named = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
  const purpose = named.get('x-purpose');
  const agent = session?.scopes === undefined ? undefined : named.get('x-agent');
  return {
    client: session?.client ?? null,
    purpose: purpose === undefined ? null : readPurpose(String(purpose)),
    agent: agent === undefined ? null : readAgent(String(agent)),
  };
}
