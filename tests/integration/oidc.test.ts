import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OidcAuthenticator } from '../../src/adapters/identity/oidc.ts';

/** An identity provider as small as can be: discovery and keys over HTTP. */
const provider = { keys: [] as JWK[], discovery: 200, issuer: '', asked: [] as string[] };
let server: Server;
let issuer: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    provider.asked.push(request.url ?? '');
    const isDiscovery = request.url === '/realms/bank/.well-known/openid-configuration';
    const status = isDiscovery ? provider.discovery : 200;
    const body = isDiscovery
      ? { issuer: provider.issuer, jwks_uri: `${issuer}/keys` }
      : { keys: provider.keys };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/realms/bank`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => Object.assign(provider, { keys: [], discovery: 200, issuer, asked: [] }));

interface Signer {
  sign(claims: JWTPayload, kid?: string): Promise<string>;
}

async function signer(alg: string, kid: string): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  provider.keys.push({ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' });
  return {
    sign: (claims, named = kid) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid: named }).sign(privateKey),
  };
}

const NOW = new Date('2026-11-16T10:00:00Z');
const seconds = (minutes: number) => NOW.getTime() / 1000 + minutes * 60;
const claims = (): JWTPayload => ({
  iss: issuer,
  aud: 'waarom',
  sub: 'p-1',
  name: 'A reviewer',
  exp: seconds(10),
  realm_access: { roles: ['compliance-reviewer', 'offline_access', 'OPERATOR'] },
});
const authenticator = (rolesClaim = 'realm_access.roles', subjectPrefix = '') =>
  new OidcAuthenticator({ issuer, audience: 'waarom', rolesClaim, subjectPrefix }, { now: () => NOW });

describe('tokens of an identity provider', () => {
  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'])(
    'signed with %s say who it is, in which roles of ours',
    async (alg) => {
      const { sign } = await signer(alg, 'k1');
      expect(await authenticator().authenticate(await sign(claims()))).toEqual({
        subject: 'p-1',
        name: 'A reviewer',
        roles: ['OPERATOR', 'COMPLIANCE_REVIEWER'],
        expiresAt: new Date('2026-11-16T10:10:00Z'),
        client: null,
      });
    },
  );

  it.each([
    ['roles', { roles: ['OPERATOR'] }, ['OPERATOR']],
    ['role', { role: 'OPERATOR' }, ['OPERATOR']],
    ['https://bank.example/roles', { 'https://bank.example/roles': ['operator'] }, ['OPERATOR']],
    ['roles', {}, []],
    ['roles', { roles: { OPERATOR: true } }, []],
    ['__proto__.roles', { roles: ['OPERATOR'] }, []],
    ['realm_access.roles.length', {}, []],
  ])('have their roles in the claim %s: %j', async (rolesClaim, given, roles) => {
    const { sign } = await signer('ES256', 'k1');
    const session = await authenticator(rolesClaim).authenticate(await sign({ ...claims(), ...given }));
    expect(session.roles).toEqual(roles);
  });

  it.each(['RS512', 'ES384'])(
    'are refused when signed with %s, which is not among the agreed ones',
    async (alg) => {
      const { sign } = await signer(alg, 'k1');
      await expect(authenticator().authenticate(await sign(claims()))).rejects.toMatchObject({
        refusal: { code: 'UNAUTHENTICATED', rule: 'TOKEN_INVALID' },
      });
    },
  );

  it.each([
    ['another issuer', { iss: 'https://else.example' }, 'TOKEN_INVALID'],
    ['another audience', { aud: 'else' }, 'TOKEN_INVALID'],
    ['no audience', { aud: undefined }, 'TOKEN_INVALID'],
    ['nobody', { sub: undefined }, 'TOKEN_INVALID'],
    ['a subject that is no text of ASCII', { sub: 'p\u0000' }, 'TOKEN_INVALID'],
    ['the subject of a service client', { sub: 'client:portal' }, 'TOKEN_INVALID'],
    ['the subject of the service itself', { sub: 'engine' }, 'TOKEN_INVALID'],
    ['no end', { exp: undefined }, 'TOKEN_INVALID'],
    ['an end more than half a minute ago', { exp: seconds(-0.6) }, 'TOKEN_EXPIRED'],
    ['a time to come', { nbf: seconds(1) }, 'TOKEN_INVALID'],
  ])('are refused with %s', async (_case, wrong, rule) => {
    const { sign } = await signer('ES256', 'k1');
    const given = Object.fromEntries(
      Object.entries({ ...claims(), ...wrong }).filter(([, value]) => value !== undefined),
    );
    await expect(authenticator().authenticate(await sign(given))).rejects.toMatchObject({
      refusal: { code: 'UNAUTHENTICATED', rule },
    });
  });

  it.each([
    ['is the client (RFC 9068)', { sub: 'portal', client_id: 'portal' }],
    ['is the client at Auth0', { sub: 'portal@clients', azp: 'portal' }],
    ['is the client by its grant', { azp: 'portal', gty: 'client-credentials' }],
    ['is the client at Entra ID', { azp: 'portal', idtyp: 'app' }],
    ['is the client at Keycloak', { azp: 'portal', preferred_username: 'service-account-portal' }],
  ])('are of a service, whatever roles they name, when the subject %s', async (_case, of) => {
    const { sign } = await signer('ES256', 'k1');
    const scope = 'openid customer.protect batch.approve';
    expect(await authenticator().authenticate(await sign({ ...claims(), ...of, scope }))).toEqual({
      subject: 'client:portal',
      name: null,
      roles: ['CONTACT_CENTRE'],
      scopes: ['batch.approve', 'customer.protect'],
      expiresAt: new Date('2026-11-16T10:10:00Z'),
      client: 'portal',
    });
  });

  it('keep people of another provider apart by a prefix', async () => {
    const { sign } = await signer('ES256', 'k1');
    const asked = authenticator('roles', 'new|');
    expect((await asked.authenticate(await sign(claims()))).subject).toBe('new|p-1');
    const service = await sign({ ...claims(), sub: 'portal', azp: 'portal' });
    expect((await asked.authenticate(service)).subject).toBe('client:new|portal');
  });

  it.each([
    ['that is none of access', { typ: 'logout+jwt' }, {}],
    ['with a nonce', {}, { nonce: 'n' }],
    ['with the hash of another', {}, { at_hash: 'h' }],
  ])('are refused as a token %s', async (_case, header, more) => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    provider.keys.push({ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' });
    const token = new SignJWT({ ...claims(), ...more });
    const signed = await token.setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header }).sign(privateKey);
    await expect(authenticator().authenticate(signed)).rejects.toMatchObject({
      refusal: { rule: 'TOKEN_INVALID' },
    });
  });

  it('are refused with a signature of somebody else, of another kind, or none', async () => {
    const { sign } = await signer('ES256', 'k1');
    const known = provider.keys[0];
    const other = await signer('ES256', 'k2');
    provider.keys = [known!];
    const [head, body] = (await sign(claims())).split('.');
    const shared = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(new TextEncoder().encode(JSON.stringify(known)));
    const wrong = [
      await other.sign(claims(), 'k1'),
      await other.sign(claims()),
      shared,
      `${head}.${body}.`,
      'x',
    ];
    const asked = authenticator();
    for (const token of wrong) {
      await expect(asked.authenticate(token)).rejects.toMatchObject({ refusal: { rule: 'TOKEN_INVALID' } });
    }
  });

  it('are verified by keys that are asked for once', async () => {
    const { sign } = await signer('ES256', 'k1');
    const asked = authenticator();
    const token = await sign(claims());
    await Promise.all(Array.from({ length: 5 }, () => asked.authenticate(token)));
    await asked.authenticate(token);
    expect(provider.asked.length).toBe(2);
  });

  it('cannot be judged while the provider does not answer, and can again when it does', async () => {
    const { sign } = await signer('ES256', 'k1');
    const asked = authenticator();
    const token = await sign(claims());
    provider.discovery = 503;
    await expect(asked.authenticate(token)).rejects.toMatchObject({
      refusal: { code: 'UNAVAILABLE', rule: 'IDENTITY_PROVIDER' },
      cause: expect.any(Error),
    });
    provider.discovery = 200;
    expect((await asked.authenticate(token)).subject).toBe('p-1');
  });

  it('are not judged by a provider that calls itself otherwise', async () => {
    const { sign } = await signer('ES256', 'k1');
    provider.issuer = 'https://else.example';
    await expect(authenticator().authenticate(await sign(claims()))).rejects.toMatchObject({
      refusal: { code: 'UNAVAILABLE' },
    });
  });
});
