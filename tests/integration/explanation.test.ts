import { isObjectType } from 'graphql';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OnnxScorer } from '../../src/adapters/scorer/onnx-scorer.ts';
import { ELIGIBILITY_REASONS } from '../../src/domain/decision.ts';
import type { ExplanationFacts, Rule } from '../../src/domain/explanation.ts';
import { buildApiSchema } from '../../src/resolvers/api-schema.ts';
import type { RunRow } from '../../src/store/run.row.ts';
import { eraseCustomer, requestErasure } from '../../src/use-cases/erase-customer.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { removeFromBatch } from '../../src/use-cases/review-batch.ts';
import { ApiService } from '../support/api-service.ts';
import { decisionsOf, type RecordedRow } from '../support/run-record.ts';
import { CARLA, OLGA } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';
import { tamper } from '../support/state-change.ts';

const WEEK = '2026-W45';
const COUNT = 130;
const A_NAME = expect.stringMatching(/^customer:[\w-]{22}$/);

/** How often the model was opened. */
let opened = 0;
/** What the model waits for. */
let held: Promise<void> = Promise.resolve();
const onnx = new OnnxScorer();
const scorer = {
  open: async (spec: Parameters<OnnxScorer['open']>[0]) => {
    opened++;
    await held;
    return onnx.open(spec);
  },
};

let service: ApiService;
let run: RunRow;
let decisions: readonly RecordedRow[];
beforeAll(async () => {
  service = await ApiService.start({ scorer });
  const { harness } = service;
  await installSmall(harness, { holdoutShare: 0.3, explorationSize: 5, capacity: 40 });
  await deliver(harness, {
    week: WEEK,
    customers: customers(COUNT, (n) => ({
      likely: n === 13 ? null : n / COUNT,
      opt_in: n % 7 !== 0,
      age: n % 11 === 0 ? 16 : 40,
      deceased: n % 14 === 0,
    })),
  });
  run = await harness.run(SMALL, WEEK);
  // No feed: the week halts before anything is decided.
  await harness.run(SMALL, '2026-W46');
  decisions = await decisionsOf(harness.services.db, run.id);
});
afterAll(() => service?.stop());

const FIELDS = `title text textVersion outcome score threshold baseline method week
  reasons { reason text } rules { rule value limit verdict configVersion }
  contributions { feature label value display contribution standardError parts { column label display } }
  counterfactual { feature label from to scoreAfter outcomeAfter text }
  dataUsed { label purpose source asOf } dataNotUsed legalBasis objection contact
  decision { customer outcome arm reasons score rank recipientStatus proof { leaf salt index size path root } }`;
const INSIDE = `${FIELDS} model { id name } config { number threshold } decision { run { id } }`;
const query = (fields: string, week = WEEK) => `query ($customer: ID!, $audience: Audience!) {
  explanation(campaign: "${SMALL}", week: "${week}", customer: $customer, audience: $audience, language: EN) { ${fields} }
}`;

const explain = async (person: 'olga' | 'cees', customer: string, audience: 'INTERNAL' | 'CUSTOMER') =>
  (await service.get(person, query(person === 'olga' ? INSIDE : FIELDS), { customer, audience })).explanation;

const kept = async (): Promise<readonly { customer: string; facts: ExplanationFacts }[]> =>
  service.harness.services.db.query(
    'select customer, facts from explanation where run_id = $1 order by customer',
    [run.id],
  );
const keptOf = async (customer: string) => (await kept()).find((row) => row.customer === customer)?.facts;

const taken = new Set<string>();

/** Somebody who was scored, not chosen and not asked about so far; another one each time. */
async function notAsked(): Promise<string> {
  for (const { customer } of await kept()) taken.add(customer);
  const found = decisions.find(({ customer, outcome }) => outcome === 'NOT_CHOSEN' && !taken.has(customer));
  if (found === undefined) return expect.fail('everyone was asked about');
  taken.add(found.customer);
  return found.customer;
}

