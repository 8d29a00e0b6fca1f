import { request as httpRequest } from 'node:http';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/adapters/http/operation-limits.ts';
import { type HttpService, startHttpService } from '../support/http-service.ts';

let service: HttpService;
beforeAll(async () => {
  service = await startHttpService();
});
afterAll(() => service.stop());

const nested = (depth: number, field = 'leaf'): string =>
  depth === 1 ? 'name' : `${field} { ${nested(depth - 1, field)} }`;

/** Fragments that double at every step: short to write, endless to execute. */
const doubling = (steps: number): string =>
  `{ leaf { ...F0 } } ${Array.from({ length: steps }, (_, n) => `fragment F${n} on Leaf { ...F${n + 1} leaf { ...F${n + 1} } }`).join(' ')} fragment F${steps} on Leaf { name }`;

async function answer(query: string, variables?: Readonly<Record<string, unknown>>) {
  const response = await service.post({ query, variables });
  const { errors } = (await response.json()) as Awaited<ReturnType<HttpService['ask']>>;
  const { code, rule } = errors?.[0]?.extensions ?? {};
  return [response.status, code, rule];
}

const FITS = [200, undefined, undefined];
const exceeds = (rule: string | undefined) => [400, 'LIMIT_EXCEEDED', rule];

describe('one operation may ask for so much and no more', () => {
  it('counts how deep it goes', async () => {
    expect(await answer(`{ ${nested(LIMITS.depth)} }`)).toEqual(FITS);
    expect(await answer(`{ ${nested(LIMITS.depth + 1)} }`)).toEqual(exceeds('QUERY_DEPTH'));
    const hidden = `{ leaf { ...Rest } } fragment Rest on Leaf { ... on Leaf { ${nested(LIMITS.depth)} } }`;
    expect(await answer(hidden)).toEqual(exceeds('QUERY_DEPTH'));
  });

  it.each([
    ['in the document', (size: number) => answer(`{ leaves(first: ${size}) { totalCount } }`)],
    [
      'in a variable',
      (size: number) => answer('query($n: Int) { leaves(first: $n) { totalCount } }', { n: size }),
    ],
    [
      'as a default',
      (size: number) => answer(`query($n: Int! = ${size}) { leaves(first: $n) { totalCount } }`),
    ],
  ])('bounds a page, its size given %s', async (_where, asking) => {
    expect(await asking(0)).toEqual(FITS);
    expect(await asking(LIMITS.pageSize)).toEqual(FITS);
    expect(await asking(LIMITS.pageSize + 1)).toEqual(exceeds('PAGE_SIZE'));
    expect(await asking(-1)).toEqual([400, 'BAD_INPUT', 'PAGE_SIZE']);
  });

  it('counts what a page holds as often as the page is long', async () => {
    // 1 + first × (1 for nodes + 10 for each leaf of the unpaged list and its fields)
    const list = (first: number) => `{ leaves(first: ${first}) { nodes { leaves { leaves { name } } } } }`;
    const each = 1 + (1 + 10 * (1 + 10));
    const most = Math.floor((LIMITS.cost - 1) / each);
    expect(most).toBeLessThan(LIMITS.pageSize);
    expect(await answer(list(most))).toEqual(FITS);
    expect(await answer(list(most + 1))).toEqual(exceeds('QUERY_COST'));
  });

  it('takes the default where no page size is given', async () => {
    const list = '{ leaves { nodes { leaves { leaves { leaves { name } } } } } }';
    expect(await answer(list)).toEqual(exceeds('QUERY_COST'));
    expect(await answer(list.replace('leaves {', 'leaves(first: 2) {'))).toEqual(FITS);
  });

  it('counts aliases one by one', async () => {
    const page = 'leaves(first: 200) { nodes { name leaves { name } } }';
    expect(await answer(`{ a: ${page} }`)).toEqual(FITS);
    const many = Array.from({ length: 10 }, (_, n) => `a${n}: ${page}`).join(' ');
    expect(await answer(`{ ${many} }`)).toEqual(exceeds('QUERY_COST'));
  });

  it('ends doubling fragments while they are short', async () => {
    const [status, code] = await answer(doubling(40));
    expect([status, code]).toEqual([400, 'LIMIT_EXCEEDED']);
  });

  it.each([LIMITS.nesting + 1, 1500])(
    'ends what nests %d deep before it is parsed, brackets in texts apart',
    async (depth) => {
      const [open, close] = ['['.repeat(depth), ']'.repeat(depth)];
      expect((await answer(`{ leaf(x: ${open}${close}) { name } }`)).slice(1)).toEqual([
        'LIMIT_EXCEEDED',
        'QUERY_DEPTH',
      ]);
      expect((await answer(`{ leaf(x: ${open}`)).slice(1)).toEqual(['LIMIT_EXCEEDED', 'QUERY_DEPTH']);
      expect(await answer(`mutation { refused(note: "${open}") }`)).toEqual([200, 'FOUR_EYES', 'OWN_BATCH']);
    },
  );

  it('bounds the words of a document', async () => {
    const { errors } = await service.ask(`{ viewer { ${'name '.repeat(LIMITS.tokens)} } }`);
    expect(errors?.[0]?.message).toContain(`more that ${LIMITS.tokens} tokens`);
  });

  it('lets the introspection query of tools through', async () => {
    expect(await answer(getIntrospectionQuery())).toEqual(FITS);
  });
});

describe('one request may be so long and no longer', () => {
  const MEBIBYTE = 1024 * 1024;
  const body = (bytes: number) =>
    JSON.stringify({ query: '{ viewer { subject } }', variables: { x: 'x'.repeat(bytes) } });

  it.each([
    ['nobody', null, 0.9, 401],
    ['nobody', null, 1.1, 413],
    ['a marketeer', 'MARKETEER', 0.9, 200],
    ['a marketeer', 'MARKETEER', 1.1, 413],
    ['an operator, who may register models', 'OPERATOR', 23, 200],
    ['an operator', 'OPERATOR', 24.1, 413],
  ] as const)('of %s (%s): %d MiB are answered with %d', async (_who, role, size, status) => {
    const headers = role === null ? {} : { authorization: `Bearer ${await service.token([role])}` };
    expect(await statusOf(body(size * MEBIBYTE), { ...headers })).toBe(status);
    expect(await statusOf(body(size * MEBIBYTE), { ...headers, 'transfer-encoding': 'chunked' })).toBe(
      status,
    );
  });

  /** The status of an answer that may come before the body was read. */
  function statusOf(text: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      let answered = false;
      const request = httpRequest(
        `${service.url}/graphql`,
        {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...('transfer-encoding' in headers ? {} : { 'content-length': Buffer.byteLength(text) }),
            ...headers,
          },
        },
        (response) => {
          answered = true;
          response.resume();
          resolve(response.statusCode);
        },
      );
      request.on('error', (error) => (answered ? undefined : reject(error)));
      request.end(text);
    });
  }
});
