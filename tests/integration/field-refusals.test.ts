import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../src/domain/permissions.ts';
import { type Answer, ApiService, type Person } from '../support/api-service.ts';
import { everythingOnRecord, type OnRecord } from '../support/on-record.ts';
import { SMALL } from '../support/small-campaign.ts';

let service: ApiService;
let record: OnRecord;
beforeAll(async () => {
  service = await ApiService.start();
  record = await everythingOnRecord(service);
});
afterAll(() => service?.stop());

const codes = ({ errors = [] }: Answer) => errors.map(({ extensions: { code, rule } }) => `${code} ${rule}`);
const CUSTOMER = /"c\d+"/;

describe('what a marketeer may not see of customers', () => {
  it.each([
    [
      'under other names',
      (batch: string) => `{ a: batch(id: "${batch}") { r: recipients { n: nodes { c: customer } } } }`,
    ],
    [
      'in a fragment',
      (batch: string) =>
        `{ batch(id: "${batch}") { ...F } } fragment F on Batch { sample { recipient { customer } } }`,
    ],
    [
      'in a fragment in line',
      (batch: string) =>
        `{ batch(id: "${batch}") { ... on Batch { ... { recipients { edges { node { customer } } } } } } }`,
    ],
    [
      'by a directive',
      (batch: string) =>
        `query ($yes: Boolean = true) { batch(id: "${batch}") { recipients @include(if: $yes) { nodes { customer @skip(if: false) } } } }`,
    ],
    ['by their number', (batch: string) => `{ batch(id: "${batch}") { recipients { totalCount } } }`],
    ['by pages', (batch: string) => `{ batch(id: "${batch}") { recipients { pageInfo { endCursor } } } }`],
    [
      'by a long way',
      () =>
        `{ campaign(key: "${SMALL}") { liveModel { campaign { currentRun { campaign { key } } } } } runs(campaign: "${SMALL}") { nodes { batch { run { batch { sample { recipient { decision { customer } } } } } } } } }`,
    ],
    [
      'beside what they may',
      (batch: string) => `{ viewer { subject } batch(id: "${batch}") { size sample { verdict } } }`,
    ],
  ])('stays unseen %s', async (_how, query) => {
    const answer = await service.ask('mark', query(record.batch));
    expect(new Set(codes(answer))).toEqual(new Set(['FORBIDDEN customer.read']));
    expect(JSON.stringify(answer)).not.toMatch(CUSTOMER);
  });

  it('is recorded where it was asked for, once a request where it is asked for often', async () => {
    const before = (await service.entries()).length;
    const often = Array.from(
      { length: 5 },
      (_, n) =>
        `a${n}: explanation(campaign: "${SMALL}", week: "${record.week}", customer: "${record.customer}", audience: CUSTOMER) { config { number } }`,
    );
    const answer = await service.ask('cees', `{ ${often.join(' ')} }`);
    expect(codes(answer)).toEqual(Array(5).fill('FORBIDDEN config.read'));
    const refused = (await service.entries()).slice(before).filter(({ refusal }) => refusal !== null);
    expect(refused).toEqual([expect.objectContaining({ actor: 'cees', action: 'config.read' })]);
  });

  it('leaves alone what they may see beside it', async () => {
    const query = `{ viewer { subject } run(campaign: "${SMALL}", week: "${record.week}") { status batch { size recipients { totalCount } } } }`;
    const { data } = await service.ask('mark', query);
    expect(data).toEqual({ viewer: { subject: 'mark' }, run: { status: 'RELEASED', batch: null } });
  });

  it('stays unseen in what a mutation answers', async () => {
    const pause = `mutation { pauseEngine(input: { campaign: "${SMALL}", reason: "a look" }) { campaign { paused currentRun { batch { sample { recipient { customer } } } } } } }`;
    const answer = await service.ask('mark', pause);
    // The newest week halted and has no batch: nothing to refuse, and nothing to see.
    expect(JSON.stringify(answer)).not.toMatch(CUSTOMER);
  });

  it('stays unseen in a subscription', async () => {
    const { items, end } = await service.subscribe(
      'mark',
      `subscription { runProgress(campaign: "${SMALL}") { step run { batch { recipients { nodes { customer } } } } } }`,
    );
    const first = items.next();
    const progress = {
      runId: record.run,
      campaign: SMALL,
      week: record.week,
      step: 'SCORE',
      done: 0,
      total: 1,
    };
    let told: IteratorResult<unknown> | undefined;
    const waiting = first.then((item) => {
      told = item;
    });
    while (told === undefined) {
      await service.harness.services.db.query(`select pg_notify('run_progress', $1)`, [
        JSON.stringify(progress),
      ]);
      await Promise.race([waiting, new Promise((resolve) => setImmediate(resolve))]);
    }
    const { value } = told;
    await end();
    expect(codes(value as Answer)).toEqual(['FORBIDDEN customer.read']);
    expect(JSON.stringify(value)).not.toMatch(CUSTOMER);
  });

  it('stays unseen in a list of requests, because none is answered', async () => {
    const token = await service.token('mark');
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const body = JSON.stringify([{ query: `{ batch(id: "${record.batch}") { sample { verdict } } }` }]);
    const response = await fetch(`${service.url}/graphql`, { method: 'POST', headers, body });
    expect(response.status).toBe(400);
    expect(codes((await response.json()) as Answer)).toEqual(['BAD_INPUT undefined']);
  });
});

