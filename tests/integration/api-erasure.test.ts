import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiService } from '../support/api-service.ts';
import { likelyScorer } from '../support/likely-scorer.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';

const WEEK = '2026-W43';
let service: ApiService;

beforeAll(async () => {
  service = await ApiService.start({ scorer: likelyScorer });
  await installSmall(service.harness, {});
  await deliver(service.harness, { week: WEEK, customers: customers(20) });
  await service.harness.release(await service.harness.run(SMALL, WEEK));
});
afterAll(() => service.stop());

const REQUEST =
  'mutation ($input: RequestErasureInput!) { requestErasure(input: $input) { request customer } }';
const ERASE = `mutation ($input: EraseCustomerInput!) {
  eraseCustomer(input: $input) { customer erasure erasedRows files auditIndex } }`;
const decision = (customer: string) =>
  `{ decision(campaign: "${SMALL}", week: "${WEEK}", customer: "${customer}") { customer } }`;
const about = (subject: string) =>
  `{ auditEntries(filter: { subject: "${subject}" }) { nodes { action subject } } }`;

it('the log is searched for a customer by id or by the name that it has for them, and tells the name alone', async () => {
  await service.get('olga', decision('c4'));
  await service.get('carla', decision('c4'));
  await service.sequence();
  const byId = (await service.get('carla', about('c4'))).auditEntries.nodes;
  expect(byId).toHaveLength(2);
  const [{ subject }] = byId;
  expect(subject).toMatch(/^customer:[\w-]{22}$/);
  expect((await service.get('carla', about(subject))).auditEntries.nodes).toEqual(byId);
  expect((await service.get('carla', about('c5'))).auditEntries.nodes).toEqual([]);
});

it('a customer is erased by two people, and counted no more', async () => {
  const list = `{ decisions(campaign: "${SMALL}", week: "${WEEK}") { totalCount } batches(campaign: "${SMALL}") { nodes { size recipients { totalCount } } } }`;
  await service.get('olga', decision('c4'));
  const input = { customer: 'c4', reason: 'asked by letter' };
  const { requestErasure } = await service.get('cees', REQUEST, { input });
  expect(requestErasure.customer).toBe('c4');
  expect(await service.refusal('olga', ERASE, { input: { ...input, requestedBy: 'cees' } })).toBe(
    'FORBIDDEN customer.erase',
  );
  expect(await service.refusal('carla', ERASE, { input: { ...input, requestedBy: 'carla' } })).toBe(
    'FOUR_EYES ANOTHER_PERSON',
  );
  const { eraseCustomer } = await service.get('carla', ERASE, { input: { ...input, requestedBy: 'cees' } });
  expect(eraseCustomer).toMatchObject({ customer: 'c4', auditIndex: null });
  expect(eraseCustomer.files).toHaveLength(2);
  await service.sequence();
  const { nodes } = (await service.get('carla', about(eraseCustomer.erasure))).auditEntries;
  expect(nodes).toEqual([{ action: 'customer.erase', subject: eraseCustomer.erasure }]);
  // The entries of before are there, and nothing leads to them any more.
  expect((await service.get('carla', about('c4'))).auditEntries.nodes).toEqual([]);
  expect(await service.refusal('olga', decision('c4'))).toBe('ERASED CUSTOMER_ERASED');
  expect(await service.refusal('olga', '{ customerHistory(customer: "c4") { totalCount } }')).toBe(
    'ERASED CUSTOMER_ERASED',
  );
  const { decisions, batches } = await service.get('olga', list);
  expect(decisions.totalCount).toBe(19);
  expect(batches.nodes).toEqual([{ size: 20, recipients: { totalCount: 19 } }]);
});
