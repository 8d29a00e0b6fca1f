import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { jwtVerify, SignJWT } from 'jose';
import type { Authenticator, Session } from '../../domain/authenticator.ts';
import type { Permission, Role } from '../../domain/permissions.ts';
import type { Clock } from '../../domain/ports.ts';
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
  const text = (await textOf(file)) ?? (await createKey(file));
  const key = Buffer.from(text, 'base64url');
  if (key.length !== KEY_BYTES) throw new Error(`${file} does not hold a key; remove it to have one made`);
  return key;
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Of several processes that start at once, one makes the key and all read that one: a link is there whole or not. */
async function createKey(file: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${randomBytes(KEY_BYTES).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
  return readFile(file, 'utf8');
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
