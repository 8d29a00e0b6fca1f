/**
 * Keep-alive connections that ask a service, each one question at a time: the next one a pause after the last was asked, or as soon as it was
 * answered where that took longer. Prints what was measured as JSON. `node portal-clients.js PLAN.json`
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { PortalQuery, PortalRequest } from './portal-queries.ts';

export interface PortalPlan {
  readonly url: string;
  readonly seconds: number;
  /** Between two questions of a connection, milliseconds, about; 0 asks as fast as it is answered. */
  readonly pause: number;
  readonly queries: readonly PortalQuery[];
}

/** What the clients of one kind of query met. */
export interface Asked {
  readonly name: string;
  /** [when it was asked, milliseconds of the epoch; how long it took, milliseconds], of each that was answered as it should be. */
  readonly answered: readonly (readonly [number, number])[];
  /** How many went wrong, by what: a status, a code with its rule, a fault of the connection. */
  readonly wrong: Readonly<Record<string, number>>;
}

const plan: PortalPlan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const end = performance.now() + plan.seconds * 1000;
const asked = await Promise.all(plan.queries.map(askKind));
process.stdout.write(JSON.stringify(asked));

async function askKind({ name, connections, requests }: PortalQuery): Promise<Asked> {
  const answered: [number, number][] = [];
  const wrong: Record<string, number> = {};
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      await wait(Math.random() * plan.pause);
      while (performance.now() < end) {
        const began = performance.now();
        const at = Date.now();
        const one = requests[Math.floor(Math.random() * requests.length)];
        const fault = one === undefined ? 'nothing to ask' : await ask(agent, one);
        const took = performance.now() - began;
        if (fault === null) answered.push([at, took]);
        else wrong[fault] = (wrong[fault] ?? 0) + 1;
        await wait(plan.pause * (0.5 + Math.random()) - took);
      }
      agent.destroy();
    }),
  );
  return { name, answered, wrong };
}

/** Null where it was answered without an error; else what went wrong. */
function ask(agent: Agent, { headers, body }: PortalRequest): Promise<string | null> {
  return new Promise((resolve) => {
    const sent = request(plan.url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', ({ message }) => resolve(message));
      response.on('end', () => resolve(faultIn(response.statusCode ?? 0, Buffer.concat(chunks).toString())));
    });
    sent.on('error', ({ message }) => resolve(message));
    sent.end(body);
  });
}

function faultIn(status: number, body: string): string | null {
  if (status === 200 && !body.includes('"errors"')) return null;
  const said = /"code":"(\w+)"(?:.*?"rule":"(\w+)")?/.exec(body);
  return said === null ? `status ${status}` : `${status} ${said[1]} ${said[2] ?? ''}`.trim();
}

async function wait(milliseconds: number): Promise<void> {
  if (milliseconds > 0) await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
