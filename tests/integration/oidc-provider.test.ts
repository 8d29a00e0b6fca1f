import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { DevTokens } from '../../src/adapters/identity/dev-tokens.ts';
import { OidcAuthenticator } from '../../src/adapters/identity/oidc.ts';
import { ApiService } from '../support/api-service.ts';
import { IdentityProvider } from '../support/identity-provider.ts';
import { installSmall, SMALL } from '../support/small-campaign.ts';

let provider: IdentityProvider;
let service: ApiService;
/** By how much the service's clock is ahead of the provider's. */
let ahead = 0;

beforeAll(async () => {
  provider = await IdentityProvider.start();
  const clock = { now: () => new Date(Date.now() + ahead) };
  const settings = {
    issuer: provider.issuer,
    audience: IdentityProvider.audience,
    rolesClaim: 'realm_access.roles',
    subjectPrefix: '',
  };
  service = await ApiService.start({ clock }, { authenticator: new OidcAuthenticator(settings, clock) });
  await installSmall(service.harness);
});
afterAll(async () => {
  vi.useRealTimers();
  await service?.stop();
  await provider?.stop();
});

const viewerOf = async (token: string) => {
  const { data, errors } = await service.askWith(token, '{ viewer { subject name roles } }');
  return data?.viewer ?? errors?.[0]?.extensions.rule ?? errors?.[0]?.extensions.code;
};
const ruleOf = async (token: string, query: string, headers: Record<string, string> = {}) =>
  (await service.askWith(token, query, {}, headers)).errors?.[0]?.extensions.rule;
const pause = `mutation { pauseEngine(input: { campaign: "${SMALL}", reason: "a look" }) { campaign { paused } } }`;

it('knows a person by their subject, whatever they are called and whatever they become', async () => {
  provider.accounts.set('p-1', { name: 'A. Jansen', roles: ['marketeer'] });
  const first = await provider.signIn('p-1');
  expect(await viewerOf(first)).toEqual({ subject: 'p-1', name: 'A. Jansen', roles: ['MARKETEER'] });
  expect((await service.askWith(first, pause)).errors).toBeUndefined();
  provider.accounts.set('p-1', { name: 'A. de Vries', roles: ['operator'] });
  const second = await provider.signIn('p-1');
  expect(await viewerOf(second)).toEqual({ subject: 'p-1', name: 'A. de Vries', roles: ['OPERATOR'] });
  expect((await service.askWith(second, pause.replace('pause', 'resume'))).errors).toBeUndefined();
  const entries = (await service.entries()).filter(({ action }) => String(action).startsWith('engine.'));
  expect(entries.map(({ actor, role, action }) => [actor, role, action])).toEqual([
    ['p-1', 'MARKETEER', 'engine.pause'],
    ['p-1', 'OPERATOR', 'engine.resume'],
  ]);
  expect(JSON.stringify(entries)).not.toMatch(/Jansen|Vries/);
});

it('lets a service client do what its scopes say, and never what two people are needed for', async () => {
  const token = await provider.serviceToken('explanation.readCustomer something.else customer.read');
  const letter = `{ explanation(campaign: "${SMALL}", week: "2026-W01", customer: "c1", audience: CUSTOMER) { title } }`;
  const optOut = 'mutation { recordOptOut(input: { customer: "c1", note: "n" }) { customer } }';
  // Permitted: it is the week that is not there.
  expect(await ruleOf(token, letter, { 'x-agent': 'a-1' })).toBe('RUN');
  expect(await ruleOf(token, '{ customerHistory(customer: "c1") { totalCount } }')).toBe('customer.read');
  expect(await ruleOf(token, optOut)).toBe('customer.protect');
  expect(await ruleOf(token, pause)).toBe('engine.pause');
  const other = await provider.serviceToken('customer.protect');
  expect(await ruleOf(other, letter)).toBe('explanation.readCustomer');
  const { actor, role } = (await service.entries()).find(({ action }) => action === 'explanation.read') ?? {};
  expect([actor, role]).toEqual(['client:portal', 'CONTACT_CENTRE']);
});

it('takes nobody for a service client or for the service itself who only is called so', async () => {
  const claimed = ['client:portal', 'engine', 'command-line'];
  for (const subject of claimed) {
    provider.accounts.set(subject, { name: 'x', roles: ['operator'] });
    expect(await viewerOf(await provider.signIn(subject))).toBe('TOKEN_INVALID');
  }
});

it('opens nothing to an ID token, a development token, a token of before or of later', async () => {
  provider.accounts.set('p-2', { name: 'B', roles: ['operator'] });
  expect(await viewerOf(await provider.idToken('p-2'))).toBe('TOKEN_INVALID');
  const development = await DevTokens.open(
    `${service.harness.folder}/dev.key`,
    service.harness.services.clock,
  );
  const forged = await development.issue({ subject: 'p-2', name: null, roles: ['OPERATOR'], hours: 1 });
  expect(await viewerOf(forged)).toBe('TOKEN_INVALID');
  const token = await provider.signIn('p-2');
  ahead = (provider.lifetime + 20) * 1000;
  expect(await viewerOf(token)).toMatchObject({ subject: 'p-2' });
  ahead = (provider.lifetime + 40) * 1000;
  expect(await viewerOf(token)).toBe('TOKEN_EXPIRED');
  ahead = 0;
});

it('follows the provider to new keys, and away from old ones', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  provider.accounts.set('p-3', { name: 'C', roles: ['operator'] });
  const old = await provider.signIn('p-3');
  expect(await viewerOf(old)).toMatchObject({ subject: 'p-3' });
  const later = (minutes: number) => vi.setSystemTime(Date.now() + minutes * 60_000);
  provider.lifetime = 3600;
  await provider.rotate({ keepOld: true });
  later(1);
  const renewed = await provider.signIn('p-3');
  expect([await viewerOf(renewed), await viewerOf(old)]).toEqual([
    expect.objectContaining({ subject: 'p-3' }),
    expect.objectContaining({ subject: 'p-3' }),
  ]);
  await provider.rotate();
  later(11);
  expect(await viewerOf(renewed)).toBe('TOKEN_INVALID');
  expect(await viewerOf(await provider.signIn('p-3'))).toMatchObject({ subject: 'p-3' });
  vi.useRealTimers();
});

it('ends a subscription with the token under which it began', async () => {
  provider.lifetime = 600;
  provider.accounts.set('p-4', { name: 'D', roles: ['operator'] });
  const token = await provider.signIn('p-4');
  // A second is left of the token by the service's clock, or less.
  ahead = provider.lifetime * 1000 - 1100;
  const closed = Promise.withResolvers<unknown>();
  const client = createClient({
    url: `${service.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { authorization: `Bearer ${token}` },
    on: { closed: closed.resolve },
  });
  const progress = client.iterate({ query: `subscription { runProgress(campaign: "${SMALL}") { step } }` });
  await expect(progress.next()).rejects.toMatchObject({ code: 4401 });
  expect(await closed.promise).toMatchObject({ code: 4401, reason: 'The token has expired; sign in again.' });
  ahead = 0;
});
