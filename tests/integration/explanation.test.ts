import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OnnxScorer } from '../../src/adapters/scorer/onnx-scorer.ts';
import { ELIGIBILITY_REASONS } from '../../src/domain/decision.ts';
import type { ExplanationFacts, Rule } from '../../src/domain/explanation.ts';
import type { RunRow } from '../../src/store/run.row.ts';
import { eraseCustomer, requestErasure } from '../../src/use-cases/erase-customer.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { removeFromBatch } from '../../src/use-cases/review-batch.ts';
import type { ApiService } from '../support/api-service.ts';
import { EXPLAINED_WEEK, ExplainedWeek, explanationQuery, FIELDS } from '../support/explained-week.ts';
import type { RecordedRow } from '../support/run-record.ts';
import { CARLA, OLGA } from '../support/service-harness.ts';
import { tamper } from '../support/state-change.ts';

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

let week: ExplainedWeek;
let service: ApiService;
let run: RunRow;
let decisions: readonly RecordedRow[];
beforeAll(async () => {
  week = await ExplainedWeek.start({ scorer });
  ({ service, run, decisions } = week);
});
afterAll(() => week?.stop());

const explain: ExplainedWeek['explain'] = (...asked) => week.explain(...asked);

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
    for (const { customer, outcome, arm, reasons, score, rank } of week.kinds()) {
      const told = await explain('olga', customer, 'INTERNAL');
      expect(told).toMatchObject({ outcome, score, threshold: 0.5, week: EXPLAINED_WEEK });
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
    expect(await service.refusal('cees', explanationQuery('title'), { customer, audience: 'CUSTOMER' })).toBe(
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
    const { errors } = await service.ask('olga', explanationQuery(FIELDS), {
      customer,
      audience: 'INTERNAL',
    });
    expect(errors?.[0]?.extensions.code).toBe('INTERNAL');
    expect(service.log.map(({ err }) => JSON.stringify(err ?? '')).join()).toContain(
      'adds up to another score',
    );
  });
});
