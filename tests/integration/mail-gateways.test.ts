import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpMailTool } from '../../src/adapters/mail/http-mail-tool.ts';
import { SmtpMailTool } from '../../src/adapters/mail/smtp-mail-tool.ts';
import { headersOf, startMailServer } from '../support/mail-server.ts';

const FILE = {
  campaign: 'investing-retail',
  name: 'investing-retail-2026-W47-7.csv',
  content: Buffer.from('party_id,arm,flow\nc1,MODEL,investing-retail\n'),
  manifest: Buffer.from('{"format":"hand-off/1"}\n'),
};
const opened: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

describe('HttpMailTool', () => {
  /** A mail tool that keeps what is put to it by path, and takes a file when its manifest is there. */
  class StandIn {
    readonly kept = new Map<string, Buffer>();
    readonly asked: { method: string; path: string; headers: IncomingMessage['headers'] }[] = [];
    /** How the next requests are answered; 204 when there is nothing here. */
    readonly answers: ((response: ServerResponse) => void)[] = [];
    url = '';

    async start(): Promise<this> {
      const server = createServer(async (request, response) => {
        const parts: Buffer[] = [];
        for await (const part of request) parts.push(part as Buffer);
        const path = request.url ?? '';
        this.asked.push({ method: request.method ?? '', path, headers: request.headers });
        const answer = this.answers.shift();
        if (answer !== undefined) return answer(response);
        this.kept.set(path, Buffer.concat(parts));
        response.writeHead(204).end();
      }).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      opened.push({
        close: () => {
          server.closeAllConnections();
          return new Promise((resolve) => server.close(resolve));
        },
      });
      this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/batches/`;
      return this;
    }

    taken(): readonly string[] {
      return [...this.kept.keys()].filter((path) => this.kept.has(path.replace(/\.csv$/, '.json')));
    }
  }

  const path = '/batches/investing-retail/investing-retail-2026-W47-7';

  it('puts the file and then its manifest, with the token and the digest of each', async () => {
    const tool = await new StandIn().start();
    await new HttpMailTool({ url: tool.url, token: 'a-token' }).deliver(FILE);
    expect(tool.asked.map(({ method, path: asked }) => `${method} ${asked}`)).toEqual([
      `PUT ${path}.csv`,
      `PUT ${path}.json`,
    ]);
    expect(tool.asked.map(({ headers }) => headers.authorization)).toEqual(Array(2).fill('Bearer a-token'));
    expect(tool.asked.map(({ headers }) => headers['content-digest'])).toEqual(
      [FILE.content, FILE.manifest].map(
        (bytes) => `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`,
      ),
    );
    expect(tool.kept.get(`${path}.csv`)).toEqual(FILE.content);
    expect(tool.kept.get(`${path}.json`)).toEqual(FILE.manifest);
  });

  it('leaves one file when it delivers twice', async () => {
    const tool = await new StandIn().start();
    const gateway = new HttpMailTool({ url: tool.url, token: null });
    await gateway.deliver(FILE);
    await gateway.deliver(FILE);
    expect([...tool.kept.keys()]).toEqual([`${path}.csv`, `${path}.json`]);
    expect(tool.asked.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['answers a fault', (response) => void response.writeHead(503).end('c1 is unknown')],
    ['cuts the connection', (response) => void response.destroy()],
    ['sends it elsewhere', (response) => void response.writeHead(307, { location: '/other' }).end()],
  ])('sends no manifest when the mail tool %s, and can be asked again', async (_, answer) => {
    const tool = await new StandIn().start();
    const gateway = new HttpMailTool({ url: tool.url, token: 'a-token' });
    tool.answers.push(answer);
    const failure = await gateway.deliver(FILE).then(
      () => null,
      (error: Error) => error,
    );
    expect(failure).toBeInstanceOf(Error);
    expect(String(failure)).not.toMatch(/a-token|c1/);
    expect(tool.asked).toHaveLength(1);
    expect(tool.taken()).toEqual([]);
    await gateway.deliver(FILE);
    expect(tool.taken()).toEqual([`${path}.csv`, `${path}.json`]);
  });

  it('cannot be led to another path by a name', async () => {
    const tool = await new StandIn().start();
    const gateway = new HttpMailTool({ url: tool.url, token: null });
    await gateway.deliver({ ...FILE, campaign: 'a/../b?c', name: '#x y.csv' });
    expect(tool.asked[0]?.path).toBe('/batches/a%2F..%2Fb%3Fc/%23x%20y.csv');
  });
});

describe('SmtpMailTool', () => {
  const settings = { from: 'waarom@bank.example', to: 'batches@tool.example' };

  it('mails the file and its manifest as attachments', async () => {
    const server = await startMailServer();
    opened.push(server);
    await new SmtpMailTool({ url: server.url, ...settings }).deliver(FILE);
    const [mail] = server.taken;
    expect(mail).toMatchObject({ from: settings.from, to: [settings.to] });
    expect(headersOf(mail!)).toContain(`Message-ID: <${FILE.name}@bank.example>`);
    const attached = [
      ...(mail?.source ?? '').matchAll(/filename=(\S+)\r\n(?:.+\r\n)*\r\n([A-Za-z0-9+/=\r\n]+)/g),
    ];
    expect(attached.map(([, name, body = '']) => [name, Buffer.from(body, 'base64').toString()])).toEqual([
      [FILE.name, FILE.content.toString()],
      [FILE.name.replace('.csv', '.json'), FILE.manifest.toString()],
    ]);
  });

  it('is known as the same when it delivers twice', async () => {
    const server = await startMailServer();
    opened.push(server);
    const gateway = new SmtpMailTool({ url: server.url, ...settings });
    await gateway.deliver(FILE);
    await gateway.deliver(FILE);
    const ids = server.taken.map((mail) => headersOf(mail).find((line) => /^message-id:/i.test(line)));
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('leaves nothing when the way is cut in the midst of it', async () => {
    const server = await startMailServer();
    opened.push(server);
    const { port } = new URL(server.url);
    // Between us and the server: passes on so many bytes and then cuts.
    const cutting = createTcpServer((near) => {
      const far = connect(Number(port), '127.0.0.1');
      far.pipe(near);
      let left = 600;
      near.on('data', (part) => {
        far.write(part.subarray(0, left));
        left -= part.length;
        if (left <= 0) {
          far.destroy();
          near.destroy();
        }
      });
      for (const side of [near, far]) side.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => cutting.once('listening', resolve));
    opened.push({ close: () => new Promise((resolve) => cutting.close(resolve)) });
    const url = `smtp://127.0.0.1:${(cutting.address() as AddressInfo).port}`;
    await expect(new SmtpMailTool({ url, ...settings }).deliver(FILE)).rejects.toThrow();
    expect(server.taken).toEqual([]);
  });

  it('throws when the server does not take it', async () => {
    const server = await startMailServer({ refuse: true });
    opened.push(server);
    await expect(new SmtpMailTool({ url: server.url, ...settings }).deliver(FILE)).rejects.toThrow('451');
  });
});
