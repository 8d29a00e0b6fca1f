import type { JWTPayload } from 'jose';
import { PERMISSIONS, type Permission } from '../../domain/permissions.ts';

/** The application that a token was given to (`azp`, OpenID Connect Core 1.0 §2; `client_id`, RFC 9068 §2.2), null where none is named. */
export function clientOf(payload: JWTPayload): string | null {
  for (const claim of [payload.azp, payload.client_id]) {
    if (typeof claim === 'string' && claim !== '') return claim;
  }
  return null;
}

/**
 * Whether a token speaks for the application itself (client credentials): its subject is the client (RFC 9068 §2.2), or it
 * says so in the way of Auth0, Entra ID or Keycloak.
 */
export function isService(payload: JWTPayload, client: string): boolean {
  const { sub, gty, idtyp, preferred_username: userName } = payload;
  return (
    sub === client ||
    sub === `${client}@clients` ||
    gty === 'client-credentials' ||
    idtyp === 'app' ||
    userName === `service-account-${client}`
  );
}

/** The scopes that are permissions of ours (`scope`, RFC 8693 §4.2; a list at some providers); others are passed over. */
export function scopesIn({ scope }: JWTPayload): readonly Permission[] {
  const named: readonly unknown[] =
    typeof scope === 'string' ? scope.split(' ') : Array.isArray(scope) ? scope : [];
  return (Object.keys(PERMISSIONS) as Permission[]).filter((permission) => named.includes(permission));
}

/** A member of a claim's own, undefined where it has none of that name. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
