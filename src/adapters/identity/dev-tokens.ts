import { randomBytes } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import type { Authenticator, Session } from '../../domain/authenticator.ts';
import type { Permission, Role } from '../../domain/permissions.ts';
import type { Clock } from '../../domain/ports.ts';
import { keyFileText } from './key-file.ts';
import { verifiedSession } from './verified-session.ts';

const ISSUER = 'waarom-dev';
const ALGORITHM = 'HS256';
const KEY_BYTES = 32;
const CLAIMS = { rolesClaim: 'roles', subjectPrefix: '' };

/** Whose a development token is, and for how long. */
export interface DevTokenRequest {
  readonly subject: string;
  readonly name: string | null;
  readonly roles: readonly Role[];
  readonly hours: number;
  /** The application that asks. Where it is the subject too, the token is that service client's own. */
  readonly client?: string;
  /** Of a service client. */
  readonly scopes?: readonly Permission[];
}

/** Tokens for development and the demo, where no identity provider is configured. */
export class DevTokens implements Authenticator {
  private constructor(
    private readonly key: Uint8Array,
    private readonly clock: Clock,
  ) {}

  /** Signs and verifies with the key in `keyFile`, which is made when it is not there, for its owner alone to read. */
  static async open(keyFile: string, clock: Clock): Promise<DevTokens> {
    return new DevTokens(await keyIn(keyFile), clock);
  }

  /** A signed token, valid from now on. */
  async issue({ subject, name, roles, hours, client, scopes }: DevTokenRequest): Promise<string> {
    const now = Math.floor(this.clock.now().getTime() / 1000);
    const claims = {
      roles: [...roles],
      ...(name === null ? {} : { name }),
      ...(client === undefined ? {} : { azp: client }),
      ...(scopes === undefined ? {} : { scope: scopes.join(' ') }),
    };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM })
      .setIssuer(ISSUER)
      .setAudience(ISSUER)
      .setSubject(subject)
      .setIssuedAt(now)
      .setExpirationTime(now + Math.round(hours * 3600))
      .sign(this.key);
  }

  authenticate(token: string): Promise<Session> {
    const expected = {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: ISSUER,
      currentDate: this.clock.now(),
    };
    return verifiedSession(() => jwtVerify(token, this.key, expected), CLAIMS);
  }
}

async function keyIn(file: string): Promise<Uint8Array> {
  const text = await keyFileText(file, () => randomBytes(KEY_BYTES).toString('base64url'));
  const key = Buffer.from(text, 'base64url');
  if (key.length !== KEY_BYTES) throw new Error(`${file} does not hold a key; remove it to have one made`);
  return key;
}
