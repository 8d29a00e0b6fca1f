import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunRow } from '../../src/store/run.row.ts';
import { ApiService } from '../support/api-service.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';

const WEEK = '2026-W45';

let service: ApiService;
beforeAll(async () => {
  service = await ApiService.start();
  // Whatever is chosen is too many: each attempt decides, halts, and can be made again.
  await installSmall(service.harness, { volumeMax: 1 });
  await deliver(service.harness, { week: WEEK, customers: customers(40) });
});
afterAll(() => service?.stop());

const explained = async (customer: string): Promise<unknown> => {
  const query = `query ($customer: ID!) { explanation(campaign: "${SMALL}", week: "${WEEK}", customer: $customer) { decision { customer score run { id attempt } } } }`;
  return (await service.get('olga', query, { customer })).explanation;
};

it('is of the newest attempt, whichever was asked about before', async () => {
  const first: RunRow = await service.harness.run(SMALL, WEEK);
  expect([first.status, first.decisionRoot]).toEqual(['HALTED', expect.any(String)]);
  const [customer = ''] = customers(40).map(({ party_id }) => String(party_id));
  const of = ({ id, attempt }: RunRow) => ({
    decision: { customer, score: expect.any(Number), run: { id, attempt } },
  });
  // Twice: the second time the run is expected to be the one of the first.
  for (const _ of [1, 2]) expect(await explained(customer)).toEqual(of(first));
  const second = await service.harness.run(SMALL, WEEK);
  expect(second.attempt).toBe(2);
  for (const _ of [1, 2]) expect(await explained(customer)).toEqual(of(second));
});
