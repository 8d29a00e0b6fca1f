import { errors, type JWTPayload, type JWTVerifyResult } from 'jose';
import type { Session } from '../../domain/authenticator.ts';
import { type Actor, ROLES, SERVICE_ROLE, SERVICE_SUBJECT } from '../../domain/permissions.ts';
import { refuse } from '../../domain/refusal.ts';
import { clientOf, isService, memberOf, scopesIn } from './token-client.ts';

/** What OpenID Connect allows a subject to be (Core 1.0 §2), without what does not show. */
const SUBJECT = /^[\x21-\x7e]{1,255}$/;
/** Under these names the service itself stands in the log. */
const OWN_SUBJECTS = ['engine', 'command-line'];
/** Of an access token (RFC 9068 §2.1), or of one that does not say; not of what else a provider signs. */
const TYPES = ['JWT', 'AT+JWT', 'APPLICATION/AT+JWT'];
/** Claims that only ID tokens have (OpenID Connect Core 1.0 §2, §3.3.2.11): those say who signed in, and open nothing. */
const OF_ID_TOKENS = ['nonce', 'at_hash', 'c_hash'];

/** How an identity provider's claims are read. */
export interface ClaimSettings {
  /** Dot path of the claim that holds the roles of a person. */
  readonly rolesClaim: string;
  /** Stands before every subject; empty where nothing does. */
  readonly subjectPrefix: string;
}

/**
 * The session of an access token; `verify` checks signature and claims. Of a person, roles of others than this service are
 * passed over; a service client has the one role of services, within its scopes. Throws RefusalError on a token that does not hold.
 */
export async function verifiedSession(
  verify: () => Promise<Pick<JWTVerifyResult, 'payload' | 'protectedHeader'>>,
  settings: ClaimSettings,
): Promise<Session> {
  const payload = await accessClaims(verify);
  const { exp } = payload;
  const client = clientOf(payload);
  const actor =
    client !== null && isService(payload, client)
      ? serviceOf(payload, client, settings)
      : personOf(payload, settings);
  if (exp === undefined || !SUBJECT.test(actor.subject)) return nobody();
  return { ...actor, expiresAt: new Date(exp * 1000), client };
}

function personOf(payload: JWTPayload, { rolesClaim, subjectPrefix }: ClaimSettings): Actor {
  const { sub, name } = payload;
  const subject = sub === undefined || sub === '' ? nobody() : `${subjectPrefix}${sub}`;
  if (subject.startsWith(SERVICE_SUBJECT) || OWN_SUBJECTS.includes(subject)) return nobody();
  return { subject, name: typeof name === 'string' ? name : null, roles: rolesIn(payload, rolesClaim) };
}

function serviceOf(payload: JWTPayload, client: string, { subjectPrefix }: ClaimSettings): Actor {
  return {
    subject: `${SERVICE_SUBJECT}${subjectPrefix}${client}`,
    name: null,
    roles: [SERVICE_ROLE],
    scopes: scopesIn(payload),
  };
}

function nobody(): never {
  return refuse('UNAUTHENTICATED', 'TOKEN_INVALID', 'The token does not say whose it is.');
}

async function accessClaims(verify: Parameters<typeof verifiedSession>[0]): Promise<JWTPayload> {
  try {
    const { payload, protectedHeader } = await verify();
    const type = (protectedHeader.typ ?? 'JWT').toUpperCase();
    if (TYPES.includes(type) && !OF_ID_TOKENS.some((claim) => Object.hasOwn(payload, claim))) return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      return refuse('UNAUTHENTICATED', 'TOKEN_EXPIRED', 'The token has expired; sign in again.');
    }
    if (!(error instanceof errors.JOSEError)) throw error;
  }
  return refuse('UNAUTHENTICATED', 'TOKEN_INVALID', 'The token is not valid here; sign in again.');
}

/** Some providers put a dot into the claim's own name. `compliance-reviewer` and `COMPLIANCE_REVIEWER` are the same. */
function rolesIn(payload: JWTPayload, rolesClaim: string): Actor['roles'] {
  const claim = memberOf(payload, rolesClaim) ?? rolesClaim.split('.').reduce<unknown>(memberOf, payload);
  const named = (Array.isArray(claim) ? claim : [claim]).map((role) =>
    String(role).toUpperCase().replaceAll('-', '_'),
  );
  return ROLES.filter((role) => named.includes(role));
}
