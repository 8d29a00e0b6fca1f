import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HttpService, startHttpService } from '../support/http-service.ts';

let service: HttpService;
beforeAll(async () => {
  service = await startHttpService(true);
});
afterAll(() => service.stop());

const EXPECTED = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'strict-transport-security': 'max-age=63072000',
};

const json = { 'content-type': 'application/json', origin: 'https://else.example' };
const query = JSON.stringify({ query: '{ viewer { subject } }' });
const REQUESTS: readonly (readonly [string, string, RequestInit])[] = [
  ['an answer', '/graphql', { method: 'POST', headers: json, body: query }],
  ['what is no JSON', '/graphql', { method: 'POST', headers: json, body: '{' }],
  [
    'a wrong token',
    '/graphql',
    { method: 'POST', headers: { ...json, authorization: 'Bearer x' }, body: query },
  ],
  ['another method', '/graphql', { method: 'GET' }],
  [
    'a look across origins',
    '/graphql',
    {
      method: 'OPTIONS',
      headers: { origin: 'https://else.example', 'access-control-request-method': 'POST' },
    },
  ],
  ['nothing', '/nothing', {}],
  ['health', '/health/live', {}],
  ['metrics', '/metrics', {}],
];

it.each(REQUESTS)(
  '%s is sent with what browsers heed, and to no other origin',
  async (_what, path, request) => {
    const { headers, body } = await fetch(`${service.url}${path}`, request);
    await body?.cancel();
    expect(Object.fromEntries(Object.keys(EXPECTED).map((name) => [name, headers.get(name)]))).toEqual(
      EXPECTED,
    );
    for (const name of ['access-control-allow-origin', 'server', 'x-powered-by'])
      expect(headers.get(name)).toBeNull();
  },
);
