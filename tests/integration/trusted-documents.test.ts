import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { TrustedDocuments } from '../../src/adapters/http/trusted-documents.ts';
import { type Answer, ApiService } from '../support/api-service.ts';

const hash = (body: string) => createHash('sha256').update(body).digest('hex');
const manifest = (...bodies: string[]) =>
  JSON.stringify({
    format: 'apollo-persisted-query-manifest',
    version: 1,
    operations: bodies.map((body, n) => ({ id: hash(body), name: `Op${n}`, type: 'query', body })),
  });

const VIEWER = 'query Op0 { viewer { subject } }';
const CAMPAIGNS = 'query Op1 { campaigns { key currentRun { checks { name } } } }';
const PROGRESS = 'subscription Op2 { runProgress(campaign: "none") { step } }';
const WITH_VARIABLE = 'query Op3($key: String!) { campaign(key: $key) { key } }';
const OUTDATED = 'query Op1 { moon { phase } }';

let folder: string;
let service: ApiService;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waarom-documents-'));
  await writeFile(join(folder, 'desk.json'), manifest(VIEWER, CAMPAIGNS, PROGRESS, WITH_VARIABLE));
  await writeFile(join(folder, 'reports.json'), manifest(VIEWER, OUTDATED));
  service = await ApiService.start({}, { production: true, documentsDir: folder, clientCosts: { desk: 30 } });
});
afterAll(async () => {
  await service?.stop();
  await rm(folder, { recursive: true });
});

const tokenOf = (client?: string) =>
  service.tokens.issue({
    ...{ subject: 'olga', name: null, roles: ['OPERATOR'], hours: 1 },
    ...(client === undefined ? {} : { client }),
  });

/** Status and code with rule, or the data. */
async function post(body: unknown, client: string | null = 'desk') {
  const authorization = client === null ? {} : { authorization: `Bearer ${await tokenOf(client)}` };
  const headers = { 'content-type': 'application/json', ...authorization };
  const response = await fetch(`${service.url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  const { data, errors } = (await response.json()) as Answer;
  const { code, rule } = errors?.[0]?.extensions ?? {};
  return errors === undefined ? data : [response.status, code, rule];
}

const UNKNOWN = [400, 'BAD_INPUT', 'TRUSTED_DOCUMENT'];
const HERS = { viewer: { subject: 'olga' } };

describe('where operations are registered', () => {
  it.each([
    ['its text', { query: VIEWER }],
    ['its documentId', { documentId: `sha256:${hash(VIEWER)}` }],
    ['its hash', { extensions: { persistedQuery: { version: 1, sha256Hash: hash(VIEWER) } } }],
    ['its id over another text', { documentId: hash(VIEWER), query: 'query Op0 { campaigns { key } }' }],
  ])('one is answered that is named by %s', async (_how, body) => {
    expect(await post(body)).toEqual(HERS);
  });

  it('one is answered with its variables', async () => {
    expect(await post({ query: WITH_VARIABLE, variables: { key: 'none' } })).toEqual({ campaign: null });
  });

  it.each([
    ['another text', { query: '{ viewer { subject } }' }],
    ['the same with a space', { query: `${VIEWER} ` }],
    ['a hash of another', { documentId: `sha256:${hash('{ viewer { subject } }')}`, query: VIEWER }],
    ['the schema', { query: '{ __schema { types { name } } }' }],
    ['nothing', {}],
    ['a hash that is none', { documentId: '__proto__' }],
    ['what only another client has', { query: OUTDATED }],
  ])('%s is refused', async (_what, body) => {
    expect(await post(body)).toEqual(UNKNOWN);
  });

  it.each([[[{ query: VIEWER }]], ['text'], [null]])('%j is refused, and no way around', async (body) => {
    const [status, code] = await post(body);
    expect([status, code]).toEqual([400, 'BAD_INPUT']);
  });

  it('each client has its own, and who names none has none', async () => {
    expect(await post({ query: VIEWER }, 'reports')).toEqual(HERS);
    expect(await post({ query: CAMPAIGNS }, 'reports')).toEqual(UNKNOWN);
    expect(await post({ query: VIEWER }, 'else')).toEqual([403, 'FORBIDDEN', 'TRUSTED_CLIENT']);
    expect((await service.askWith(await tokenOf(), VIEWER)).errors?.[0]?.extensions.rule).toBe(
      'TRUSTED_CLIENT',
    );
    expect(await post({ query: VIEWER }, null)).toEqual([401, 'UNAUTHENTICATED', 'SIGNED_IN']);
  });

  it('an operation costs its client no more than the client may spend', async () => {
    expect(await post({ query: CAMPAIGNS })).toEqual([400, 'LIMIT_EXCEEDED', 'QUERY_COST']);
  });

  it('subscriptions are registered too', async () => {
    const refusal = async (query: string) => {
      const client = createClient({
        url: `${service.url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        connectionParams: { authorization: `Bearer ${await tokenOf('desk')}` },
      });
      const [error] = await client
        .iterate({ query })
        .next()
        .then(
          ({ value }) => value?.errors ?? [],
          (errors: readonly unknown[]) => errors,
        );
      await client.dispose();
      return error;
    };
    expect(await refusal(PROGRESS)).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    const other = 'subscription { runProgress(campaign: "none") { step } }';
    expect(await refusal(other)).toMatchObject({
      extensions: { code: 'BAD_INPUT', rule: 'TRUSTED_DOCUMENT' },
    });
  });

  it('the start says what this release no longer answers', () => {
    const warnings = service.log.filter(({ level }) => level === 'warn').map(({ fault }) => fault);
    expect(warnings).toEqual([expect.stringMatching(/^reports [0-9a-f]{12}: Cannot query field "moon"/)]);
  });
});

describe('a manifest', () => {
  it.each([
    ['is no JSON', '{', 'is no JSON'],
    ['is of another format', '{"format":"relay"}', 'is no apollo-persisted-query-manifest of version 1'],
    [
      'calls an operation by a hash of another',
      manifest(VIEWER).replace(hash(VIEWER), hash('x')),
      'the id of Op0 is not',
    ],
  ])('that %s keeps the service from starting', async (_case, text, rule) => {
    const other = await mkdtemp(join(tmpdir(), 'waarom-documents-'));
    await writeFile(join(other, 'desk.json'), text);
    await expect(TrustedDocuments.open(other)).rejects.toThrow(`${join(other, 'desk.json')}: ${rule}`);
    await rm(other, { recursive: true });
  });

  it('must be there', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'waarom-documents-'));
    await expect(TrustedDocuments.open(empty)).rejects.toThrow('there is no manifest');
    await rm(empty, { recursive: true });
  });
});
