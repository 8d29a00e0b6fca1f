import { afterAll, beforeAll, expect, it } from 'vitest';
import { openCheckpoint } from '../../src/audit/checkpoint.ts';
import { checkConsistency, checkInclusion } from '../../src/audit/proof.ts';
import { applyCampaign } from '../../src/use-cases/apply-campaign.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { type Answer, ApiService } from '../support/api-service.ts';
import { LOG } from '../support/audit-log.ts';
import { OLGA } from '../support/service-harness.ts';
import { smallDefinition } from '../support/small-campaign.ts';

let service: ApiService;
beforeAll(async () => {
  service = await ApiService.start();
  service.harness.now = new Date('2026-11-01T09:00:00Z');
  await execute(service.harness.services, OLGA, applyCampaign, smallDefinition());
  for (const [day, customer] of [
    [2, 'c1'],
    [3, 'c2'],
    [4, 'c3'],
    [5, 'c4'],
  ] as const) {
    service.harness.now = new Date(Date.UTC(2026, 10, day, 9));
    await optOut(customer);
    await optOut(customer, 'olga');
  }
});
afterAll(() => service?.stop());

const hash = (digest: string) => Buffer.from(digest.slice('sha256:'.length), 'hex');
const optOut = (customer: string, person: 'cees' | 'olga' = 'cees') =>
  service.get(
    person,
    `mutation { recordOptOut(input: { customer: "${customer}", note: "called" }) { customer } }`,
  );
const page = (filter = '', first = 5) =>
  `query ($after: String) { auditEntries(first: ${first}, after: $after${filter}) { totalCount pageInfo { hasNextPage endCursor }
     nodes { index at actor role action campaign subject digest summary leaf } } }`;

it('is read from the newest on, everything by compliance and their own by operators', async () => {
  const all = await service.entries();
  const { auditEntries } = await service.get('carla', page('', 200));
  expect(auditEntries.totalCount).toBe(all.length);
  const nodes: Answer['data'][] = [];
  for (let after: string | null = null; ; ) {
    const { auditEntries: part }: Answer['data'] = await service.get('carla', page(), { after });
    nodes.push(...part.nodes);
    if (!part.pageInfo.hasNextPage) break;
    after = part.pageInfo.endCursor;
  }
  expect(nodes).toEqual(auditEntries.nodes);
  expect(nodes.map(({ index }) => index)).toEqual(all.map((_, i) => all.length - 1 - i));
  const own = (await service.get('olga', page('', 200))).auditEntries;
  expect(own.totalCount).toBe(all.filter(({ actor }) => actor === 'olga').length);
  expect(new Set(own.nodes.map(({ actor }: { actor: string }) => actor))).toEqual(new Set(['olga']));
});

it('refuses an operator what others did', async () => {
  expect(await service.refusal('olga', page(', filter: { actor: "carla" }'))).toBe('FORBIDDEN audit.read');
  const mine = (await service.get('olga', page(', filter: { actor: "olga" }'))).auditEntries;
  expect(mine.totalCount).toBeGreaterThan(0);
});

it('is searched by what an entry says', async () => {
  const found = (
    await service.get(
      'carla',
      page(
        ', filter: { action: ["customer.optOut"], actor: "cees", from: "2026-11-04T00:00:00Z", to: "2026-11-05T00:00:00Z" }',
      ),
    )
  ).auditEntries;
  expect(found.totalCount).toBe(1);
  expect(found.nodes[0]).toMatchObject({ action: 'customer.optOut', role: 'CONTACT_CENTRE' });
});

it('proves that an entry is in it, and that it only grew', async () => {
  await service.sequence();
  const first = (await service.get('carla', '{ auditCheckpoint { origin size root signedNote at } }'))
    .auditCheckpoint;
  expect(openCheckpoint(first.signedNote, LOG.signer.verifier)).toMatchObject({ size: first.size });
  const proof = (
    await service.get(
      'carla',
      `{ auditInclusion(index: 2, treeSize: ${first.size}) { index treeSize leaf path } }`,
    )
  ).auditInclusion;
  expect(checkInclusion(2, first.size, hash(proof.leaf), proof.path.map(hash), hash(first.root))).toBe(true);
  await optOut('c9');
  await service.sequence();
  const next = (await service.get('carla', '{ auditCheckpoint { size root } }')).auditCheckpoint;
  const { path } = (
    await service.get('carla', `{ auditConsistency(from: ${first.size}, to: ${next.size}) { from to path } }`)
  ).auditConsistency;
  expect(checkConsistency(first.size, next.size, hash(first.root), hash(next.root), path.map(hash))).toBe(
    true,
  );
});

it.each([
  ['auditInclusion(index: 0, treeSize: 1000000) { path }', 'NOT_FOUND TREE_SIZE'],
  ['auditInclusion(index: -1, treeSize: 1) { path }', 'NOT_FOUND ENTRY'],
  ['auditInclusion(index: 1, treeSize: 1) { path }', 'NOT_FOUND ENTRY'],
  ['auditInclusion(index: 0, treeSize: -1) { path }', 'NOT_FOUND ENTRY'],
  ['auditConsistency(from: 0, to: 1) { path }', 'BAD_INPUT TREE_SIZE'],
  ['auditConsistency(from: 2, to: 1) { path }', 'BAD_INPUT TREE_SIZE'],
  ['auditConsistency(from: 1, to: 1000000) { path }', 'NOT_FOUND TREE_SIZE'],
])('%s', async (query, refusal) => {
  expect(await service.refusal('carla', `{ ${query} }`)).toBe(refusal);
});
