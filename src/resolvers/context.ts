import type { Actor } from '../domain/permissions.ts';
import { refuse } from '../domain/refusal.ts';

/** What is known of a request before anything of it is done. */
export interface RequestContext {
  /** Stands in the response's header and in every line that the request logs. */
  readonly requestId: string;
  /** Null for a request without a token. */
  readonly actor: Actor | null;
  /** Aborted when whoever asked is gone before they were answered. */
  readonly signal: AbortSignal;
}

/** The actor of a request; refuses one without. */
export function actorOf(context: RequestContext): Actor {
  return context.actor ?? refuse('UNAUTHENTICATED', 'SIGNED_IN', 'Sign in first: a bearer token is missing.');
}
