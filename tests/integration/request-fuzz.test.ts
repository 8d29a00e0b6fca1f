import { Agent, request as httpRequest } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Random } from '../../src/demo/random.ts';
import { buildApiSchema } from '../../src/resolvers/api-schema.ts';
import { ApiService, type Person } from '../support/api-service.ts';
import { HostileOperations } from '../support/hostile-operations.ts';
import { type HostileRequest, HostileRequests } from '../support/hostile-requests.ts';
import { HOSTILE_TEXTS } from '../support/hostile-values.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';

/** How many: of a fixed seed in the tests, a million of another seed by `npm run fuzz:requests`. */
const COUNT = Number(process.env.FUZZ_REQUESTS ?? 1000);
const SEED = Number(process.env.FUZZ_SEED ?? (COUNT === 1000 ? 2026 : Date.now() % 2 ** 31));
const AT_ONCE = 16;
const MOST_FAULTS = 20;
/** By how much the process may grow in the second half. */
const GROWTH_MIB = 64;
const WEEK = '2026-W44';
/** Begins the id of each customer on record, so that one who was not asked for is recognised. */
const MARK = 'wie-is-dit-';
/** What only a look inside could tell: stacks, folders, statements of SQL, names of tables, addresses of the database. */
const LEAKS = [
  /\\n\s+at |node_modules|\/(tmp|src|dist|home|root|var)\/|\bE(CONN[A-Z]+|ACCES|NOENT)\b|(Type|Range)Error|is not a function|Cannot read prop/,
  /\bselect\b.+?\bfrom\b|insert into|relation \\"|column \\"|syntax error at or near|audit_staged|pg_|postgres/i,
];
/** What was said in an earlier request may be on record, as the reason of an act for example, and told to whoever may read it. */
const SAID = HOSTILE_TEXTS.filter((text) => LEAKS.some((kind) => kind.test(text))).map((text) =>
  JSON.stringify(text).slice(1, -1),
);

let service: ApiService;
let requests: HostileRequests;
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
beforeAll(async () => {
  service = await ApiService.start();
  service.harness.now = new Date('2026-11-01T09:00:00Z');
  await installSmall(service.harness);
  await deliver(service.harness, {
    week: WEEK,
    customers: customers(30, (n) => ({ party_id: `${MARK}${n}`, likely: n / 31 })),
  });
  const run = await service.harness.run(SMALL, WEEK);
  const { id: batch } = await service.harness.batchOf(run);
  await service.sequence();
  const people: readonly Person[] = ['olga', 'mark', 'carla', 'cees', 'both'];
  const tokens = await Promise.all(people.map((person) => service.token(person)));
  const known = {
    ...{ campaign: `"${SMALL}"`, key: `"${SMALL}"`, week: `"${WEEK}"`, customer: `"${MARK}3"` },
    ...{
      first: '2',
      from: `"${WEEK}"`,
      to: `"${WEEK}"`,
      'batch.id': `"${batch}"`,
      'modelVersion.id': `"${run.modelId}"`,
    },
  };
  requests = new HostileRequests(new HostileOperations(buildApiSchema(), known), [...tokens, null]);
});
afterAll(async () => {
  agent.destroy();
  await service?.stop();
});

interface Received {
  readonly status: number;
  readonly text: string;
}

/** A socket that the server closed behind an earlier answer tells nothing of this request: it is sent again. */
function send(asked: HostileRequest, tries = 3): Promise<Received> {
  const { method, path, headers, body } = asked;
  return new Promise((resolve) => {
    const sent = httpRequest(`${service.url}${path}`, { method, headers, agent, path }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }),
      );
      response.on('error', ({ message }) => resolve({ status: 0, text: message }));
    });
    sent.on('error', ({ message }) =>
      resolve(tries > 1 ? send(asked, tries - 1) : { status: 0, text: message }),
    );
    sent.end(body ?? undefined);
  });
}

/** What is wrong with an answer, null where nothing is. */
function faultOf({ status, text }: Received, { headers, body, path }: HostileRequest): string | null {
  if (status >= 500 || status === 0) return `status ${status}`;
  if (/"code":"(INTERNAL|UNAVAILABLE)"/.test(text)) return 'a fault';
  const asked = `${body ?? ''}${path}`;
  const untold = SAID.reduce((rest, said) => rest.replaceAll(said, ''), text);
  // What the client wrote may be told back to it: validation names the fields and types that it asked for.
  for (const kind of path === '/metrics' ? [] : LEAKS) {
    const [leak] = kind.exec(untold) ?? [];
    if (leak !== undefined && !asked.toLowerCase().includes(leak.toLowerCase())) return `a leak: ${leak}`;
  }
  const mark = text.includes(MARK) && !asked.includes(MARK);
  const mayRead = ['olga', 'carla', 'both'].some((subject) => subjectIn(headers.authorization) === subject);
  return mark && !mayRead ? 'a customer' : null;
}

function subjectIn(authorization = ''): string | undefined {
  const [, claims = ''] = authorization.split('.');
  return /"sub":"(\w+)"/.exec(Buffer.from(claims, 'base64url').toString())?.[1];
}

function heapMib(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

it(`answers ${COUNT} hostile requests without a fault, a leak or growing`, {
  timeout: 12 * 3_600_000,
}, async () => {
  const random = new Random(SEED);
  const faults: string[] = [];
  const statuses = new Map<number, number>();
  let begun = 0;
  const begin = performance.now();
  const worker = async (until: number) => {
    while (begun < until && faults.length < MOST_FAULTS) {
      begun += 1;
      const request = requests.next(random);
      const received = await send(request);
      statuses.set(received.status, (statuses.get(received.status) ?? 0) + 1);
      const fault = faultOf(received, request);
      if (fault !== null) {
        const asked = request.body?.toString().slice(0, 2000) ?? '';
        faults.push(`${fault}: ${request.method} ${request.path} ${asked} → ${received.text.slice(0, 1000)}`);
      }
      service.forgetLog();
    }
  };
  const workers = (until: number) => Promise.all(Array.from({ length: AT_ONCE }, () => worker(until)));
  // Documents that were parsed are kept, so many of them at most: the process grows to that, and then no more.
  const heaps: number[] = [];
  for (let tenth = 1; tenth <= 10; tenth += 1) {
    await workers((COUNT / 10) * tenth);
    heaps.push(Math.round(heapMib()));
    if (COUNT > 1000) process.stdout.write(`${begun} requests, heap ${heaps.at(-1)} MiB\n`);
  }
  const grown = (heaps.at(-1) ?? 0) - (heaps[4] ?? 0);
  const rate = Math.round(begun / ((performance.now() - begin) / 1000));
  const told = [...statuses].map(([status, times]) => `${status} × ${times}`).join(', ');
  if (COUNT > 1000)
    process.stdout.write(
      `seed ${SEED}: ${begun} requests, ${rate} a second, ${told}; heap by tenths ${heaps.join(', ')} MiB\n`,
    );
  expect(faults).toEqual([]);
  expect(begun).toBe(COUNT);
  expect(statuses.get(200) ?? 0, 'some get as far as an answer').toBeGreaterThan(COUNT / 10);
  expect(grown).toBeLessThan(GROWTH_MIB);
});
