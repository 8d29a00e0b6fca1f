import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpService, startHttpService } from '../support/http-service.ts';
import { SECRET, waiting } from '../support/small-api.ts';

let service: HttpService;
beforeAll(async () => {
  service = await startHttpService();
});
afterAll(() => service.stop());

const VIEWER = '{ viewer { subject name roles } }';

describe('who asks', () => {
  it('is answered when signed in', async () => {
    expect(await service.ask(VIEWER)).toEqual({
      data: { viewer: { subject: 'someone', name: null, roles: ['OPERATOR'] } },
    });
  });

  it.each([
    ['no token', {}, 'SIGNED_IN'],
    ['another scheme', { authorization: 'Basic YTpi' }, 'TOKEN_INVALID'],
    ['a token of nobody', { authorization: 'Bearer a.b.c' }, 'TOKEN_INVALID'],
  ])('is told to sign in, with status 401: %s', async (_case, headers, rule) => {
    const response = await service.post({ query: VIEWER }, headers);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED', rule } }],
    });
  });

  it('is told that the token has expired', async () => {
    const authorization = `Bearer ${await service.token(['OPERATOR'], -1)}`;
    const response = await service.post({ query: VIEWER }, { authorization });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { rule: 'TOKEN_EXPIRED' } }] });
  });
});

