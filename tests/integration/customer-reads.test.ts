import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pace } from '../../src/domain/pace.ts';
import type { Role } from '../../src/domain/permissions.ts';
import { watchReaders } from '../../src/jobs/watch-readers.job.ts';
import { type Answer, ApiService } from '../support/api-service.ts';
import { likelyScorer } from '../support/likely-scorer.ts';
import { ServiceHarness } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';

const WEEK = '2026-W40';
const PER_MINUTE = 5;
const ALARM = 4;
let service: ApiService;
beforeAll(async () => {
  const reading = { purposeRequired: true, pace: new Pace(PER_MINUTE), alarmAt: ALARM };
  service = await ApiService.start({ reading, scorer: likelyScorer });
  await installSmall(service.harness);
  await deliver(service.harness, { week: WEEK, customers: customers(30, (n) => ({ likely: n / 31 })) });
  await service.harness.run(SMALL, WEEK);
});
afterAll(() => service?.stop());

const letter = (customer: string) =>
  `{ explanation(campaign: "${SMALL}", week: "${WEEK}", customer: "${customer}", audience: CUSTOMER) { title } }`;
const history = (customer: string) =>
  `{ customerHistory(customer: "${customer}") { totalCount nodes { outcome } } }`;

const tokenOf = (subject: string, ...roles: Role[]) =>
  service.tokens.issue({ subject, name: null, roles, hours: 8 });
const portal = () =>
  service.tokens.issue({
    ...{ subject: 'portal', client: 'portal', name: null, roles: [], hours: 8 },
    scopes: ['explanation.readCustomer', 'customer.protect'],
  });

async function ask(token: string, query: string, headers: Record<string, string> = {}): Promise<Answer> {
  return service.askWith(token, query, {}, headers);
}
const ruleOf = ({ errors }: Answer) =>
  errors?.[0] && `${errors[0].extensions.code} ${errors[0].extensions.rule}`;
const newest = async () => (await service.entries()).at(-1);

describe('a customer is read', () => {
  it('for a purpose, which stands in the log with the number of the case', async () => {
    const token = await tokenOf('otto', 'OPERATOR');
    const answer = await ask(token, history('c1'), { 'x-purpose': 'COMPLAINT; Z-17' });
    expect(answer.data.customerHistory.totalCount).toBe(1);
    expect(await newest()).toMatchObject({
      action: 'customer.history',
      details: { purpose: 'COMPLAINT', reference: 'Z-17', decisions: 1 },
    });
    const [told] = (await service.get('carla', '{ auditEntries(first: 1) { nodes { summary } } }'))
      .auditEntries.nodes;
    expect(told.summary).toMatch(
      /^otto \(OPERATOR\) read the history of customer:.*, for COMPLAINT "Z-17"\.$/,
    );
  });

  it.each([
    ['a customer', history('c1')],
    ['a page of decisions', `{ decisions(campaign: "${SMALL}", week: "${WEEK}") { nodes { outcome } } }`],
    [
      'recipients by way of the batch',
      `{ batches(campaign: "${SMALL}") { nodes { recipients { totalCount nodes { arm } } } } }`,
    ],
    ['the sample', `{ run(campaign: "${SMALL}", week: "${WEEK}") { batch { sample { verdict } } } }`],
  ])('for none at all never: %s', async (_what, query) => {
    expect(ruleOf(await ask(await tokenOf('otto', 'OPERATOR'), query))).toBe('BAD_INPUT PURPOSE');
    expect(await newest()).toMatchObject({ refusal: { code: 'BAD_INPUT', rule: 'PURPOSE' } });
  });

  it('for none that is unknown or names a customer', async () => {
    const token = await tokenOf('otto', 'OPERATOR');
    expect(ruleOf(await ask(token, history('c1'), { 'x-purpose': 'CURIOSITY' }))).toBe('BAD_INPUT PURPOSE');
    const named = await ask(token, history('c1'), { 'x-purpose': 'COMPLAINT; c1' });
    expect(ruleOf(named)).toBe('BAD_INPUT PURPOSE_REFERENCE');
    const numbered = await ask(token, history('c1'), { 'x-purpose': 'COMPLAINT; 111222333' });
    expect(JSON.stringify([numbered, service.log])).not.toContain('111222333');
  });

  it('and everything else is read for none', async () => {
    expect((await ask(await tokenOf('otto', 'OPERATOR'), '{ campaigns { key } }')).errors).toBeUndefined();
  });

  it('by a portal that says who of its people asks, for acts too', async () => {
    const purpose = { 'x-purpose': 'CUSTOMER_QUESTION' };
    expect(ruleOf(await ask(await portal(), letter('c1'), purpose))).toBe('BAD_INPUT AGENT');
    const wrong = { ...purpose, 'x-agent': 'jan@bank.nl' };
    expect(ruleOf(await ask(await portal(), letter('c1'), wrong))).toBe('BAD_INPUT AGENT');
    const right = { ...purpose, 'x-agent': 'a-1' };
    expect((await ask(await portal(), letter('c1'), right)).data.explanation.title).not.toBe('');
    expect(await newest()).toMatchObject({
      actor: 'client:portal',
      details: { agent: 'a-1', ...{ purpose: 'CUSTOMER_QUESTION' } },
    });
    const optOut = 'mutation { recordOptOut(input: { customer: "c9", note: "said so" }) { customer } }';
    expect((await ask(await portal(), optOut, { 'x-agent': 'a-1' })).errors).toBeUndefined();
    expect(await newest()).toMatchObject({ action: 'customer.optOut', details: { agent: 'a-1' } });
  });

  it('by a person for themselves, whatever agent they name', async () => {
    const headers = { 'x-purpose': 'CONTROL', 'x-agent': 'somebody-else' };
    await ask(await tokenOf('otto', 'OPERATOR'), history('c1'), headers);
    const { actor, details } = (await newest()) ?? {};
    expect([actor, details]).toEqual(['otto', { purpose: 'CONTROL', decisions: 1 }]);
  });
});

