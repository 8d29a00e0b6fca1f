import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiService } from '../support/api-service.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';

const LAST = '2026-W43';
/** The name under which the log speaks of a customer. */
const A_NAME = expect.stringMatching(/^customer:[\w-]{22}$/);
let service: ApiService;
beforeAll(async () => {
  service = await ApiService.start();
  service.harness.now = new Date('2026-10-01T09:00:00Z');
  await installSmall(service.harness, { capacity: 40 });
  service.harness.now = new Date('2026-11-16T09:00:00Z');
  for (const week of ['2026-W42', LAST]) {
    await deliver(service.harness, { week, customers: customers(100, (n) => ({ likely: n / 100 })) });
    await service.harness.run(SMALL, week);
  }
});
afterAll(() => service?.stop());

const batchOf = async () =>
  (await service.get('olga', `{ run(campaign: "${SMALL}", week: "${LAST}") { batch { id } } }`)).run.batch.id;
const since = async (work: () => Promise<unknown>) => {
  const before = (await service.entries()).length;
  await work();
  return (await service.entries()).slice(before);
};

it.each([
  [
    'of one decision',
    async () => `decision(campaign: "${SMALL}", week: "${LAST}", customer: "c5") { rank }`,
    { action: 'decision.read', campaign: SMALL, subject: A_NAME, details: { week: LAST, found: true } },
  ],
  [
    'of nothing',
    async () => `decision(campaign: "${SMALL}", week: "${LAST}", customer: "c9999") { rank }`,
    { action: 'decision.read', campaign: SMALL, subject: null, details: { week: LAST, found: false } },
  ],
  [
    'of a page of decisions',
    async () => `decisions(campaign: "${SMALL}", week: "${LAST}", first: 7, arm: [MODEL]) { nodes { rank } }`,
    {
      action: 'decision.list',
      campaign: SMALL,
      subject: null,
      details: { week: LAST, arms: ['MODEL'], customers: 7 },
    },
  ],
  [
    'of a history',
    async () => 'customerHistory(customer: "c5", first: 2) { nodes { rank } }',
    { action: 'customer.history', campaign: null, subject: A_NAME, details: { decisions: 2 } },
  ],
  [
    'of recipients',
    async () => `batch(id: "${await batchOf()}") { recipients(first: 3) { nodes { customer } } }`,
    { action: 'batch.recipients', campaign: SMALL, details: { week: LAST, customers: 3 } },
  ],
  [
    'of a sample',
    async () => `batch(id: "${await batchOf()}") { sample { verdict } }`,
    { action: 'batch.sample', campaign: SMALL, details: { week: LAST, customers: 4 } },
  ],
])('a read of customers %s is recorded, and refused to a marketeer', async (_name, query, entry) => {
  const asked = `{ ${await query()} }`;
  const [read, ...more] = await since(() => service.get('carla', asked));
  expect(more).toEqual([]);
  expect(read).toMatchObject({ ...entry, actor: 'carla', role: 'COMPLIANCE_REVIEWER', refusal: null });
  const { details, ...about } = entry;
  const [refused, ...others] = await since(async () =>
    expect(await service.refusal('mark', asked)).toBe('FORBIDDEN customer.read'),
  );
  expect(others).toEqual([]);
  expect(refused).toMatchObject({
    ...about,
    details: { ...('week' in details ? { week: details.week } : {}) },
    actor: 'mark',
    role: null,
    refusal: { code: 'FORBIDDEN', rule: 'customer.read' },
  });
});

it('a read by something that is no pseudonym is refused, and what it was is not written down', async () => {
  const [entry] = await since(() =>
    service.ask('olga', '{ customerHistory(customer: "Jan Jansen") { totalCount } }'),
  );
  expect(entry).toMatchObject({ subject: null, refusal: { code: 'BAD_INPUT', rule: 'CUSTOMER' } });
  expect(JSON.stringify([await service.entries(), service.log])).not.toContain('Jansen');
});

it('the size of a batch is for everyone', async () => {
  const { batch } = await service.get(
    'mark',
    `{ batch(id: "${await batchOf()}") { size status digest run { week } } }`,
  );
  expect(batch).toMatchObject({ status: 'IN_REVIEW', run: { week: LAST } });
});
