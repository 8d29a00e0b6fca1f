import { refuse } from '../../domain/refusal.ts';

/** The token of an Authorization value (RFC 6750 §2.1), undefined when none was sent; refuses any other scheme. */
export function bearerToken(authorization: unknown): string | undefined {
  if (authorization === undefined) return undefined;
  const token =
    typeof authorization === 'string' ? /^Bearer +([\w.~+/-]+=*) *$/i.exec(authorization)?.[1] : undefined;
  return token ?? refuse('UNAUTHENTICATED', 'TOKEN_INVALID', 'The authorization must be: Bearer <token>');
}