describe('the contact centre', () => {
  it('reads so many a minute and no more, each agent by themselves, aliases or not', async () => {
    service.harness.now = new Date('2026-11-16T09:10:00Z');
    const one = letter('c2').slice(2, -2);
    const many = `{ ${Array.from({ length: PER_MINUTE + 2 }, (_, n) => `a${n}: ${one}`).join(' ')} }`;
    const of = (agent: string) => ({ 'x-purpose': 'CUSTOMER_QUESTION', 'x-agent': agent });
    const { data, errors = [] } = await ask(await portal(), many, of('a-2'));
    expect(Object.values(data).filter((given) => given !== null)).toHaveLength(PER_MINUTE);
    expect(errors.map(({ extensions }) => extensions.rule)).toEqual(['READ_PACE', 'READ_PACE']);
    expect(ruleOf(await ask(await portal(), letter('c2'), of('a-3')))).toBeUndefined();
    service.harness.now = new Date('2026-11-16T09:11:01Z');
    expect(ruleOf(await ask(await portal(), letter('c2'), of('a-2')))).toBeUndefined();
  });
});

describe('whoever opens many customers', () => {
  const opened = async () =>
    (
      await service.get('carla', '{ incidents(open: true) { nodes { id kind summary } } }')
    ).incidents.nodes.filter(({ kind }: { kind: string }) => kind === 'ENUMERATION');

  it('is an incident, once, by what all processes recorded, and whether they are there or not', async () => {
    service.harness.now = new Date('2026-11-16T12:00:00Z');
    const headers = { 'x-purpose': 'CUSTOMER_QUESTION', 'x-agent': 'a-7' };
    for (const customer of ['c1', 'c2', 'c3', 'c3', 'c3'])
      await ask(await portal(), letter(customer), headers);
    await service.sequence();
    const { services } = service.harness;
    expect(await watchReaders(services)).toEqual([]);
    // Another process answers the next: what counts is in the database.
    const other = await ServiceHarness.start(
      { db: services.db, reading: services.reading },
      service.harness.database,
    );
    service.harness.now = new Date('2026-11-16T12:02:00Z');
    await ask(await portal(), letter('nobody-4'), headers);
    await service.sequence();
    other.now = service.harness.now;
    expect(await watchReaders(other.services)).toEqual([
      { actor: 'client:portal', agent: 'a-7', customers: ALARM },
    ]);
    expect(await watchReaders(services)).toEqual([]);
    const [incident, second] = await opened();
    expect([incident.summary, second]).toEqual([
      'a-7, by client:portal, opened 4 customers or more within an hour: read in the audit log which, and for what.',
      undefined,
    ]);
    const resolve = `mutation { resolveIncident(input: { incidentId: "${incident.id}", note: "a fire drill" }) { incident { id } } }`;
    await service.get('otto', resolve);
    expect(await watchReaders(services)).toEqual([]);
    service.harness.now = new Date('2026-11-16T13:10:00Z');
    expect(await watchReaders(services)).toEqual([]);
  });

  it('is none who may not read at all', async () => {
    service.harness.now = new Date('2026-11-16T15:00:00Z');
    const token = await tokenOf('mark', 'MARKETEER');
    for (let n = 1; n <= ALARM + 1; n += 1) {
      expect(ruleOf(await ask(token, history(`c${n}`)))).toBe('FORBIDDEN customer.read');
    }
    await service.sequence();
    expect(await watchReaders(service.harness.services)).toEqual([]);
  });
});
