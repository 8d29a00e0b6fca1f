/**
 * Asks one server over and over, each time one of the given bodies at random, and prints what autocannon measured as JSON.
 * `node load.mjs URL CONNECTIONS SECONDS BODIES.json [TOKEN]`
 */
import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

const [url, connections, seconds, file, token] = process.argv.slice(2);
const bodies = JSON.parse(readFileSync(file, 'utf8'));
let wrong;
const result = await autocannon({
  url,
  connections: Number(connections),
  duration: Number(seconds),
  requests: [
    {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      setupRequest: (request) => ({ ...request, body: bodies[Math.floor(Math.random() * bodies.length)] }),
      onResponse: (status, body) => {
        if (status !== 200 || body.includes('"errors"')) wrong ??= `${status} ${body.slice(0, 300)}`;
      },
    },
  ],
});
if (wrong !== undefined || result.errors + result.timeouts > 0)
  throw new Error(wrong ?? 'requests were not answered');
const { p50, p99 } = result.latency;
console.log(JSON.stringify({ perSecond: result.requests.average, p50, p99 }));
