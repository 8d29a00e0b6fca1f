import type { Actor } from '../domain/permissions.ts';
import type { Purpose } from '../domain/purpose.ts';
import { refuse } from '../domain/refusal.ts';

/** What is known of a request before anything of it is done. */
export interface RequestContext {
  /** Stands in the response's header and in every line that the request logs. */
  readonly requestId: string;
  /** Null for a request without a token. */
  readonly actor: Actor | null;
  /** Aborted when whoever asked is gone before they were answered. */
  readonly signal: AbortSignal;
  /** The application that asks, as the identity provider knows it; null where the token does not say. */
  readonly client: string | null;
  /** For what customers are read, as the request says; null where it does not. */
  readonly purpose: Purpose | null;
  /** Whoever of a service client's people asks; null of a person, who asks for themselves. */
  readonly agent: string | null;
}

/** The actor of a request; refuses one without. */
export function actorOf(context: RequestContext): Actor {
  return context.actor ?? refuse('UNAUTHENTICATED', 'SIGNED_IN', 'Sign in first: a bearer token is missing.');
}