describe('who may not ask', () => {
  const NOBODY = '00000000-0000-4000-8000-000000000000';
  /** An operation about something that there is, and the same about something that there is not. */
  const CASES: readonly (readonly [
    Person,
    string,
    (record: OnRecord) => readonly [there: string, absent: string],
  ])[] = [
    [
      'cees',
      'batch',
      ({ batch }) => [batch, NOBODY].map((id) => `{ batch(id: "${id}") { status } }`) as [string, string],
    ],
    [
      'cees',
      'modelVersion',
      ({ model }) =>
        [model, NOBODY].map((id) => `{ modelVersion(id: "${id}") { name } }`) as [string, string],
    ],
    [
      'cees',
      'campaign',
      () => [SMALL, 'none'].map((key) => `{ campaign(key: "${key}") { name } }`) as [string, string],
    ],
    [
      'mark',
      'customerHistory',
      ({ customer }) =>
        [customer, 'nobody'].map((id) => `{ customerHistory(customer: "${id}") { totalCount } }`) as [
          string,
          string,
        ],
    ],
    [
      'mark',
      'decision',
      ({ customer, week }) =>
        [customer, 'nobody'].map(
          (id) => `{ decision(campaign: "${SMALL}", week: "${week}", customer: "${id}") { outcome } }`,
        ) as [string, string],
    ],
    [
      'mark',
      'explanation',
      ({ customer, week }) =>
        [customer, 'nobody'].map(
          (id) =>
            `{ explanation(campaign: "${SMALL}", week: "${week}", customer: "${id}", audience: CUSTOMER) { title } }`,
        ) as [string, string],
    ],
    [
      'cees',
      'explanation for inside',
      ({ customer, week }) =>
        [customer, 'nobody'].map(
          (id) => `{ explanation(campaign: "${SMALL}", week: "${week}", customer: "${id}") { title } }`,
        ) as [string, string],
    ],
    [
      'mark',
      'releaseBatch',
      ({ batch }) =>
        [batch, NOBODY].map(
          (id) => `mutation { releaseBatch(input: { batchId: "${id}" }) { batch { status } } }`,
        ) as [string, string],
    ],
    [
      'olga',
      'approveBatch',
      ({ batch }) =>
        [batch, NOBODY].map(
          (id) => `mutation { approveBatch(input: { batchId: "${id}" }) { batch { status } } }`,
        ) as [string, string],
    ],
    [
      'mark',
      'eraseCustomer',
      ({ customer }) =>
        [customer, 'nobody'].map(
          (id) =>
            `mutation { eraseCustomer(input: { customer: "${id}", requestedBy: "olga", reason: "r" }) { erasedRows } }`,
        ) as [string, string],
    ],
    [
      'mark',
      'recordOptOut',
      ({ customer }) =>
        [customer, 'nobody'].map(
          (id) => `mutation { recordOptOut(input: { customer: "${id}", note: "n" }) { customer } }`,
        ) as [string, string],
    ],
    [
      'mark',
      'reproduceRun',
      ({ run }) =>
        [run, NOBODY].map(
          (id) => `mutation { reproduceRun(input: { runId: "${id}" }) { reproduction { id } } }`,
        ) as [string, string],
    ],
    [
      'olga',
      'the entries of others',
      () =>
        ['carla', 'nobody'].map(
          (actor) => `{ auditEntries(filter: { actor: "${actor}" }) { totalCount } }`,
        ) as [string, string],
    ],
  ];

  it.each(CASES)(
    '%s: %s: is told the same of what there is and what there is not',
    async (person, _what, queries) => {
      const [there, absent] = queries(record);
      const told = async (query: string) =>
        JSON.stringify(await service.ask(person, query)).replace(/"id":"[0-9a-f-]{36}"/, '"id":""');
      const answer = await told(there);
      expect(answer).toContain('FORBIDDEN');
      expect(await told(absent)).toBe(answer);
    },
  );

  it('of subscriptions: is told the same of a campaign that there is and one that there is not', async () => {
    const roles: Role[] = ['CONTACT_CENTRE'];
    const token = await service.tokens.issue({ subject: 'c', name: null, roles, hours: 1 });
    const refusal = (key: string) =>
      service.subscriptionRefusal(token, `subscription { runProgress(campaign: "${key}") { step } }`);
    expect([await refusal(SMALL), await refusal('none')]).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  });
});
