import { once } from 'node:events';
import { connect } from 'node:net';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type HttpService, startHttpService } from '../support/http-service.ts';
import { SECRET } from '../support/small-api.ts';

let service: HttpService;
beforeAll(async () => {
  service = await startHttpService();
});
afterAll(() => service.stop());

const address = () => `${service.url.replace('http', 'ws')}/graphql`;

async function client(token?: string) {
  const authorization = `Bearer ${token ?? (await service.token())}`;
  return createClient({
    url: address(),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { authorization },
  });
}

/** Everything that a subscription sends until it ends; what ends it badly is the last item. */
async function received(query: string, token?: string): Promise<unknown[]> {
  const socket = await client(token);
  const items: unknown[] = [];
  try {
    for await (const item of socket.iterate({ query })) items.push(item);
  } catch (error) {
    items.push(error);
  }
  await socket.dispose();
  return items;
}

/** How a socket ends that says `first`. */
function closing(first: unknown, path = address()): Promise<readonly [code: number, reason: string]> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(path, 'graphql-transport-ws');
    socket.on('open', () => socket.send(JSON.stringify(first)));
    socket.on('close', (code, reason) => resolve([code, String(reason)]));
    socket.on('error', reject);
  });
}

describe('a subscription', () => {
  it('sends what happens; a fault in it is told with an id alone', async () => {
    const items = await received('subscription { count }');
    expect(items).toEqual([
      { data: { count: 1 } },
      { data: { count: 2 } },
      {
        data: null,
        errors: [expect.objectContaining({ extensions: { code: 'INTERNAL', id: expect.any(String) } })],
      },
    ]);
    expect(service.log.filter(({ level }) => level === 'error')).not.toEqual([]);
    expect(JSON.stringify([items, service.log])).not.toContain(SECRET);
  });

  it('ends when its source breaks, without the reason', async () => {
    const items = await received('subscription { broken }');
    expect(items).toEqual([
      { data: { broken: 1 } },
      [expect.objectContaining({ extensions: { code: 'INTERNAL', id: expect.any(String) } })],
    ]);
    expect(JSON.stringify([items, service.log])).not.toContain(SECRET);
  });

  it.each([
    ['a query', '{ viewer { name } }', 'BAD_INPUT'],
    ['a mutation', 'mutation { refused }', 'BAD_INPUT'],
    ['an unknown field', 'subscription { counts }', 'BAD_INPUT'],
    ['a typing error', 'subscription {', 'BAD_INPUT'],
    ['two at once', 'subscription { count broken }', 'BAD_INPUT'],
    [
      'too many selections',
      `subscription { ...A } ${'fragment A on Subscription { count ...B ...B } '}${Array.from({ length: 12 }, (_, n) => `fragment ${String.fromCharCode(66 + n)} on Subscription { count ...${String.fromCharCode(67 + n)} ...${String.fromCharCode(67 + n)} }`).join(' ')} fragment N on Subscription { count }`,
      'LIMIT_EXCEEDED',
    ],
  ])('is not %s', async (_case, query, code) => {
    expect(await received(query)).toEqual([
      [expect.objectContaining({ extensions: expect.objectContaining({ code }) })],
    ]);
  });

  it('has no more words than another operation', async () => {
    const [errors] = await received(`subscription { ${'count '.repeat(2001)} }`);
    expect(errors).toEqual([
      expect.objectContaining({ message: expect.stringContaining('more that 2000 tokens') }),
    ]);
  });

  it('comes twenty to a socket at most', async () => {
    const socket = await client();
    const refused = await new Promise((resolve) => {
      for (let n = 0; n < 21; n += 1) {
        socket.subscribe(
          { query: 'subscription { silent }' },
          { next: resolve, error: resolve, complete: () => undefined },
        );
      }
    });
    expect(refused).toEqual([
      expect.objectContaining({ extensions: expect.objectContaining({ code: 'LIMIT_EXCEEDED' }) }),
    ]);
    await socket.dispose();
  });
});

describe('a socket', () => {
  it('signs in with its first message', async () => {
    const init = (payload?: unknown) => ({
      type: 'connection_init',
      ...(payload === undefined ? {} : { payload }),
    });
    expect(await closing(init())).toEqual([4401, 'Sign in first: authorization is missing.']);
    expect(await closing(init({ authorization: 'Bearer a.b.c' }))).toEqual([
      4401,
      'The token is not valid here; sign in again.',
    ]);
    expect(
      await closing({ type: 'subscribe', id: '1', payload: { query: 'subscription { count }' } }),
    ).toEqual([4401, 'Unauthorized']);
  });

  it('ends with its token', async () => {
    const token = await service.token(['OPERATOR'], 1 / 3600);
    const [end] = await received('subscription { silent }', token);
    expect(end).toMatchObject({ code: 4401 });
  });

  it('is found at /graphql alone', async () => {
    await expect(closing({}, address().replace('/graphql', '/elsewhere'))).rejects.toThrow('404');
  });

  it('leaves the service standing when whoever asked elsewhere resets the connection', async () => {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    const ended = new Promise<void>((resolve) => {
      service.app.server.once('upgrade', (_request, stream) => {
        stream.once('close', resolve);
        socket.resetAndDestroy();
      });
    });
    socket.write('GET /elsewhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await ended;
    expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
  });

  it('is counted while it is open', async () => {
    const other = await startHttpService();
    const open = async () =>
      /^waarom_subscription_sockets (\d+)$/m.exec(await (await fetch(`${other.url}/metrics`)).text())?.[1];
    const socket = new WebSocket(`${other.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    expect(await open()).toBe('1');
    socket.close();
    await once(socket, 'close');
    await expect.poll(open).toBe('0');
    await other.stop();
  });

  it('is closed when the server stops, and the server does not wait for its client', async () => {
    const other = await startHttpService();
    const socket = createClient({
      url: `${other.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { authorization: `Bearer ${await other.token()}` },
    });
    const end = new Promise((resolve) => socket.on('closed', resolve));
    const connected = new Promise((resolve) => socket.on('connected', resolve));
    const iteration = socket
      .iterate({ query: 'subscription { silent }' })
      .next()
      .catch(() => undefined);
    await connected;
    await other.stop();
    expect(await end).toMatchObject({ code: 1001 });
    await iteration;
  });
});