describe('a client that leaves', () => {
  it('is told of to whoever answers it', async () => {
    const leaving = new AbortController();
    const asked = fetch(`${service.url}/graphql`, {
      method: 'POST',
      body: JSON.stringify({ query: '{ waits }' }),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await service.token()}` },
      signal: leaving.signal,
    }).catch((error: Error) => error.name);
    await waiting.begun.promise;
    leaving.abort();
    expect(await asked).toBe('AbortError');
    expect(await waiting.left.promise).toMatchObject({ refusal: { rule: 'CANCELLED' } });
  });
});

describe('what goes wrong', () => {
  it('is a refusal, told with code and rule', async () => {
    const { data, errors } = await service.ask('mutation { refused }');
    expect(data).toBeNull();
    expect(errors).toEqual([
      expect.objectContaining({
        message: 'Nobody approves what they submitted.',
        path: ['refused'],
        extensions: { code: 'FOUR_EYES', rule: 'OWN_BATCH', id: expect.any(String) },
      }),
    ]);
  });

  it('is a fault: the client gets an id, the log the stack under that id, and neither the value', async () => {
    const response = await service.post({ query: '{ fault }' });
    const text = await response.text();
    const { errors } = JSON.parse(text);
    expect(errors).toEqual([
      {
        message: `This went wrong on our side; quote ${errors[0].extensions.id} to have it found.`,
        locations: [{ line: 1, column: 3 }],
        path: ['fault'],
        extensions: { code: 'INTERNAL', id: response.headers.get('x-request-id') },
      },
    ]);
    const lines = service.log.filter(({ id }) => id === errors[0].extensions.id);
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'error',
        requestId: errors[0].extensions.id,
        err: expect.objectContaining({
          code: '23505',
          constraint: 'decision_pkey',
          message: 'a database error',
        }),
      }),
    ]);
    expect(JSON.stringify(lines)).toContain('small-api.ts');
    expect(text + JSON.stringify(service.log)).not.toContain(SECRET);
  });

  it('is a fault when a field that must have a value has none', async () => {
    const { errors } = await service.ask('{ nothing }');
    expect(errors?.[0]?.extensions.code).toBe('INTERNAL');
    expect(errors?.[0]?.message).not.toContain('nothing');
  });

  it.each([
    ['a typing error', { query: '{ viewer {' }],
    ['an unknown field', { query: '{ viewr }' }],
    ['a missing query', {}],
    ['an unknown operation', { query: 'query A { viewer { name } }', operationName: 'B' }],
    ['a week that does not exist', { query: '{ week(week: "2025-W53") }' }],
    [
      'the same in a variable',
      { query: 'query($w: IsoWeek!) { week(week: $w) }', variables: { w: '2025-W53' } },
    ],
    ['a batch', [{ query: VIEWER }, { query: VIEWER }]],
    ['a subscription by POST', { query: 'subscription { count }' }],
    ['no JSON', '{'],
    ['an empty body', ''],
    ['a poisoned prototype', '{"query": "{ viewer { name } }", "__proto__": {}}'],
  ])('is the input, status 400: %s', async (_case, body) => {
    const response = await service.post(body);
    const { errors } = JSON.parse(await response.text());
    expect(errors.map(({ extensions }: { extensions: { code: string } }) => extensions.code)).toEqual([
      'BAD_INPUT',
    ]);
    expect(response.status).toBe(400);
  });

  it('is a persisted query: there are none', async () => {
    const response = await service.post({ extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } });
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_INPUT' } }] });
  });

  it('is an argument that only execution can judge', async () => {
    const { errors } = await service.ask('query($d: Int = 7) { week(week: "2026-W47", days: $d) }', {
      d: null,
    });
    expect(errors?.[0]?.extensions.code).toBe('BAD_INPUT');
  });

  it('is told in one form for every path and method', async () => {
    const wrong = await Promise.all([
      fetch(`${service.url}/elsewhere`),
      fetch(`${service.url}/graphql?query={viewer{name}}`),
      service.post('query=x', { 'content-type': 'application/x-www-form-urlencoded' }),
      service.post('{}', { 'content-type': 'text/plain' }),
    ]);
    expect(wrong.map(({ status }) => status)).toEqual([404, 404, 415, 415]);
    const bodies = await Promise.all(wrong.map((response) => response.json()));
    expect(bodies).toEqual(
      ['NOT_FOUND', 'NOT_FOUND', 'BAD_INPUT', 'BAD_INPUT'].map((code) => ({
        errors: [{ message: expect.any(String), extensions: { code, id: expect.any(String) } }],
      })),
    );
  });
});

describe('the door', () => {
  it('names every request and guards what a browser does with the answer', async () => {
    const answers = await Promise.all([service.post({ query: VIEWER }), fetch(`${service.url}/elsewhere`)]);
    const ids = answers.map(({ headers }) => headers.get('x-request-id'));
    expect(new Set(ids).size).toBe(2);
    for (const { headers } of answers) {
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toContain('no-store');
      expect(headers.has('access-control-allow-origin')).toBe(false);
      expect(headers.has('x-powered-by')).toBe(false);
    }
    expect(
      service.log.some(({ requestId, operation }) => requestId === ids[0] && operation === 'viewer'),
    ).toBe(true);
  });

  it('logs no variables', async () => {
    await service.ask('mutation($note: String) { refused(note: $note) }', { note: SECRET });
    expect(JSON.stringify(service.log)).not.toContain(SECRET);
  });

  it('says whether it lives and whether it is ready', async () => {
    const health = async (path: string) => {
      const response = await fetch(`${service.url}/health/${path}`);
      return [response.status, await response.json()];
    };
    expect(await health('live')).toEqual([200, { status: 'live' }]);
    expect(await health('ready')).toEqual([200, { status: 'ready' }]);
    service.reasons.push('the database cannot be reached');
    expect(await health('ready')).toEqual([
      503,
      { status: 'not ready', reasons: ['the database cannot be reached'] },
    ]);
    service.reasons.pop();
  });

  it('measures by names of the schema, whatever a client calls its operation', async () => {
    await service.post({ query: 'query Zebra { viewer { name } }', operationName: 'Zebra' });
    await service.post({ query: '{ a: viewer { name } b: viewer { name } }' });
    await service.post({ query: '{ zebra }' });
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toMatch(/waarom_graphql_duration_seconds_count\{operation="viewer",outcome="ok"\} \d/);
    expect(metrics).toMatch(/waarom_graphql_duration_seconds_count\{operation="several",outcome="ok"\} 1/);
    expect(metrics).toMatch(
      /waarom_graphql_duration_seconds_count\{operation="none",outcome="BAD_INPUT"\} \d/,
    );
    expect(metrics.toLowerCase()).not.toContain('zebra');
  });

  it('tells the schema where it may', async () => {
    expect(await service.ask('{ __schema { queryType { name } } }')).toEqual({
      data: { __schema: { queryType: { name: 'Query' } } },
    });
  });
});

describe('in production', () => {
  it('tells neither the schema nor what a name might have been meant to be', async () => {
    const closed = await startHttpService(true);
    try {
      const asked = await closed.ask('{ __schema { queryType { name } } }');
      expect(asked.errors?.[0]?.extensions.code).toBe('BAD_INPUT');
      const { errors } = await closed.ask('{ viewr { name } }');
      expect(errors?.[0]?.message).toContain('Cannot query field');
      expect(errors?.[0]?.message).not.toContain('Did you mean');
    } finally {
      await closed.stop();
    }
  });
});
