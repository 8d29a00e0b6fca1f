import type { Actor } from './permissions.ts';

/** An actor who proved who they are, and until when that holds. */
export interface Session extends Actor {
  readonly expiresAt: Date;
  /** The application that asks, as the identity provider knows it; null where the token does not say. */
  readonly client: string | null;
}

/** Tells whose a bearer token is. */
export interface Authenticator {
  /**
   * Throws RefusalError: UNAUTHENTICATED for a token that is not valid (any more), UNAVAILABLE when the identity
   * provider cannot be asked.
   */
  authenticate(token: string): Promise<Session>;
}