/** Waits for what is sure to come. */
async function until(came: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await came())) await new Promise((resolve) => setImmediate(resolve));
}

/** One decision of every kind: what it is, which arm, and what decided. */
const kinds = () => [
  ...new Map(
    decisions.map((decision) => [`${decision.outcome} ${decision.arm} ${decision.reasons[0]}`, decision]),
  ).values(),
];

it('is kept with the run of everyone who is to be mailed, and of nobody else', async () => {
  const mailed = decisions.filter(({ outcome }) => outcome === 'MAIL').map(({ customer }) => customer);
  expect(mailed.length).toBeGreaterThan(20);
  expect((await kept()).map(({ customer }) => customer)).toEqual(mailed.toSorted());
});

describe('asked of a decision of every kind', () => {
  it('knows them all', () => {
    const seen = new Set(decisions.map(({ outcome, arm }) => `${outcome} ${arm}`));
    expect([...seen].toSorted()).toEqual([
      'HELD_OUT HOLDOUT',
      'MAIL EXPLORATION',
      'MAIL MODEL',
      'NOT_CHOSEN null',
      'NOT_ELIGIBLE null',
    ]);
    const reasons = new Set(decisions.map(({ reasons: [decisive] }) => decisive));
    expect([...reasons].toSorted()).toEqual([
      'ABOVE_THRESHOLD',
      'BELOW_THRESHOLD',
      'CAPACITY',
      'DATA_INCOMPLETE',
      'NO_OPT_IN',
      'RANDOM_EXPLORATION',
      'RANDOM_HOLDOUT',
      'UNDER_AGE',
    ]);
  });

  it('adds up, agrees with its reasons, and is kept as it was told', async () => {
    for (const { customer, outcome, arm, reasons, score, rank } of kinds()) {
      const told = await explain('olga', customer, 'INTERNAL');
      expect(told).toMatchObject({ outcome, score, threshold: 0.5, week: WEEK });
      expect(told.decision).toMatchObject({ customer, outcome, arm, reasons, score, rank });
      expect(told.reasons.map(({ reason }: { reason: string }) => reason)).toEqual(reasons);
      expect(told.decision.run.id).toBe(run.id);
      expect(told.config.number).toBe(1);

      const facts = await keptOf(customer);
      if (facts === undefined) expect.fail(`${customer} was not kept`);
      const failed = new Set(
        facts.rules.filter(({ verdict }) => verdict === 'FAIL').map(({ rule }): Rule => rule),
      );
      expect(ELIGIBILITY_REASONS.filter((reason) => failed.has(reason))).toEqual(
        outcome === 'NOT_ELIGIBLE' ? reasons : [],
      );
      if (score === null) {
        expect([facts.attribution, facts.counterfactual]).toEqual([null, null]);
        expect([told.baseline, told.contributions, told.counterfactual]).toEqual([null, [], null]);
        continue;
      }
      const shares: readonly { contribution: number }[] = told.contributions;
      expect(shares).toHaveLength(2);
      expect(shares.reduce((sum, { contribution }) => sum + contribution, told.baseline)).toBeCloseTo(
        score,
        6,
      );
    }
  });

  it('never scores whom the run did not score', async () => {
    const before = opened;
    for (const { customer } of decisions.filter(({ score }) => score === null).slice(0, 5))
      await explain('olga', customer, 'INTERNAL');
    expect(opened).toBe(before);
  });

  it('computes once: whoever asks again is answered from what was kept', async () => {
    const customer = await notAsked();
    const first = await explain('olga', customer, 'INTERNAL');
    const before = opened;
    expect(await explain('olga', customer, 'INTERNAL')).toEqual(first);
    await explain('cees', customer, 'CUSTOMER');
    expect(opened).toBe(before);
  });

  it('keeps one when several ask at once', async () => {
    const customer = await notAsked();
    const answers = await Promise.all([1, 2, 3, 4].map(() => explain('olga', customer, 'INTERNAL')));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect((await kept()).filter((row) => row.customer === customer)).toHaveLength(1);
  });

  it('leaves nothing of who is erased while it is computed: the erasure waits', async () => {
    const { services } = service.harness;
    const customer = await notAsked();
    await execute(services, OLGA, requestErasure, { customer, reason: 'by letter' });
    const gate = Promise.withResolvers<void>();
    held = gate.promise;
    const before = opened;
    const asked = explain('olga', customer, 'INTERNAL');
    await until(() => opened > before);
    let erased = false;
    const input = { customer, requestedBy: 'olga', reason: 'article 17' };
    const erasing = execute(services, CARLA, eraseCustomer, input).then(() => {
      erased = true;
    });
    const waiting = 'select from pg_locks where not granted';
    await until(async () => erased || (await services.db.query(waiting)).length > 0);
    gate.resolve();
    held = Promise.resolve();
    expect((await asked).decision.customer).toBe(customer);
    await erasing;
    expect(await keptOf(customer)).toBeUndefined();
    expect(await service.refusal('cees', query('title'), { customer, audience: 'CUSTOMER' })).toBe(
      'ERASED CUSTOMER_ERASED',
    );
  });

  it('tells of a removal, as it stands when asked', async () => {
    const { id: batchId } = await service.harness.batchOf(run);
    const { customer } = decisions.find(({ arm }) => arm === 'MODEL')!;
    const proposed = await explain('olga', customer, 'INTERNAL');
    expect(proposed.decision.recipientStatus).toBe('PROPOSED');
    await execute(service.harness.services, OLGA, removeFromBatch, {
      batchId,
      customer,
      note: 'a colleague',
    });
    const removed = await explain('olga', customer, 'INTERNAL');
    expect(removed.decision.recipientStatus).toBe('REMOVED');
    expect(removed.text).toContain('a colleague');
    expect((await explain('cees', customer, 'CUSTOMER')).text).not.toContain('a colleague');
  });

  it('shows none that does not add up to the score on record', async () => {
    const customer = await notAsked();
    await explain('olga', customer, 'INTERNAL');
    const owner = new pg.Client({ connectionString: service.harness.database.ownerUrl });
    await owner.connect();
    const other = `jsonb_set(facts::jsonb, '{attribution,baseline}', '0.9')`;
    await tamper(owner, 'explanation', `update explanation set facts = ${other} where customer = $1`, [
      customer,
    ]);
    await owner.end();
    const { errors } = await service.ask('olga', query(FIELDS), { customer, audience: 'INTERNAL' });
    expect(errors?.[0]?.extensions.code).toBe('INTERNAL');
    expect(service.log.map(({ err }) => JSON.stringify(err ?? '')).join()).toContain(
      'adds up to another score',
    );
  });
});

