import type { Random } from '../../src/demo/random.ts';
import type { HostileOperations } from './hostile-operations.ts';
import { HOSTILE_TEXTS } from './hostile-values.ts';

/** A request as it goes over the line. */
export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const VARIABLES: readonly unknown[] = [
  null,
  {},
  [],
  'x',
  1,
  { v: 1 },
  { v: { v: [[]] } },
  { ['__proto__']: { v: 1 } },
  { 'a\u0000': 1 },
];

/** One in eight. */
function rarely(random: Random, from: readonly Record<string, string>[]): Record<string, string> {
  return random.chance(0.125) ? random.pick(from) : {};
}

/** Hostile requests without an end, the same for the same draws; `tokens` are those of people with and without rights, and none. */
export class HostileRequests {
  constructor(
    private readonly operations: HostileOperations,
    private readonly tokens: readonly (string | null)[],
  ) {}

  next(random: Random): HostileRequest {
    const kind = random.fraction();
    if (kind < 0.55) return this.#post(random, this.#body(random, this.operations.plain(random)));
    if (kind < 0.75) return this.#post(random, this.#body(random, this.operations.shaped(random)));
    if (kind < 0.9) return this.#post(random, this.#broken(random));
    return this.#elsewhere(random);
  }

  #body(random: Random, query: string): string {
    const text = random.pick(HOSTILE_TEXTS);
    const more = random.pick<Record<string, unknown>>([
      ...Array<Record<string, unknown>>(8).fill({}),
      { variables: random.pick(VARIABLES) },
      { operationName: text },
      { extensions: { persistedQuery: { version: 1, sha256Hash: text } } },
      { documentId: text },
    ]);
    return JSON.stringify({ query, ...more });
  }

  /** What is no request: cut off, of another form, or of bytes that are no text. */
  #broken(random: Random): Buffer {
    const whole = this.#body(random, this.operations.plain(random));
    const text = random.pick([
      () => whole.slice(0, random.integer(0, whole.length)),
      () => whole.replace('"query"', random.pick(['"qury"', '"query":1,"query"', 'query', '"__proto__"'])),
      () => `[${whole}]`,
      () => `[${Array.from({ length: 50 }, () => whole).join()}]`,
      () => `${'['.repeat(20_000)}`,
      () => `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`,
      () =>
        random.pick([
          'null',
          '1',
          '"x"',
          '{}',
          '',
          ' ',
          '\u0000',
          '{"query":null}',
          '{"query":{}}',
          '{"query":["x"]}',
        ]),
      () => `\ufeff${whole}`,
      () => whole.replaceAll('"', "'"),
    ])();
    const bytes = Buffer.from(text, random.chance(0.1) ? 'utf16le' : 'utf8');
    for (let n = random.pick([0, 0, 1, 8]); n > 0 && bytes.length > 0; n -= 1) {
      bytes[random.integer(0, bytes.length)] = random.integer(0, 256);
    }
    return bytes;
  }

  #post(random: Random, body: string | Buffer): HostileRequest {
    const token = random.pick(this.tokens);
    const text = random
      .pick(HOSTILE_TEXTS)
      .replaceAll(/[^\x20-\x7e]/g, '?')
      .slice(0, 2000);
    const headers = {
      ...JSON_TYPE,
      ...rarely(random, [
        { 'content-type': 'application/graphql-response+json' },
        { 'content-type': 'text/plain' },
        { 'content-type': 'multipart/form-data; boundary=x' },
        { 'content-type': 'application/x-www-form-urlencoded' },
        { 'content-type': text },
      ]),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...rarely(random, [
        { 'x-purpose': 'CONTROL' },
        { 'x-purpose': text },
        { 'x-agent': text },
        { authorization: text },
        { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.' },
        { 'x-forwarded-for': text, host: 'else.example' },
        { accept: text },
        { 'x-request-id': text },
      ]),
    };
    return { method: 'POST', path: '/graphql', headers, body: Buffer.from(body) };
  }

  /** Other methods, other paths, and queries in the address. */
  #elsewhere(random: Random): HostileRequest {
    const query = encodeURIComponent(this.operations.plain(random).slice(0, 4000).toWellFormed());
    const text = encodeURIComponent(random.pick(HOSTILE_TEXTS).slice(0, 2000).toWellFormed());
    const path = random.pick([
      `/graphql?query=${query}`,
      `/graphql?extensions=${text}`,
      `/${text}`,
      `/graphql/${text}`,
      '/graphql/../metrics',
      '/health/ready/..',
      '//graphql',
      '/events',
    ]);
    const method = random.pick(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']);
    const token = random.pick(this.tokens);
    // Node itself turns longer addresses away, and answers HEAD with a body then.
    return {
      method,
      path: path.slice(0, 8000),
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      body: null,
    };
  }
}
