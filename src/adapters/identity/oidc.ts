import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Authenticator, Session } from '../../domain/authenticator.ts';
import type { Clock } from '../../domain/ports.ts';
import { Refusal, RefusalError } from '../../domain/refusal.ts';
import { type ClaimSettings, verifiedSession } from './verified-session.ts';

/** Signatures that an identity provider may use; a shared secret is not among them. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const CLOCK_TOLERANCE_SECONDS = 30;
const DISCOVERY_TIMEOUT_MS = 5000;

const DISCOVERED = z.object({ issuer: z.string(), jwks_uri: z.url() });

export interface OidcSettings extends ClaimSettings {
  readonly issuer: string;
  readonly audience: string;
}

/** Verifies the tokens of an OpenID Connect provider; its keys are found, fetched and followed when they change. */
export class OidcAuthenticator implements Authenticator {
  private keys: Promise<JWTVerifyGetKey> | undefined;

  constructor(
    private readonly settings: OidcSettings,
    private readonly clock: Clock,
  ) {}

  async authenticate(token: string): Promise<Session> {
    const { issuer, audience } = this.settings;
    const keys = await this.discovered();
    const expected = {
      algorithms: ALGORITHMS,
      issuer,
      audience,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: this.clock.now(),
    };
    return verifiedSession(() => jwtVerify(token, keys, expected), this.settings);
  }

  /** One discovery for all requests; one that failed is tried again by the next request. */
  private async discovered(): Promise<JWTVerifyGetKey> {
    this.keys ??= discoverKeys(this.settings.issuer);
    try {
      return await this.keys;
    } catch (error) {
      this.keys = undefined;
      throw unavailable(error);
    }
  }
}

/** Finds the provider's keys (OpenID Connect Discovery 1.0 §4). */
async function discoverKeys(issuer: string): Promise<JWTVerifyGetKey> {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS),
    redirect: 'error',
  });
  if (!response.ok) throw new Error(`discovery answered ${response.status}`);
  const found = DISCOVERED.parse(await response.json());
  if (found.issuer !== issuer) throw new Error('the discovered issuer is not the configured one');
  const keysUrl = new URL(found.jwks_uri);
  if (keysUrl.protocol !== 'https:' && keysUrl.protocol !== new URL(issuer).protocol) {
    throw new Error('the keys of an https issuer must be fetched by https');
  }
  const remote = createRemoteJWKSet(keysUrl);
  return async (header, token) => {
    try {
      return await remote(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JOSENotSupported) throw error;
      throw unavailable(error);
    }
  };
}

function unavailable(cause: unknown): RefusalError {
  const error = new RefusalError(
    new Refusal(
      'UNAVAILABLE',
      'IDENTITY_PROVIDER',
      'The identity provider cannot be reached; try again later.',
    ),
  );
  error.cause = cause;
  return error;
}