describe('what cannot be explained', () => {
  const refusal = (customer: string, week = WEEK) =>
    service.refusal('cees', query('title', week), { customer, audience: 'CUSTOMER' });

  it.each([
    ['who was not in the feed', 'stranger', WEEK, 'NOT_FOUND IN_FEED'],
    ['a week without a run', 'c1', '2026-W44', 'NOT_FOUND RUN'],
    ['a week that halted before it decided', 'c1', '2026-W46', 'INVALID_STATE RUN_DECIDED'],
    ['what is no id', 'a b', WEEK, 'BAD_INPUT CUSTOMER'],
  ])('%s', async (_, customer, week, expected) => {
    expect(await refusal(customer, week)).toBe(expected);
  });

  it('says so in a sentence', async () => {
    const { errors } = await service.ask('cees', query('title'), {
      customer: 'stranger',
      audience: 'CUSTOMER',
    });
    expect(errors?.[0]?.message).toBe(
      'This customer was not in the feed of 2026-W45: nothing was decided on them.',
    );
    expect(
      await service.refusal('olga', query('title').replace(SMALL, 'none'), {
        customer: 'c1',
        audience: 'INTERNAL',
      }),
    ).toBe('NOT_FOUND CAMPAIGN');
  });
});

describe('for the customer', () => {
  it('has no number of the model, and nothing that leads to one', async () => {
    for (const { customer, outcome, score, rank, salt } of kinds()) {
      const told = await explain('cees', customer, 'CUSTOMER');
      expect(told).toMatchObject({
        outcome,
        score: null,
        threshold: null,
        baseline: null,
        method: null,
        rules: [],
        contributions: [],
        counterfactual: null,
      });
      expect(told.decision).toMatchObject({ customer, score: null, rank: null, proof: { salt: '' } });
      const reasons = told.reasons.map(({ reason }: { reason: string }) => reason);
      expect(told.decision.reasons).toEqual(reasons);
      const said = JSON.stringify(told);
      expect(said).not.toContain(salt.toString('base64'));
      if (score !== null && rank !== null) expect(said).not.toContain(score.toFixed(3));
    }
  });

  it('leads nowhere else', async () => {
    const schema = buildApiSchema();
    const near = new Set(['Explanation', 'Decision', 'DecisionProof', 'InclusionProof', 'AuditCheckpoint']);
    for (const name of [
      'ReasonText',
      'RuleOutcome',
      'Contribution',
      'ContributionPart',
      'Counterfactual',
      'DataUsedText',
    ])
      near.add(name);
    const ways = [...near].flatMap((name) => {
      const type = schema.getType(name);
      if (!isObjectType(type)) return expect.fail(`there is no ${name}`);
      return Object.values(type.getFields())
        .filter((field) => {
          const to = schema.getType(String(field.type).replaceAll(/[[\]!]/g, ''));
          return isObjectType(to) && !near.has(to.name);
        })
        .map((field) => `${name}.${field.name}`);
    });
    expect(ways.toSorted()).toEqual([
      'Decision.challenger',
      'Decision.run',
      'Explanation.config',
      'Explanation.model',
    ]);
    const asked = {
      'explanation.readInternal': 'decision { challenger { score } }',
      'run.read': 'decision { run { batch { recipients { nodes { customer } } } } }',
      'config.read': 'config { threshold }',
      'model.read': 'model { features { name } }',
    };
    for (const [permission, fields] of Object.entries(asked)) {
      const before = (await service.entries()).length;
      expect(await service.refusal('cees', query(fields), { customer: 'c100', audience: 'CUSTOMER' })).toBe(
        `FORBIDDEN ${permission}`,
      );
      expect((await service.entries()).slice(before)).toContainEqual(
        expect.objectContaining({ actor: 'cees', refusal: { code: 'FORBIDDEN', rule: permission } }),
      );
    }
  });

  it('is all that the contact centre gets, and the marketeer gets none', async () => {
    const asked = { customer: 'c100', audience: 'INTERNAL' };
    const before = (await service.entries()).length;
    expect(await service.refusal('cees', query(FIELDS), asked)).toBe('FORBIDDEN explanation.readInternal');
    expect((await service.entries()).slice(before)).toEqual([
      expect.objectContaining({
        actor: 'cees',
        role: null,
        action: 'explanation.read',
        subject: A_NAME,
        refusal: { code: 'FORBIDDEN', rule: 'explanation.readInternal' },
      }),
    ]);
    for (const audience of ['INTERNAL', 'CUSTOMER'] as const)
      expect(await service.refusal('mark', query(FIELDS), { ...asked, audience })).toMatch(/^FORBIDDEN/);
  });
});

it('is on the log each time it is read: who, of whom, for whom, in which words', async () => {
  const before = (await service.entries()).length;
  await explain('cees', 'c100', 'CUSTOMER');
  expect((await service.entries()).slice(before)).toEqual([
    expect.objectContaining({
      actor: 'cees',
      role: 'CONTACT_CENTRE',
      action: 'explanation.read',
      campaign: SMALL,
      subject: A_NAME,
      refusal: null,
      details: {
        week: WEEK,
        audience: 'CUSTOMER',
        language: 'en',
        texts: 'explanation/1',
        found: true,
        run: run.id,
        purpose: null,
      },
    }),
  ]);
});
