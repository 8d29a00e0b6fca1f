import { errors, type JWTPayload } from 'jose';
import type { Session } from '../../domain/authenticator.ts';
import { ROLES, type Role } from '../../domain/permissions.ts';
import { refuse } from '../../domain/refusal.ts';

/** What OpenID Connect allows a subject to be long (Core 1.0 §2). */
const LONGEST_SUBJECT = 255;

/**
 * The session of a token: `verify` checks signature and claims, `rolesClaim` is the dot path of the claim with the
 * roles. Roles of others than this service are passed over. Throws RefusalError on a token that does not hold.
 */
export async function verifiedSession(
  verify: () => Promise<{ readonly payload: JWTPayload }>,
  rolesClaim: string,
): Promise<Session> {
  const { sub, exp, ...payload } = await claims(verify);
  if (sub === undefined || sub === '' || sub.length > LONGEST_SUBJECT || exp === undefined) {
    return refuse('UNAUTHENTICATED', 'TOKEN_INVALID', 'The token does not say whose it is.');
  }
  return {
    subject: sub,
    name: typeof payload.name === 'string' ? payload.name : null,
    roles: rolesIn(payload, rolesClaim),
    expiresAt: new Date(exp * 1000),
  };
}

async function claims(verify: () => Promise<{ readonly payload: JWTPayload }>): Promise<JWTPayload> {
  try {
    return (await verify()).payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      return refuse('UNAUTHENTICATED', 'TOKEN_EXPIRED', 'The token has expired; sign in again.');
    }
    if (error instanceof errors.JOSEError) {
      return refuse('UNAUTHENTICATED', 'TOKEN_INVALID', 'The token is not valid here; sign in again.');
    }
    throw error;
  }
}

/** Some providers put a dot into the claim's own name. `compliance-reviewer` and `COMPLIANCE_REVIEWER` are the same. */
function rolesIn(payload: JWTPayload, rolesClaim: string): readonly Role[] {
  const claim = memberOf(payload, rolesClaim) ?? rolesClaim.split('.').reduce<unknown>(memberOf, payload);
  const named = (Array.isArray(claim) ? claim : [claim]).map((role) =>
    String(role).toUpperCase().replaceAll('-', '_'),
  );
  return ROLES.filter((role) => named.includes(role));
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
