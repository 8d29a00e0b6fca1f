import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DevTokens } from '../../src/adapters/identity/dev-tokens.ts';

const NOW = new Date('2026-11-16T10:00:00Z');
const WHO = { subject: 'p-1', name: 'An operator', roles: ['OPERATOR', 'MARKETEER'], hours: 2 } as const;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waarom-tokens-'));
});
afterAll(() => rm(folder, { recursive: true }));

const open = (name: string, now = NOW) => DevTokens.open(join(folder, name, 'token.key'), { now: () => now });

describe('development tokens', () => {
  it('say who it is, and until when', async () => {
    const tokens = await open('a');
    expect(await tokens.authenticate(await tokens.issue(WHO))).toEqual({
      subject: 'p-1',
      name: 'An operator',
      roles: ['OPERATOR', 'MARKETEER'],
      expiresAt: new Date('2026-11-16T12:00:00Z'),
      client: null,
    });
  });

  it('are a service client’s own where it is the subject, within its scopes', async () => {
    const tokens = await open('a');
    const scopes = ['explanation.readCustomer'] as const;
    const token = await tokens.issue({ ...WHO, subject: 'portal', client: 'portal', scopes });
    expect(await tokens.authenticate(token)).toMatchObject({
      subject: 'client:portal',
      roles: ['CONTACT_CENTRE'],
      scopes,
      client: 'portal',
    });
  });

  it('hold for processes that start at once and after each other, by one key that its owner alone reads', async () => {
    const started = await Promise.all(Array.from({ length: 8 }, () => open('b')));
    const token = await started[0]!.issue(WHO);
    for (const tokens of [...started, await open('b')]) {
      expect((await tokens.authenticate(token)).subject).toBe('p-1');
    }
    expect(await readdir(join(folder, 'b'))).toEqual(['token.key']);
    expect((await stat(join(folder, 'b/token.key'))).mode & 0o777).toBe(0o600);
  });

  it('do not hold elsewhere, nor once they have expired', async () => {
    const token = await (await open('c')).issue(WHO);
    await expect((await open('d')).authenticate(token)).rejects.toMatchObject({
      refusal: { code: 'UNAUTHENTICATED', rule: 'TOKEN_INVALID' },
    });
    const later = await open('c', new Date('2026-11-16T12:00:00Z'));
    await expect(later.authenticate(token)).rejects.toMatchObject({
      refusal: { code: 'UNAUTHENTICATED', rule: 'TOKEN_EXPIRED' },
    });
  });

  it('cannot be made without the key or without an end', async () => {
    const tokens = await open('e');
    const key = Buffer.from(await readFile(join(folder, 'e/token.key'), 'utf8'), 'base64url');
    const good = { iss: 'waarom-dev', aud: 'waarom-dev', sub: 'p-1', roles: ['OPERATOR'] };
    const exp = NOW.getTime() / 1000 + 60;
    const sign = (claims: JWTPayload, alg = 'HS256', by: Uint8Array = key) =>
      new SignJWT(claims).setProtectedHeader({ alg }).sign(by);
    expect((await tokens.authenticate(await sign({ ...good, exp }))).subject).toBe('p-1');
    const forged = [
      new UnsecuredJWT({ ...good, exp }).encode(),
      await sign(good),
      await sign({ ...good, exp, sub: '' }),
      await sign({ ...good, exp, sub: 'p'.repeat(256) }),
      await sign({ ...good, exp, iss: 'else' }),
      await sign({ ...good, exp, aud: 'else' }),
      await sign({ ...good, exp }, 'HS512', Buffer.concat([key, key])),
      await sign({ ...good, exp }, 'HS256', Buffer.alloc(32)),
    ];
    for (const token of forged) {
      await expect(tokens.authenticate(token)).rejects.toMatchObject({ refusal: { rule: 'TOKEN_INVALID' } });
    }
  });

  it('say which file holds no key', async () => {
    await open('f');
    const file = join(folder, 'f/token.key');
    await writeFile(file, 'short\n');
    await expect(open('f')).rejects.toThrow(`${file} does not hold a key`);
  });
});
