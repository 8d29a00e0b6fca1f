import { isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApiSchema } from '../../src/resolvers/api-schema.ts';
import { EXPLAINED_WEEK, ExplainedWeek, explanationQuery, FIELDS } from '../support/explained-week.ts';
import { SMALL } from '../support/small-campaign.ts';

const A_NAME = expect.stringMatching(/^customer:[\w-]{22}$/);

let week: ExplainedWeek;
beforeAll(async () => {
  week = await ExplainedWeek.start();
});
afterAll(() => week?.stop());

describe('what cannot be explained', () => {
  const refusal = (customer: string, of = EXPLAINED_WEEK) =>
    week.service.refusal('cees', explanationQuery('title', of), { customer, audience: 'CUSTOMER' });

  it.each([
    ['who was not in the feed', 'stranger', EXPLAINED_WEEK, 'NOT_FOUND IN_FEED'],
    ['a week without a run', 'c1', '2026-W44', 'NOT_FOUND RUN'],
    ['a week that halted before it decided', 'c1', '2026-W46', 'INVALID_STATE RUN_DECIDED'],
    ['what is no id', 'a b', EXPLAINED_WEEK, 'BAD_INPUT CUSTOMER'],
  ])('%s', async (_, customer, of, expected) => {
    expect(await refusal(customer, of)).toBe(expected);
  });

  it('says so in a sentence', async () => {
    const { errors } = await week.service.ask('cees', explanationQuery('title'), {
      customer: 'stranger',
      audience: 'CUSTOMER',
    });
    expect(errors?.[0]?.message).toBe(
      'This customer was not in the feed of 2026-W45: nothing was decided on them.',
    );
    expect(
      await week.service.refusal('olga', explanationQuery('title').replace(SMALL, 'none'), {
        customer: 'c1',
        audience: 'INTERNAL',
      }),
    ).toBe('NOT_FOUND CAMPAIGN');
  });
});

describe('for the customer', () => {
  it('has no number of the model, and nothing that leads to one', async () => {
    for (const { customer, outcome, score, rank, salt } of week.kinds()) {
      const told = await week.explain('cees', customer, 'CUSTOMER');
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
      const before = (await week.service.entries()).length;
      expect(
        await week.service.refusal('cees', explanationQuery(fields), {
          customer: 'c100',
          audience: 'CUSTOMER',
        }),
      ).toBe(`FORBIDDEN ${permission}`);
      expect((await week.service.entries()).slice(before)).toContainEqual(
        expect.objectContaining({ actor: 'cees', refusal: { code: 'FORBIDDEN', rule: permission } }),
      );
    }
  });

  it('is all that the contact centre gets, and the marketeer gets none', async () => {
    const asked = { customer: 'c100', audience: 'INTERNAL' };
    const before = (await week.service.entries()).length;
    expect(await week.service.refusal('cees', explanationQuery(FIELDS), asked)).toBe(
      'FORBIDDEN explanation.readInternal',
    );
    expect((await week.service.entries()).slice(before)).toEqual([
      expect.objectContaining({
        actor: 'cees',
        role: null,
        action: 'explanation.read',
        subject: A_NAME,
        refusal: { code: 'FORBIDDEN', rule: 'explanation.readInternal' },
      }),
    ]);
    for (const audience of ['INTERNAL', 'CUSTOMER'] as const)
      expect(await week.service.refusal('mark', explanationQuery(FIELDS), { ...asked, audience })).toMatch(
        /^FORBIDDEN/,
      );
  });
});

it('is on the log each time it is read: who, of whom, for whom, in which words', async () => {
  const before = (await week.service.entries()).length;
  await week.explain('cees', 'c100', 'CUSTOMER');
  expect((await week.service.entries()).slice(before)).toEqual([
    expect.objectContaining({
      actor: 'cees',
      role: 'CONTACT_CENTRE',
      action: 'explanation.read',
      campaign: SMALL,
      subject: A_NAME,
      refusal: null,
      details: {
        week: EXPLAINED_WEEK,
        audience: 'CUSTOMER',
        language: 'en',
        texts: 'explanation/1',
        found: true,
        run: week.run.id,
        purpose: null,
      },
    }),
  ]);
});
